import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'
import { wholeNumber } from './whole-number.ts'

const MAX_PORT = 65_535
const MAX_SPEED = 100_000
const MAX_SEED = 2 ** 31 - 1

export const heatmapServe: Command = {
  name: 'heatmap serve',
  description: 'Serve a modelled liquidation heatmap of candles or of the simulated crowd over HTTP',
  arguments: [
    { name: '[symbols...]', description: 'like BTCUSDT ETHUSDT; without them those of the files or of exchange.pairs' },
  ],
  options: [
    {
      flags: '--data <files...>',
      description: 'candles with open interest (and turnover, if known): serve the map at their end',
    },
    { flags: '--seed <number>', description: 'of the simulated crowd', default: '1' },
    { flags: '--port <number>', description: 'port on this machine; 0: any that is free', default: '8004' },
    { flags: '--speed <factor>', description: 'market time of the crowd per wall time', default: '1' },
  ],
  examples: [
    'heatmap serve',
    'heatmap serve BTCUSDT ETHUSDT --seed 7 --speed 60',
    'heatmap serve --data bybit_BTCUSDT_1h.csv.gz --port 8010',
  ],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation)
    if (loaded.kind === 'exit') return loaded.code
    const { output, options, json } = invocation
    const port = wholeNumber(options['port'], MAX_PORT)
    const seed = wholeNumber(options['seed'], MAX_SEED)
    const speed = Number(options['speed'])
    const wrong =
      port === undefined
        ? `--port ${String(options['port'])}: a whole number from 0 to ${MAX_PORT}.`
        : seed === undefined
          ? `--seed ${String(options['seed'])}: a whole number from 0 to ${MAX_SEED}.`
          : !(speed > 0 && speed <= MAX_SPEED)
            ? `--speed ${String(options['speed'])}: a number above 0, at most ${MAX_SPEED}.`
            : undefined
    if (wrong !== undefined || port === undefined || seed === undefined) {
      output.error(wrong ?? '')
      return EXIT.configuration
    }
    const { mapsOfCrowd, mapsOfFiles, serveMaps } = await import('../app/compose/heatmap-serve.ts')
    const { printLookFailure } = await import('./look-options.ts')
    const { data } = options
    const files = Array.isArray(data) && data.length > 0 ? (data as readonly string[]) : null
    if (files === null)
      output.message(`SIMULATED MARKET: a crowd of traders, seed ${seed}, ${speed}× wall time. Warming up …`)
    const maps = files
      ? mapsOfFiles(loaded.config, files, invocation.arguments)
      : mapsOfCrowd(loaded.config, seed, speed, invocation.arguments)
    if (maps.kind === 'failed') return printLookFailure(invocation, maps)
    const interrupt = invocation.interrupted()
    const served = await serveMaps(loaded.config, maps, port)
    if (served.kind === 'failed') return printLookFailure(invocation, served)
    const { server } = served
    const { isoTime } = await import('../domain/time.ts')
    const what = files
      ? `estimated from candles that end on ${isoTime(maps.now())}; it does not move on`
      : 'estimated from a simulated market'
    output.message(
      `MODELLED MAP of ${maps.symbols.join(', ')}: ${what}. No exchange says where positions are liquidated.`,
    )
    if (json) output.json({ url: server.url, symbols: maps.symbols, modelled: true, simulated_market: files === null })
    else output.data(server.url)
    output.message(`Listening; try ${server.url}/api/heatmap/${maps.symbols[0]}. Ctrl-C ends it.`)
    const stop = maps.start()
    if (!interrupt.aborted)
      await new Promise<void>((done) => interrupt.addEventListener('abort', () => done(), { once: true }))
    stop()
    await server.close()
    return EXIT.ok
  },
}
