import { composeLivePaper } from '../app/compose/live-paper.ts'
import { composePaper, type PaperSession } from '../app/compose/paper.ts'
import { readTape } from '../app/compose/read-tape.ts'
import { runPaper } from '../app/paper-session.ts'
import { PROGRAM, type Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { LoadedConfig } from './load-command-config.ts'
import { printProblems } from './print-problems.ts'
import { createTradeDisplay } from './trade-display.ts'
import type { TradeOptions } from './trade-options.ts'
import { summaryTable } from './trade-summary.ts'

type Options = Extract<TradeOptions, { kind: 'ok' }>
const CODES = { configuration: EXIT.configuration, exchange: EXIT.exchangeRejected } as const

interface Market {
  readonly session: PaperSession
  /** For the head of the screen. */
  readonly title: string
  /** Of the crowd. */
  readonly seed: number | null
}

/** Where news of the market go; a screen that is redrawn takes them over, for it would wipe them away. */
interface News {
  tell: (message: string) => void
}

/** Trades simulated money in this process: on the crowd, on candles, or on the market of an exchange. */
export async function tradeOnPaper(loaded: LoadedConfig, invocation: Invocation, options: Options): Promise<ExitCode> {
  const { output, json } = invocation
  const { durationMs, speed, headless } = options
  const interrupt = invocation.interrupted()
  const news: News = { tell: (message) => output.message(`warning: ${message}`) }
  const found =
    loaded.config.market === 'ccxt'
      ? await onLive(loaded, invocation, options, news)
      : onOwn(loaded, invocation, options)
  if (typeof found === 'number') return found
  const { session, title, seed } = found
  const display = createTradeDisplay({
    session,
    output,
    live: !headless && !json && process.stdout.isTTY === true,
    speed,
    title,
  })
  news.tell = (message) =>
    display.alert({ kind: 'alert', level: 'warning', code: 'MARKET', message }, session.clock.now())
  try {
    const summary = await runPaper(session, {
      configHash: loaded.hash,
      seed,
      durationMs,
      interrupt,
      onAlert: display.alert,
      observe: display.observe,
    })
    display.close()
    if (json) output.json(summary)
    else output.data(summaryTable(summary))
  } finally {
    display.close()
    await session.close()
  }
  const lost = session.endReason()
  if (lost !== null) {
    output.error(`The market is gone: ${lost}`)
    return EXIT.error
  }
  if (!json) output.message(`Test the same rules on years of candles: ${PROGRAM} backtesting --data FILE`)
  return EXIT.ok
}

function onOwn({ config }: LoadedConfig, { output }: Invocation, options: Options): Market | ExitCode {
  const { durationMs, speed, seed } = options
  const tape = options.tape === null ? null : readTape(options.tape)
  if (tape?.kind === 'invalid') {
    printProblems(output, tape.problems, `Correct the file, then run it again`)
    return EXIT.error
  }
  output.message(
    `SIMULATED MARKET, simulated money: ${tape ? `candles of ${tape.columns.map((c) => c.symbol).join(', ')}` : `a crowd of traders, seed ${seed}`}. Warming up …`,
  )
  const composed = composePaper({ config, seed, durationMs, speed, tape: tape ? tape.columns : null })
  if (composed.kind === 'refused') {
    output.error(composed.message)
    return CODES[composed.reason]
  }
  return {
    session: composed.session,
    seed: tape ? null : seed,
    title: `[PAPER]  ${tape ? 'SIMULATED: recorded candles' : `SIMULATED MARKET: a crowd of traders, seed ${seed}`}. No real money.`,
  }
}

async function onLive(
  { config }: LoadedConfig,
  { output }: Invocation,
  { speed }: Options,
  news: News,
): Promise<Market | ExitCode> {
  const { name, url } = config.exchange
  const whose = url === null ? `real prices of ${name}` : `SIMULATED MARKET of the exchange at ${url}`
  output.message(`PAPER: ${whose}, simulated money. Connecting …`)
  const composed = await composeLivePaper({
    config,
    speed,
    warn: (message) => news.tell(message),
    progress: (message) => output.message(message),
  })
  if (composed.kind === 'refused') {
    output.error(composed.message)
    return CODES[composed.reason]
  }
  return { session: composed.session, seed: null, title: `[PAPER]  ${whose}, simulated money.` }
}
