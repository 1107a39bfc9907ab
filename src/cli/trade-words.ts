import type { Config } from '../config/schema.ts'
import type { TradeOptions } from './trade-options.ts'

/** How a session is introduced. */
export interface TradeWords {
  /** The first line. */
  readonly opening: string
  /** The head of the screen: on every one it says whose money it is. */
  readonly title: string
}

/** Of simulated money on the market of an exchange. */
export function paperWords({ exchange: { name, url } }: Config): TradeWords {
  const whose = url === null ? `real prices of ${name}` : `SIMULATED MARKET of the exchange at ${url}`
  return { opening: `PAPER: ${whose}, simulated money. Connecting …`, title: `[PAPER]  ${whose}, simulated money.` }
}

/** Of an account at an exchange. */
export function venueWords(
  { mode, exchange: { name, url, environment } }: Config,
  { seed, tape }: Extract<TradeOptions, { kind: 'ok' }>,
): TradeWords {
  if (name === 'embedded') {
    const own = tape === null ? `a crowd of traders, seed ${seed}` : 'recorded candles'
    const market = url === null ? own : `of the exchange at ${url}`
    return {
      opening: `SIMULATED MARKET, simulated money: ${market}, through ccxt. Warming up …`,
      title: `[TESTNET]  SIMULATED MARKET: ${market}, through ccxt. No real money.`,
    }
  }
  const where = environment === null ? name : `${name} (${environment})`
  return mode === 'live'
    ? { opening: `LIVE, REAL MONEY: ${where}. Connecting …`, title: `[LIVE]  ${name}. REAL MONEY.` }
    : { opening: `TESTNET, play money: ${where}. Connecting …`, title: `[TESTNET]  ${name}. Play money.` }
}
