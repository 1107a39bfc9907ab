import type { Instrument } from '../../../domain/instrument.ts'
import type { CallRecord } from '../../ccxt/call-record.ts'
import type { CcxtId } from '../../ccxt/environment.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { penaltyMs } from '../../ccxt/penalty.ts'
import { openingOf } from '../../venue/ccxt/opening-of.ts'
import { createBinanceMarketDialect } from './binanceusdm/dialect.ts'
import { createBybitMarketDialect } from './bybit/dialect.ts'
import type { MarketDialect, MarketDialectOptions } from './dialect.ts'
import { createOkxMarketDialect } from './okx/dialect.ts'
import { createPacedAsk, patiently } from './requests.ts'

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

/**
 * A venue's public data, asked for at its pace; the embedded exchange needs none. History is long, and one page that fails
 * must not fail it all; what is asked for all the time is asked for once, for its next turn comes by itself.
 */
export function createMarketDialect(options: CreateMarketDialectOptions): MarketDialect {
  const { prices, statistics, instruments, barMs, barLagMs } = options
  const { id } = prices
  const embedded = prices.environment === 'embedded'
  const { tooOften, venueCodeOf } = openingOf(id)
  const penaltyOf = (record: CallRecord): number | null =>
    penaltyMs(record, tooOften({ record, venueCode: venueCodeOf(record.body) }))
  const ask = (exchange: OpenedExchange) => createPacedAsk(exchange, embedded ? () => 0 : PACES[id], penaltyOf)
  const first = ask(prices)
  const second = statistics === prices ? first : ask(statistics)
  const rest = { streamBase: (kind: string) => prices.streamBase(kind), instruments, barMs, barLagMs, embedded }
  const dialect = DIALECTS[id]({ ...rest, prices: first, statistics: second })
  const { history } = DIALECTS[id]({ ...rest, prices: patiently(first), statistics: patiently(second) })
  return { ...dialect, history }
}
