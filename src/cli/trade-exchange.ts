import { join } from 'node:path'
import { PROGRAM, type Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { LoadedConfig } from './load-command-config.ts'
import type { Output } from './output.ts'
import { createTradeDisplay } from './trade-display.ts'
import type { TradeOptions } from './trade-options.ts'
import { accountOf } from '../app/account-directory.ts'
import { createAccountView, MAX_TRADES } from '../app/account-view.ts'
import { BAR_MS } from '../app/compose/market-feed.ts'
import { readJournal } from '../app/compose/read-journal.ts'
import { composeTrading } from '../app/compose/trading.ts'
import { openSessionLogger } from '../app/session-logger.ts'
import { startTradingControl } from '../app/trading-control.ts'
import { runTrading } from '../app/trading-session.ts'
import type { TradeRow } from '../domain/account-report.ts'
import { MINUTE_MS } from '../domain/time.ts'
import type { Engine } from '../engine/engine.ts'
import { exchangeSummaryTable } from './trade-summary.ts'
import { paperWords, venueWords } from './trade-words.ts'

const CODES = { configuration: EXIT.configuration, exchange: EXIT.exchangeRejected, error: EXIT.error } as const

/** Where messages go; a screen that is redrawn takes them over, for it would wipe them away. */
interface News {
  tell: (message: string) => void
}

/**
 * Trades at an exchange through ccxt: the embedded one in a process of its own, a testnet, or, armed, a live account; or
 * simulated money on the market of one.
 */
export async function tradeAtExchange(
  loaded: LoadedConfig,
  invocation: Invocation,
  options: Extract<TradeOptions, { kind: 'ok' }>,
): Promise<ExitCode> {
  const { config } = loaded
  const { output, json } = invocation
  const { durationMs, speed, seed, headless, tape } = options
  const mode = config.mode === 'backtest' ? 'paper' : config.mode
  const { name, url } = config.exchange
  const isPaper = mode === 'paper'
  const ours = name === 'embedded' && url === null
  if (ours && tape !== null) {
    const unusable = await unplayableTape(tape, output)
    if (unusable !== null) return unusable
  }
  const { opening, title } = isPaper ? paperWords(config) : venueWords(config, options)
  output.message(opening)
  const interrupt = invocation.interrupted()
  const account = accountOf(config, loaded.credentials)
  const news: News = { tell: (message) => output.message(`warning: ${message}`) }
  const common = {
    config,
    account,
    configHash: loaded.hash,
    speed,
    warn: (message: string) => news.tell(message),
    progress: (message: string) => output.message(message),
  }
  const composed = isPaper
    ? await (await import('../app/compose/live-paper.ts')).composeLivePaper(common)
    : await composeTrading({ ...common, file: loaded.file, credentials: loaded.credentials, seed, tape })
  if (composed.kind === 'refused') {
    output.error(composed.message)
    return CODES[composed.reason]
  }
  const { session } = composed
  const view = createAccountView({
    engine: session.engine,
    account,
    mode,
    configHash: loaded.hash,
    burnInDays: config.estimator.burnInDays,
    now: session.clock.now,
    journal: session.journal,
    earlier: closedBefore(join(config.dataDir, account)),
  })
  const control = await startTradingControl(config, account, session, view)
  if (control.kind === 'refused') {
    await session.close()
    output.error(control.message)
    return EXIT.error
  }
  const display = createTradeDisplay({
    session,
    title,
    output,
    live: !headless && !json && process.stdout.isTTY === true,
    speed,
  })
  const log = openSessionLogger(config.log, session.directory, (message) => output.message(`warning: ${message}`))
  news.tell = (message) => {
    const alert = { kind: 'alert', level: 'warning', code: 'MARKET', message } as const
    log.alert(alert, session.clock.now())
    display.alert(alert, session.clock.now())
  }
  log.begun({ account, mode, exchange: name, config_hash: loaded.hash, pid: process.pid })
  try {
    const summary = await runTrading(session, {
      mode,
      exchange: name,
      configHash: loaded.hash,
      seed: ours && tape === null ? seed : null,
      shutdown: config.shutdown,
      durationMs,
      interrupt,
      onAlert(alert, time) {
        log.alert(alert, time)
        display.alert(alert, time)
      },
      observe(event, effects) {
        log.observe(event, effects)
        display.observe(event, effects)
      },
      onTrade: view.add,
    })
    const { ended, trades, orders, pnl } = summary
    log.ended({ ended, trades, orders, pnl })
    display.close()
    if (json) output.json(summary)
    else output.data(exchangeSummaryTable(summary))
    if (summary.ended === 'exchange_gone') {
      output.error(`The ${isPaper ? 'market' : 'exchange'} is gone: ${session.endReason()}`)
      return EXIT.error
    }
    const left = config.shutdown === 'flatten' ? notFlat(session.engine) : null
    if (left !== null) {
      output.error(`NOT FLAT: ${left}. The exchange did not take every order in time.`)
      const how = isPaper ? `start again, then ${PROGRAM} force-exit all` : `${PROGRAM} panic`
      output.error(`  What is left is behind its stop, as far as the exchange has it. To close it: ${how}`)
      return EXIT.timeout
    }
    if (summary.ledger_agrees === null) {
      output.error(
        'NOT VERIFIED: the exchange did not answer at the end. What the account holds is as it was last told.',
      )
      output.error(`  Look again: ${PROGRAM} status, and at the exchange itself`)
      return EXIT.timeout
    }
    if (!json) output.message(`Test the same rules on years of candles: ${PROGRAM} backtesting --data FILE`)
    return EXIT.ok
  } finally {
    display.close()
    log.close()
    session.commands.end()
    await control.server.close()
    await session.close()
  }
}

/** What `flatten` has left open; `null`: nothing. */
function notFlat({ states, orders }: Engine): string | null {
  const open = states.flatMap(({ trade, instrument }) =>
    trade?.position.gt(0) ? [`${instrument.symbol} ${trade.direction} ${trade.position.toFixed()}`] : [],
  )
  const unknown = [...orders.values()].filter(({ state }) => state === 'unknown').map(({ request }) => request)
  const doubts = unknown.map(({ clientOrderId }) => `order ${clientOrderId} of unknown fate`)
  return open.length + doubts.length === 0 ? null : [...open, ...doubts].join(', ')
}

/** Says why the exchange cannot offer these candles to the bot; `null` where it can. */
async function unplayableTape(files: readonly string[], output: Output): Promise<ExitCode | null> {
  const { readTape } = await import('../app/compose/read-tape.ts')
  const read = readTape(files)
  if (read.kind === 'invalid') {
    const { printProblems } = await import('./print-problems.ts')
    printProblems(output, read.problems, 'Correct the file, then run it again')
    return EXIT.error
  }
  const coarse = read.columns.find(({ barMs }) => BAR_MS % barMs !== 0)
  if (coarse === undefined) return null
  const [minutes, needed] = [coarse.barMs / MINUTE_MS, BAR_MS / MINUTE_MS]
  output.error(
    `--tape: the candles of ${coarse.symbol} last ${minutes} min; over the network the bot reads candles of ${needed} min.`,
  )
  output.error(`  Play them in one process: ${PROGRAM} trade --mode paper --tape ${files.join(' ')}`)
  return EXIT.configuration
}

/** The trades that earlier processes have closed, as `show-trades` tells them while no bot runs. */
function closedBefore(directory: string): readonly TradeRow[] {
  const opened = readJournal(directory)
  if (opened.kind !== 'ok') return []
  try {
    return opened.reader.trades({ symbol: null, since: null, limit: MAX_TRADES })
  } finally {
    opened.close()
  }
}
