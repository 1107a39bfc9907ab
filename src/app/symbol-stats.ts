import type { RatioKind } from '../domain/cluster.ts'
import { isoTime, SECOND_MS } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import { crowdingOf, sentimentOf, type Crowding, type Sentiment } from '../strategy/signal-document.ts'
import type { Look } from './look.ts'

/** Open interest and positioning of one symbol; the first keys are the heatmap document's. `null`: not known. */
export interface SymbolStats {
  readonly symbol: string
  readonly current_price: number
  readonly time: string
  readonly source: Look['source']
  readonly total_oi_usd: number | null
  readonly long_oi_usd: number | null
  readonly short_oi_usd: number | null
  readonly long_short_ratio: number | null
  readonly ratio_kind: RatioKind
  readonly sentiment: Sentiment
  readonly crowding: Crowding
  /** Percent per settlement; positive: longs pay. */
  readonly funding_rate_pct: number | null
  /** Modelled notional by leverage within `NEAR_PCT` of the price. */
  readonly leverage_mix: {
    readonly within_pct: number
    readonly tiers: readonly {
      readonly leverage: number | null
      readonly notional_usd: number
      readonly share_ratio: number
    }[]
  }
  readonly total_clusters: number
  readonly health: string
  readonly anchoring: string
  /** Seconds since each feed spoke. */
  readonly age_secs: {
    readonly price: number | null
    readonly heatmap: number | null
    readonly open_interest: number | null
    readonly candles: number | null
  }
}

const NEAR_PCT = 5

function leverageMix({ view }: Look): SymbolStats['leverage_mix']['tiers'] {
  const sums = new Map<number | null, number>()
  let total = 0
  for (const zone of [...view.longClusters, ...view.shortClusters]) {
    if (zone.notionalUsd === null || Math.abs(zone.priceMode / view.price - 1) * 100 > NEAR_PCT) continue
    const tier = zone.leverage === null ? null : Math.round(zone.leverage)
    sums.set(tier, (sums.get(tier) ?? 0) + zone.notionalUsd)
    total += zone.notionalUsd
  }
  return [...sums]
    .sort(([a], [b]) => (b ?? 0) - (a ?? 0))
    .map(([leverage, usd]) => ({
      leverage,
      notional_usd: Math.round(usd),
      share_ratio: Math.round((usd / total) * 10_000) / 10_000,
    }))
}

/** What a look knows of a symbol's open interest, positioning and feeds. */
export function symbolStats(look: Look): SymbolStats {
  const { view, state, time, candlesTo } = look
  const known = view.openInterest
  const ratio = known?.ratio ?? null
  const usd = (value: number | null | undefined): number | null =>
    value === null || value === undefined ? null : Math.round(value)
  const age = (since: EpochMs | null | undefined): number | null =>
    since === null || since === undefined || !Number.isFinite(since) ? null : Math.round((time - since) / SECOND_MS)
  return {
    symbol: look.symbol,
    current_price: view.price,
    time: isoTime(time),
    source: look.source,
    total_oi_usd: usd(known?.totalUsd),
    long_oi_usd: usd(known?.longUsd),
    short_oi_usd: usd(known?.shortUsd),
    long_short_ratio: ratio === null ? null : Math.round(ratio * 10_000) / 10_000,
    ratio_kind: known?.ratioKind ?? 'unknown',
    sentiment: sentimentOf(ratio),
    crowding: crowdingOf(ratio),
    funding_rate_pct: Number.isNaN(view.fundingRate) ? null : Math.round(view.fundingRate * 1e8) / 1e6,
    leverage_mix: { within_pct: NEAR_PCT, tiers: leverageMix(look) },
    total_clusters: view.longClusters.length + view.shortClusters.length,
    health: view.health,
    anchoring: view.anchoring,
    age_secs: {
      price: age(view.priceTime),
      heatmap: age(state.snapshot?.asOf),
      open_interest: age(known?.asOf),
      candles: age(candlesTo),
    },
  }
}
