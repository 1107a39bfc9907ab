import { composePaper, type PaperSession } from '../app/compose/paper.ts'
import { readTape } from '../app/compose/read-tape.ts'
import { missingMaps } from '../app/missing-map.ts'
import { runPaper } from '../app/paper-session.ts'
import { PROGRAM, type Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { LoadedConfig } from './load-command-config.ts'
import { printProblems } from './print-problems.ts'
import { createTradeDisplay } from './trade-display.ts'
import type { TradeOptions } from './trade-options.ts'
import { summaryTable } from './trade-summary.ts'

type Options = Extract<TradeOptions, { kind: 'ok' }>

interface Market {
  readonly session: PaperSession
  /** For the head of the screen. */
  readonly title: string
  /** Of the crowd. */
  readonly seed: number | null
}

/** Trades simulated money in this process: on the crowd or on candles. */
export async function tradeOnPaper(loaded: LoadedConfig, invocation: Invocation, options: Options): Promise<ExitCode> {
  const { output, json } = invocation
  const { durationMs, speed, headless } = options
  const interrupt = invocation.interrupted()
  const found = onOwn(loaded, invocation, options)
  if (typeof found === 'number') return found
  const { session, title, seed } = found
  const display = createTradeDisplay({
    session,
    output,
    live: !headless && !json && process.stdout.isTTY === true,
    speed,
    title,
  })
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
    return EXIT.configuration
  }
  if (tape) {
    const { start } = composed.session
    const end = durationMs === null ? undefined : start + durationMs
    for (const each of missingMaps(config, tape.columns, end)) output.message(each)
  }
  return {
    session: composed.session,
    seed: tape ? null : seed,
    title: `[PAPER]  ${tape ? 'SIMULATED: recorded candles' : `SIMULATED MARKET: a crowd of traders, seed ${seed}`}. No real money.`,
  }
}
