import { setTimeout } from 'node:timers/promises'
import type { OpenedPanic } from '../app/compose/panic.ts'
import type { PanicAction, PanicReport } from '../app/panic.ts'
import { within } from '../app/within.ts'
import type { LatchWriting } from '../port/latch-writing.ts'
import { aligned } from './aligned.ts'
import { ACCOUNT_OPTION } from './account/find-account-option.ts'
import { PROGRAM, type Command, type Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { LoadedConfig } from './load-command-config.ts'

export type OpenPanic = (
  loaded: LoadedConfig,
  invocation: Invocation,
  reason: string,
) => Promise<OpenedPanic | { readonly kind: 'exit'; readonly code: ExitCode }>

const CODES = {
  configuration: EXIT.configuration,
  exchange: EXIT.exchangeRejected,
  not_running: EXIT.notRunning,
} as const
const MAX_REASON = 500
const LATCH_MS = 5_000

/** `panic`, on the venues that `open` can reach. It asks no question: whoever types it means it. */
export const panicCommand = (open: OpenPanic): Command => ({
  name: 'panic',
  description: 'Cancel every order and close every position of the account now, without its bot, and hold its entries',
  options: [
    { flags: '--mode <mode>', description: 'as the bot trades', key: 'mode', choices: ['testnet', 'live'] },
    { flags: '--reason <text>', description: 'for the latch that is left' },
    ACCOUNT_OPTION,
  ],
  examples: ['panic', 'panic -c config/testnet-binance.yaml --secrets keys.env'],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation)
    if (loaded.kind === 'exit') return loaded.code
    const { output, json, options } = invocation
    const reason = typeof options['reason'] === 'string' ? options['reason'].slice(0, MAX_REASON) : 'panic'
    // Whoever loses the terminal wants the account emptied all the same.
    process.on('SIGHUP', () => undefined)
    const opened = await open(loaded, invocation, reason)
    if (opened.kind === 'exit') return opened.code
    if (opened.kind === 'refused') {
      output.error(opened.message)
      if (opened.latch) {
        output.error('NOTHING WAS CANCELED OR CLOSED.')
        output.error(await latchSentence(opened.latch))
      }
      return CODES[opened.reason]
    }
    const { panic } = await import('../app/panic.ts')
    const openedMs = Math.round(performance.now())
    const interrupted = invocation.interrupted('ignored')
    try {
      const report = await panic({
        venue: opened.venue,
        latch: opened.latch,
        now: Date.now,
        uptime: () => performance.now(),
        sleep: (ms) => setTimeout(ms),
        onAction: (action) => output.detail(actionLine(action)),
        interrupted,
      })
      if (json) output.json(panicJson(opened.account, report, openedMs))
      else output.data(panicTable(opened.account, report, openedMs))
      if (!report.verified) {
        output.error('NOT VERIFIED EMPTY. Run panic again, and look at the exchange’s own site.')
        return interrupted.aborted ? EXIT.interrupted : EXIT.timeout
      }
      if (!report.latched) {
        output.error('No latch could be left on disk: stop the bot yourself, or it may enter again.')
        return EXIT.error
      }
      output.message(`The bot will not enter until: ${PROGRAM} clear-latch PANIC --reason TEXT`)
      return EXIT.ok
    } finally {
      await opened.close()
    }
  },
})

/** What became of the latch; a disk that hangs is not waited for. */
async function latchSentence({ durable }: LatchWriting): Promise<string> {
  try {
    await within(LATCH_MS, () => durable)
    return `The latch is left: a bot of this account enters no more, until: ${PROGRAM} clear-latch PANIC --reason TEXT`
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `No latch is known to be on disk (${why}): stop the bot yourself, or it may enter again.`
  }
}

const actionLine = ({ what, symbol, id, detail, failure }: PanicAction): string =>
  `${what} ${symbol} ${id} ${detail}: ${failure ?? 'done'}`

/** What was done, failures in full, and what the last look found. */
function panicTable(account: string, report: PanicReport, openedMs: number): string {
  const { actions, verified, rounds, elapsedMs, firstCancelMs, remaining } = report
  const left =
    remaining === null
      ? 'the venue never answered completely'
      : `${remaining.orders} orders, ${remaining.positions} positions left`
  return [
    aligned([
      ['', 'symbol', 'id', 'what', 'outcome'],
      ...actions.map(({ what, symbol, id, detail, failure }) => [what, symbol, id, detail, failure ?? 'done']),
    ]),
    `${account}: ${verified ? 'verified empty' : 'NOT verified empty'} after ${seconds(elapsedMs)} and ${rounds} looks; ${left}`,
    `${firstCancelMs === null ? 'nothing was canceled' : `first cancel after ${seconds(firstCancelMs)}`}; the way to the exchange had taken ${seconds(openedMs)} from the start of the command`,
  ].join('\n')
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`

const panicJson = (
  account: string,
  { verified, latched, rounds, elapsedMs, firstCancelMs, remaining, actions }: PanicReport,
  openedMs: number,
) => ({
  account,
  verified,
  latched,
  looks: rounds,
  elapsed_ms: elapsedMs,
  first_cancel_ms: firstCancelMs,
  /** Of the process, before the first look. */
  opened_ms: openedMs,
  remaining,
  actions,
})
