import type { Instrument } from '../../../domain/instrument.ts'
import type { CcxtId } from '../../ccxt/environment.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { createBinanceMarketDialect } from './binanceusdm/dialect.ts'
import { createBybitMarketDialect } from './bybit/dialect.ts'
import type { MarketDialect, MarketDialectOptions } from './dialect.ts'
import { createOkxMarketDialect } from './okx/dialect.ts'
import { createRequests } from './requests.ts'

export interface CreateMarketDialectOptions {
  /** Speaks to the market that orders meet; keyless. */
  readonly prices: OpenedExchange
  /** Speaks to where open interest and ratios are; keyless, and the same one where that is the same place. */
  readonly statistics: OpenedExchange
  readonly instruments: readonly Instrument[]
  readonly barMs: number
  readonly barLagMs: number
}

const DIALECTS: Readonly<Record<CcxtId, (options: MarketDialectOptions) => MarketDialect>> = {
  binanceusdm: createBinanceMarketDialect,
  bybit: createBybitMarketDialect,
  okx: createOkxMarketDialect,
}

/** Wall ms between two requests of a method, well within what the venue allows an address. */
const PACES: Readonly<Record<CcxtId, (method: string) => number>> = {
  binanceusdm: () => 50,
  bybit: () => 25,
  okx: (method) => {
    if (method.endsWith('LongShortAccountRatioContract')) return 500
    if (method.includes('Rubik') || method.endsWith('FundingRateHistory')) return 250
    return method.includes('History') ? 125 : 60
  },
}
const RETRIES = 3

/** A venue's public data, asked for at its pace, and again where that may help; the embedded exchange needs neither. */
export function createMarketDialect(options: CreateMarketDialectOptions): MarketDialect {
  const { prices, statistics, instruments, barMs, barLagMs } = options
  const { id } = prices
  const embedded = prices.environment === 'embedded'
  const ask = (exchange: OpenedExchange) =>
    createRequests({ exchange, everyMs: embedded ? () => 0 : PACES[id], retries: embedded ? 0 : RETRIES })
  const first = ask(prices)
  return DIALECTS[id]({
    prices: first,
    statistics: statistics === prices ? first : ask(statistics),
    streamBase: (kind) => prices.streamBase(kind),
    instruments,
    barMs,
    barLagMs,
    embedded,
  })
}
