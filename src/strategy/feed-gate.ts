import type { Config } from '../config/schema.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { SECOND_MS } from '../domain/time.ts'
import { freshnessLimit, openInterestRefusal, priceRefusal, tooOld } from '../heatmap/freshness.ts'

/** How often the sources publish and how late, in ms; 0 where a source has no rhythm of its own. */
export interface FeedTiming {
  readonly snapshotIntervalMs: number
  readonly snapshotLagMs: number
  readonly openInterestIntervalMs: number
  readonly openInterestLagMs: number
}

function healthRefusal(view: MarketView): Refusal | null {
  const { health } = view
  switch (health) {
    case 'HEALTHY':
      return null
    case 'WARMING':
      return refusal('HEATMAP_WARMING', 'the heatmap is warming up', { health })
    case 'STALE':
      return refusal('HEATMAP_STALE', 'the heatmap has gone silent', { health })
    case 'FROZEN':
      return refusal('HEATMAP_FROZEN', 'the heatmap stands still while the price moves', { health })
    case 'DEGRADED':
    case 'UNAVAILABLE':
      return refusal('HEATMAP_UNHEALTHY', `the heatmap is ${health.toLowerCase()}`, { health })
  }
}

/** Breaks mean nothing where levels follow the price; hunt and support/resistance may be let through, flagged. */
function anchoringRefusal(view: MarketView, candidate: Candidate, config: Config['heatmap']): Refusal | null {
  const { anchoring } = view
  const excused = config.tradeAnchored && candidate.strategy !== 'cluster_breakout'
  switch (anchoring) {
    case 'absolute':
      return null
    case 'spot_anchored':
      if (excused) return null
      return refusal('SPOT_ANCHORED', 'the levels follow the price: they can be neither approached nor broken', {
        anchoring,
      })
    case 'undetermined':
      if (excused || config.levels === 'absolute') return null
      return refusal('ANCHORING_UNDETERMINED', 'not known yet whether the levels stand still or follow the price', {
        anchoring,
      })
  }
}

function snapshotRefusal(view: MarketView, timing: FeedTiming, config: Config['heatmap']): Refusal | null {
  // Its health has said so already.
  if (view.health === 'STALE') return null
  if (view.snapshotAsOf === null) return refusal('HEATMAP_STALE', 'no heatmap yet', { age_ms: null })
  const age = view.time - view.snapshotAsOf
  const limit = freshnessLimit(config.staleAfterSecs * SECOND_MS, timing.snapshotIntervalMs, timing.snapshotLagMs)
  return age <= limit ? null : refusal('HEATMAP_STALE', tooOld('heatmap', age, limit), { age_ms: age, limit_ms: limit })
}

/**
 * What the feeds must be like for a new entry, in market time. Heatmap and open interest count for candidates that lean
 * on a zone; the price counts for all. Missing open interest is not old: sizing has an answer to it.
 */
export function feedRefusals(
  view: MarketView,
  candidate: Candidate,
  timing: FeedTiming,
  config: Config['heatmap'],
): readonly Refusal[] {
  const out: Refusal[] = []
  const add = (reason: Refusal | null): void => {
    if (reason) out.push(reason)
  }
  const { price, mark, openInterest } = view
  if (!(price > 0 && mark > 0 && price < Infinity && mark < Infinity)) {
    add(refusal('BAD_MARKET_DATA', `price ${price}, mark ${mark}`, { price, mark }))
  }
  add(priceRefusal(view.priceTime, view.time, config.priceStaleAfterSecs * SECOND_MS))
  if (candidate.anchor === null) return out
  add(healthRefusal(view))
  add(anchoringRefusal(view, candidate, config))
  add(snapshotRefusal(view, timing, config))
  if (openInterest !== null) {
    const { openInterestIntervalMs: interval, openInterestLagMs: lag } = timing
    add(
      openInterestRefusal(
        openInterest,
        view.time,
        freshnessLimit(config.openInterestStaleAfterSecs * SECOND_MS, interval, lag),
      ),
    )
  }
  return out
}
