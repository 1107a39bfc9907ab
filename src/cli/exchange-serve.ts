import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'
import { readServeOptions } from './exchange-serve-options.ts'

export const exchangeServe: Command = {
  name: 'exchange serve',
  description: 'Serve a simulated exchange in Binance’s USDⓈ-M protocol, to practise against with any of its clients',
  arguments: [
    { name: '[symbols...]', description: 'like BTCUSDT ETHUSDT; without them those of the tape or of exchange.pairs' },
  ],
  options: [
    { flags: '--port <number>', description: 'port on this machine; 0: any that is free', default: '8006' },
    { flags: '--seed <number>', description: 'of the simulated crowd', default: '1' },
    { flags: '--tape <files...>', description: 'trade on these candles instead of the crowd' },
    {
      flags: '--speed <factor>',
      description: 'market time per wall time, or lock-step: time moves when a control client says so',
      default: '1',
    },
    { flags: '--accounts <number>', description: 'accounts on the market, each with a key of its own', default: '1' },
    { flags: '--balance <amount>', description: 'USDT in each account [dry_run_wallet]' },
    { flags: '--faults <file>', description: 'a script of what goes wrong' },
    { flags: '--accept-faults', description: 'more of them while it runs, one a request: POST /control/faults' },
    { flags: '--key-file <file>', description: 'also write keys and secrets here, for this user alone' },
    {
      flags: '--parent',
      description: 'end when stdin ends, and not at Ctrl-C: with the process that started this one',
    },
  ],
  examples: [
    'exchange serve',
    'exchange serve BTCUSDT ETHUSDT --seed 7 --speed 60',
    'exchange serve --accounts 2 --speed lock-step',
    'exchange serve --tape bybit_BTCUSDT_1h.csv.gz --speed 3600 --port 8010',
  ],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation)
    if (loaded.kind === 'exit') return loaded.code
    const { output, json } = invocation
    const read = readServeOptions(invocation.options, loaded.config.dryRunWallet)
    if (read.kind === 'wrong') {
      output.error(read.message)
      return EXIT.configuration
    }
    const { options } = read
    const interrupt = invocation.interrupted()
    const ended = new Promise<void>((done) => {
      if (options.parent) {
        // A terminal's Ctrl-C and a supervisor's SIGTERM are for the parent, which still needs the exchange to end well.
        process.stdin.on('error', () => done())
        process.stdin.on('close', () => done())
        process.stdin.on('end', () => done())
        process.stdin.resume()
        return
      }
      if (interrupt.aborted) done()
      interrupt.addEventListener('abort', () => done(), { once: true })
    })
    const { serveExchange } = await import('../app/compose/exchange-serve.ts')
    output.message(
      options.tape === null
        ? `SIMULATED MARKET: a crowd of traders, seed ${options.seed}. Warming up …`
        : 'SIMULATED MARKET: past candles.',
    )
    const served = await serveExchange(loaded.config, { ...options, symbols: invocation.arguments })
    if (served.kind === 'failed') {
      // Whoever started this process waits for its end and would keep stdin open until then.
      process.stdin.pause()
      const { printLookFailure } = await import('./look-options.ts')
      return printLookFailure(invocation, served)
    }
    const { server, address, symbols } = served
    // The accounts are made for this run, and telling their keys is the point of it.
    const { processScrubber } = await import('../config/scrubber.ts')
    for (const { key } of address.accounts) processScrubber.allow(key)
    const { howToConnect } = await import('./exchange-serve-text.ts')
    output.message(
      howToConnect(address, symbols, options.balance, { market: server.now, wall: Date.now(), speed: options.speed }),
    )
    if (json) output.json({ ...address, simulated_market: true })
    else output.data(address.origin)
    await ended
    process.stdin.pause()
    await server.close()
    return EXIT.ok
  },
}
