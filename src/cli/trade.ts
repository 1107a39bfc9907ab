import type { Override } from '../config/flag-layer.ts'
import { PROGRAM, type Command } from './command.ts'
import { EXIT } from './exit-code.ts'

export const trade: Command = {
  name: 'trade',
  description: 'Run the bot: by default on the embedded exchange, with a simulated market and simulated money',
  options: [
    {
      flags: '--mode <mode>',
      description: 'paper: the exchange runs in this process; testnet and live: through ccxt',
      key: 'mode',
      choices: ['paper', 'testnet', 'live'],
    },
    { flags: '--live', description: 'one of the things that mode: live needs before it trades real money' },
    { flags: '--confirm <token>', description: 'made by arm: confirms --live where nobody can type' },
    { flags: '--tape <files...>', description: 'play candles from csv or csv.gz files instead of the simulated crowd' },
    {
      flags: '--heatmap-url <url>',
      description: 'trade on the map of this heatmap service instead of our own',
      key: 'heatmap.url',
    },
    { flags: '--duration <time>', description: 'market time to run, like 6h or 2d; without it until Ctrl-C' },
    { flags: '--speed <factor>', description: 'market time per wall time: a number, or max (default: 120)' },
    { flags: '--seed <number>', description: 'of the simulated crowd: the same seed is the same market (default: 1)' },
    { flags: '--headless', description: 'no live screen: one line for each thing that happens, on stderr' },
  ],
  examples: [
    'trade',
    'trade --duration 2d --speed max --headless --json',
    'trade --heatmap-url http://127.0.0.1:8004',
    'trade --mode paper --tape bybit_BTCUSDT_1h.csv.gz --speed max',
    'trade -c config/paper-binance.yaml',
  ],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const service: readonly Override[] =
      invocation.options['heatmapUrl'] === undefined
        ? []
        : [{ path: 'heatmap.source', value: 'api', flag: '--heatmap-url' }]
    const asked = loadCommandConfig(invocation, service)
    if (asked.kind === 'exit') return asked.code
    // Nobody trades in a backtest: a file made for backtesting is traded on paper.
    const loaded =
      asked.config.mode === 'backtest'
        ? loadCommandConfig(invocation, [...service, { path: 'mode', value: 'paper', flag: 'trade' }])
        : asked
    if (loaded.kind === 'exit') return loaded.code
    const { parseTradeOptions } = await import('./trade-options.ts')
    const { output } = invocation
    const { mode, exchange, market, heatmap } = loaded.config
    const embedded = exchange.name === 'embedded'
    const parsed = parseTradeOptions(invocation.options, {
      realTime: embedded ? null : exchange.name,
      // A service tells what is now: it cannot be had faster.
      ...(heatmap.source === 'api' && { pace: 1 }),
      livePaper: mode === 'paper' && market === 'ccxt',
    })
    if (parsed.kind === 'invalid') {
      output.error(parsed.message)
      return EXIT.configuration
    }
    if (mode === 'live' || invocation.options['live'] === true || invocation.options['confirm'] !== undefined) {
      const { confirmTrade } = await import('./confirm-live.ts')
      if (!(await confirmTrade(loaded, invocation))) return EXIT.configuration
    }
    if (embedded && heatmap.source === 'api')
      output.message(
        `The market is simulated: the heatmap of ${heatmap.url} opens nothing unless it is of this market, as ${PROGRAM} heatmap serve makes it.`,
      )
    if (mode !== 'paper' || market === 'ccxt') {
      const { tradeAtExchange } = await import('./trade-exchange.ts')
      return await tradeAtExchange(loaded, invocation, parsed)
    }
    const { tradeOnPaper } = await import('./trade-on-paper.ts')
    return await tradeOnPaper(loaded, invocation, parsed)
  },
}
