import { HOUR_MS, nextFunding } from '../../../../domain/time.ts'
import { epochMs } from '../../../../domain/unit.ts'
import { readSymbols, type Context, type Listed } from './context.ts'
import { numberText } from './number-text.ts'
import { readWindow, within } from './query.ts'
import { isError, type Reply } from './reply.ts'
import type { SymbolMarket } from './symbol-market.ts'

const DEFAULT_RATES = 100
const MOST_RATES = 1_000
const FUNDING_HOURS = (nextFunding(epochMs(0)) - 0) / HOUR_MS
/** What a rate is bounded by. */
const RATE_CAP = '0.00750000'
const RATE_FLOOR = '-0.00750000'
const INTEREST_RATE = '0.00010000'

/** `fundingRate`: settlements, their time being that of the settlement. */
export function fundingRateReply(context: Context, query: URLSearchParams, now: number): Reply {
  const asked = readSymbols(context, query)
  if (isError(asked)) return asked
  const window = readWindow(query, DEFAULT_RATES, MOST_RATES)
  if (isError(window)) return window
  const all = each(asked)
    .flatMap(({ market }) =>
      market.settlements.until(now).map(({ time, rate, mark }) => ({
        symbol: market.symbol,
        fundingTime: time,
        fundingRate: numberText(rate),
        markPrice: numberText(mark),
      })),
    )
    .toSorted((a, b) => a.fundingTime - b.fundingTime)
  return { body: within(all, (one) => one.fundingTime, window) }
}

/** `fundingInfo` of all symbols. */
export const fundingInfoReply = (context: Context): Reply => ({
  body: context.listed().map(({ instrument }) => ({
    symbol: instrument.symbol,
    adjustedFundingRateCap: RATE_CAP,
    adjustedFundingRateFloor: RATE_FLOOR,
    fundingIntervalHours: FUNDING_HOURS,
    disclaimer: false,
  })),
})

/** `premiumIndex`; its `lastFundingRate` is that of the last settlement, for the next one's is not published. */
export function premiumReply(context: Context, query: URLSearchParams, now: number): Reply {
  const asked = readSymbols(context, query)
  if (isError(asked)) return asked
  const body = each(asked)
    .filter(({ market }) => market.quote.mark > 0)
    .map(({ market }) => ({
      symbol: market.symbol,
      markPrice: numberText(market.quote.mark),
      // The tape tells no index; the mark is the nearest that is published.
      indexPrice: numberText(market.quote.mark),
      estimatedSettlePrice: numberText(market.quote.mark),
      lastFundingRate: lastRate(market, now),
      interestRate: INTEREST_RATE,
      nextFundingTime: nextFunding(epochMs(now)),
      time: market.quote.time,
    }))
  return { body: Array.isArray(asked) ? body : (body[0] ?? {}) }
}

/** Text of the last settlement's rate; "0" before the first. */
export const lastRate = ({ settlements }: SymbolMarket, now: number): string =>
  numberText(settlements.last(now)?.rate ?? 0)

const each = (asked: readonly Listed[] | Listed): readonly Listed[] => ('instrument' in asked ? [asked] : asked)
