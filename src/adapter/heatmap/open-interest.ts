import { z } from 'zod'
import { MAX_OPEN_INTEREST_USD, type OpenInterest, type RatioKind } from '../../domain/cluster.ts'
import type { EpochMs } from '../../domain/unit.ts'
import { failed, ok, type Outcome } from './failure.ts'
import type { HeatmapClient, RawResponse } from './http.ts'
import { readJson, sentimentPath, STATS_PATH } from './wire.ts'

/** A hundred on one side to one on the other; nothing that is counted or weighed is so lopsided. */
const MAX_RATIO = 100

const amount = z.number().nonnegative().max(MAX_OPEN_INTEREST_USD).nullish()
const figures = z.object({
  symbol: z.string().nullish(),
  total_oi_usd: amount,
  long_oi_usd: amount,
  short_oi_usd: amount,
  long_short_ratio: z.number().nonnegative().nullish(),
  ratio_kind: z.enum(['book_imbalance', 'account', 'top_position', 'taker', 'unknown']).nullish().catch(null),
})
const stats = z.object({ stats: z.record(z.string(), z.unknown()) })
const debug = z.object({ open_interest_summary: z.record(z.string(), z.unknown()) })

/** A total of zero and a ratio of zero stand for "no data". */
const known = (value: number | null | undefined): number | null =>
  value === undefined || value === null || value <= 0 ? null : value

function read(value: unknown, receivedAt: EpochMs, ratioKind: RatioKind): OpenInterest | null {
  const parsed = figures.safeParse(value)
  if (!parsed.success) return null
  const { total_oi_usd, long_oi_usd, short_oi_usd, long_short_ratio, ratio_kind } = parsed.data
  const totalUsd = known(total_oi_usd)
  const ratio = known(long_short_ratio)
  // One figure that cannot be discredits the others.
  if (totalUsd === null || (ratio !== null && !(ratio <= MAX_RATIO && ratio >= 1 / MAX_RATIO))) return null
  return {
    asOf: receivedAt,
    totalUsd,
    longUsd: known(long_oi_usd),
    shortUsd: known(short_oi_usd),
    ratio,
    ratioKind: ratio_kind ?? ratioKind,
  }
}

/** Open interest in an answer of `/api/sentiment/{symbol}`; `null` where it has none. */
export function openInterestOfSentiment(response: RawResponse, symbol: string): OpenInterest | null {
  const json = readJson(response)
  if (json.kind === 'failed') return null
  const named = figures.safeParse(json.value)
  const other = named.success && typeof named.data.symbol === 'string' && named.data.symbol.toUpperCase() !== symbol
  return other ? null : read(json.value, response.receivedAt, 'book_imbalance')
}

/** Open interest in an answer of `/api/stats`: the summary by symbol, an entry of the symbol's name, or flat figures. */
export function openInterestOfStats(response: RawResponse, symbol: string): OpenInterest | null {
  const json = readJson(response)
  if (json.kind === 'failed') return null
  const parsed = stats.safeParse(json.value)
  if (!parsed.success) return null
  const all = parsed.data.stats
  const summary = debug.safeParse(all['debug'])
  return (
    (summary.success
      ? read(summary.data.open_interest_summary[symbol], response.receivedAt, 'book_imbalance')
      : null) ??
    read(all[symbol], response.receivedAt, 'unknown') ??
    read(all, response.receivedAt, 'unknown')
  )
}

export type OpenInterestEndpoint = 'sentiment' | 'stats'

/** Looks a symbol's open interest up where providers keep it, in order; `null`: none of them has it. */
export async function fetchOpenInterest(
  client: HeatmapClient,
  symbol: string,
  onResponse: (endpoint: OpenInterestEndpoint, response: RawResponse) => void,
  signal?: AbortSignal,
): Promise<Outcome<OpenInterest | null>> {
  const sentiment = await client.get(sentimentPath(symbol), signal)
  if (sentiment.kind === 'ok') {
    onResponse('sentiment', sentiment.value)
    const found = openInterestOfSentiment(sentiment.value, symbol)
    if (found) return ok(found)
  }
  const overall = await client.get(STATS_PATH, signal)
  if (overall.kind === 'failed') return overall
  onResponse('stats', overall.value)
  if (overall.value.status !== 200) return failed('UNEXPECTED_STATUS', `${STATS_PATH}: status ${overall.value.status}`)
  return ok(openInterestOfStats(overall.value, symbol))
}
