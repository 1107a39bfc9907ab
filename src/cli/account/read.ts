import type { AccountReader } from '../../domain/account-report.ts'
import { askBot } from '../../server/control/client.ts'
import type { ControlQuery } from '../../server/control/message.ts'
import { PROGRAM, type Invocation } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findAccount } from './find-account.ts'
import type { OpenJournal } from './open-journal.ts'

export type Read<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly source: 'bot' | 'journal' }
  | { readonly kind: 'exit'; readonly code: ExitCode }

/** Asks the running bot, or reads the journal where none runs or the bot hangs. Says on stderr why there is no answer. */
export async function readAccount<T>(
  invocation: Invocation,
  openJournal: OpenJournal,
  query: ControlQuery,
  fromJournal: (reader: AccountReader) => T,
): Promise<Read<T>> {
  const found = await findAccount(invocation)
  if (found.kind === 'exit') return found
  const { output } = invocation
  const asked = await askBot(found.socket, query)
  if (asked.kind === 'ok') return { kind: 'ok', value: asked.result as T, source: 'bot' }
  if (asked.kind === 'refused') {
    output.error(`The bot of ${found.account} refuses: ${asked.message}`)
    return { kind: 'exit', code: EXIT.error }
  }
  if (asked.kind === 'silent') {
    output.error(`The bot of ${found.account} hangs: ${asked.message}. Positions stay behind their stops.`)
    output.error(`  To cancel and close everything without it: ${PROGRAM} panic`)
  }
  const journal = await openJournal(found.directory)
  switch (journal.kind) {
    case 'ok':
      try {
        output.message(`From the journal of ${found.account}: how things stood when its bot last wrote.`)
        if (asked.kind === 'not_running' && found.pid !== null)
          output.message(`  Process ${found.pid} has the account: it is starting or ending, and does not answer yet.`)
        return { kind: 'ok', value: fromJournal(journal.reader), source: 'journal' }
      } finally {
        journal.close()
      }
    case 'refused':
      output.error(journal.message)
      return { kind: 'exit', code: EXIT.error }
    case 'none':
      if (asked.kind === 'silent') return { kind: 'exit', code: EXIT.timeout }
      output.error(`No bot of ${found.account} is running, and it has no journal.`)
      output.error(`  Start it: ${PROGRAM} trade`)
      return { kind: 'exit', code: EXIT.notRunning }
  }
}
