import { askBot, tellBot, type Asked } from '../../server/control/client.ts'
import type { ControlCommand, ControlQuery } from '../../server/control/message.ts'
import type { CommandOutcome } from '../../server/control/target.ts'
import { PROGRAM, type Invocation } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findAccount, type FoundAccount } from './find-account.ts'

/** Looks before it leaps: what a query found, or why the command needs not be sent. */
export interface Check {
  readonly query: ControlQuery
  /** A sentence when what the command is about does not exist. */
  readonly missing: (result: unknown) => string | null
}

/** Sends a command to the running bot and says what came of it. Nothing but the bot can carry it out: exit 3 without. */
export async function tellAccount(
  invocation: Invocation,
  command: ControlCommand,
  done: string | (() => string),
  check?: Check,
): Promise<ExitCode> {
  const found = await findAccount(invocation)
  if (found.kind === 'exit') return found.code
  const { output, json } = invocation
  if (check) {
    const asked = await askBot(found.socket, check.query)
    if (asked.kind !== 'ok') return failed(invocation, found, asked)
    const missing = check.missing(asked.result)
    if (missing !== null) {
      output.error(missing)
      return EXIT.notFound
    }
  }
  const asked = await tellBot(found.socket, command)
  if (asked.kind !== 'ok') return failed(invocation, found, asked)
  const outcome = asked.result as Extract<CommandOutcome, { kind: 'done' }>
  if (json) {
    const { orders, cancels, alerts } = outcome
    output.json({ account: found.account, command: command.name, orders, cancels, alerts })
  } else {
    output.data(`${found.account}: ${typeof done === 'string' ? done : done()}`)
    for (const alert of outcome.alerts) output.data(`  ${alert}`)
    if (outcome.orders + outcome.cancels > 0)
      output.data(`  orders sent: ${outcome.orders}, cancels: ${outcome.cancels}`)
    output.message(`See what came of it: ${PROGRAM} status`)
  }
  return EXIT.ok
}

function failed(
  { output }: Invocation,
  { account, pid }: FoundAccount,
  asked: Exclude<Asked, { kind: 'ok' }>,
): ExitCode {
  switch (asked.kind) {
    case 'not_running':
      if (pid !== null) {
        output.error(`The bot of ${account} (process ${pid}) is starting or ending, and takes no commands. Try again.`)
        return EXIT.notRunning
      }
      output.error(`No bot of ${account} is running: there is nobody to tell.`)
      output.error(
        `  What it left is in the journal: ${PROGRAM} status; what is open can be closed with ${PROGRAM} panic`,
      )
      return EXIT.notRunning
    case 'silent':
      output.error(`The bot of ${account} hangs: ${asked.message}.`)
      output.error(`  To cancel and close everything without it: ${PROGRAM} panic`)
      return EXIT.timeout
    case 'refused':
      if (asked.code === 'engine_slow') {
        output.error(`The bot of ${account} has not carried it out: ${asked.message}`)
        return EXIT.timeout
      }
      output.error(`The bot of ${account} refuses: ${asked.message}`)
      return EXIT.error
  }
}
