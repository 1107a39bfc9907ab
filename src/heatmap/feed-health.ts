import type { Anchoring, HeatmapHealth, LevelSnapshot } from '../domain/cluster.ts'
import type { FeedFailureKind } from '../domain/heatmap-payload.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import { createAnchoringDetector } from './anchoring.ts'
import { freshnessLimit, tooOld } from './freshness.ts'
import { createFrozenFeed } from './frozen-feed.ts'

export interface FeedHealthOptions {
  readonly staleAfterMs: number
  readonly frozenAfterPolls: number
  readonly frozenPriceMoveRatio: number
  /** Sizes and ratio that have been the same for so long are frozen. */
  readonly sizesFrozenAfterMs: number
  readonly priceCollarRatio: number
  /** Good snapshots in a row after which a feed that failed is healthy again. */
  readonly recoverySnapshots: number
  /** Without a good snapshot for this long a feed is not warming up but unavailable; Infinity for the estimator. */
  readonly warmingLimitMs: number
  /** The operator vouches that levels stand still. */
  readonly assertAbsolute: boolean
}

export type SnapshotVerdict = { readonly accepted: true } | { readonly accepted: false; readonly reason: Refusal }

/** Health of one feed of one symbol. Only HEALTHY may open positions; nothing here touches open ones. */
export interface FeedHealth {
  /** Judges a snapshot; the tracker sees accepted ones only. `ownPrice` NaN: no price yet. */
  onSnapshot(snapshot: LevelSnapshot, ownPrice: number, time: EpochMs): SnapshotVerdict
  onPrice(price: number, time: EpochMs): void
  /** A poll that brought nothing. Permanent ones end the feed until a good snapshot arrives. */
  onFailure(kind: FeedFailureKind, time: EpochMs): void
  health(time: EpochMs): HeatmapHealth
  /** Why the feed may not open positions now; empty when it may as far as health goes (anchoring is judged apart). */
  refusals(time: EpochMs): readonly Refusal[]
  readonly anchoring: Anchoring
}

export const WARMING_LIMIT_MS = 120 * SECOND_MS
/** A snapshot with less than a fifth of the clusters of the last one is held back until seen this often. */
const COLLAPSE_RATIO = 0.2
const COLLAPSE_SIGHTINGS = 3
const NONE: readonly Refusal[] = Object.freeze([])
const ACCEPTED: SnapshotVerdict = Object.freeze({ accepted: true })

const percent = (value: number): string => `${(value * 100).toFixed(2)} %`

export function createFeedHealth(options: FeedHealthOptions): FeedHealth {
  const anchoring = createAnchoringDetector(options.assertAbsolute)
  const frozen = createFrozenFeed({
    polls: options.frozenAfterPolls,
    priceMoveRatio: options.frozenPriceMoveRatio,
  })
  let started: EpochMs | null = null
  let lastGood: LevelSnapshot | null = null
  let limitMs = options.staleAfterMs
  let clusters = 0
  let collapsedSightings = 0
  let unavailable = false
  let openInterestFrozen = false
  /** Good snapshots still missing before the feed is healthy again. */
  let owed = 0
  let lastReason: Refusal | null = null

  const fail = (reason: Refusal): SnapshotVerdict => {
    if (lastGood !== null) owed = options.recoverySnapshots
    lastReason = reason
    return { accepted: false, reason }
  }

  /** Own published model: no wire, no provider's price, nothing a third party could have broken. */
  const isOwnModel = (snapshot: LevelSnapshot): boolean => snapshot.sha256 === null

  function judgeTime(snapshot: LevelSnapshot, time: EpochMs): Refusal | null {
    if (snapshot.asOf > time) {
      return refusal('HEATMAP_UNHEALTHY', `heatmap dated ${snapshot.asOf - time} ms in the future`, {
        gate: 'future',
        ahead_ms: snapshot.asOf - time,
      })
    }
    if (lastGood !== null && snapshot.asOf < lastGood.asOf) {
      return refusal('HEATMAP_UNHEALTHY', `heatmap ${lastGood.asOf - snapshot.asOf} ms older than the last one`, {
        gate: 'order',
        behind_ms: lastGood.asOf - snapshot.asOf,
      })
    }
    const age = time - snapshot.asOf
    const limit = freshnessLimit(options.staleAfterMs, snapshot.intervalMs, snapshot.lagMs)
    return age > limit
      ? refusal('HEATMAP_STALE', tooOld('heatmap', age, limit), { age_ms: age, limit_ms: limit })
      : null
  }

  function judgePrice(reference: number, ownPrice: number): Refusal | null {
    if (!(ownPrice > 0))
      return refusal('HEATMAP_UNHEALTHY', 'no own price to check the heatmap’s against', { gate: 'price_collar' })
    const off = Math.abs(reference / ownPrice - 1)
    if (off <= options.priceCollarRatio) return null
    return refusal(
      'HEATMAP_UNHEALTHY',
      `the heatmap’s price ${reference} is ${percent(off)} away from ours (${ownPrice}), limit ${percent(options.priceCollarRatio)}`,
      { gate: 'price_collar', reference, own: ownPrice, off_ratio: off, limit_ratio: options.priceCollarRatio },
    )
  }

  function judgeFrozen(snapshot: LevelSnapshot): Refusal | null {
    if (frozen.priceFrozen) {
      return refusal(
        'HEATMAP_FROZEN',
        `the heatmap’s price stood still over ${frozen.polls} polls while ours moved ${(frozen.ownMove * 10_000).toFixed(1)} bp`,
        { gate: 'frozen', polls: frozen.polls, own_move_ratio: frozen.ownMove },
      )
    }
    const limit = freshnessLimit(options.sizesFrozenAfterMs, snapshot.intervalMs, snapshot.lagMs)
    openInterestFrozen = frozen.openInterestSameMs >= limit
    if (!openInterestFrozen) return null
    const same = frozen.openInterestSameMs
    return refusal(
      'HEATMAP_FROZEN',
      `the heatmap’s sizes have been the same for ${Math.round(same / SECOND_MS)} s, limit ${limit / SECOND_MS} s`,
      {
        gate: 'open_interest_frozen',
        same_ms: same,
        limit_ms: limit,
      },
    )
  }

  function judgeCount(snapshot: LevelSnapshot): Refusal | null {
    const count = snapshot.levels.length
    if (count >= COLLAPSE_RATIO * clusters) {
      collapsedSightings = 0
      return null
    }
    collapsedSightings++
    if (collapsedSightings >= COLLAPSE_SIGHTINGS) {
      collapsedSightings = 0
      return null
    }
    return refusal(
      'HEATMAP_UNHEALTHY',
      `clusters fell from ${clusters} to ${count} at once, seen ${collapsedSightings} of ${COLLAPSE_SIGHTINGS} times`,
      {
        gate: 'collapse',
        before: clusters,
        now: count,
        sightings: collapsedSightings,
      },
    )
  }

  function judgeContent(snapshot: LevelSnapshot, ownPrice: number, time: EpochMs): Refusal | null {
    if (isOwnModel(snapshot)) return null
    frozen.onSnapshot(snapshot, ownPrice, time)
    if (snapshot.levels.length === 0 && snapshot.quarantined.length === 0)
      return refusal('HEATMAP_WARMING', 'the heatmap is empty', { gate: 'empty' })
    const off = snapshot.referencePrice === null ? null : judgePrice(snapshot.referencePrice, ownPrice)
    return off ?? judgeFrozen(snapshot) ?? judgeCount(snapshot)
  }

  const isStale = (time: EpochMs): boolean => lastGood !== null && time - lastGood.asOf > limitMs
  const isOverdue = (time: EpochMs): boolean =>
    lastGood === null && started !== null && time - started > options.warmingLimitMs

  function health(time: EpochMs): HeatmapHealth {
    started ??= time
    if (unavailable || isOverdue(time)) return 'UNAVAILABLE'
    if (lastGood === null) return 'WARMING'
    if (frozen.priceFrozen || openInterestFrozen) return 'FROZEN'
    if (isStale(time)) return 'STALE'
    return owed > 0 ? 'DEGRADED' : 'HEALTHY'
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const feed: { -readonly [K in keyof FeedHealth]: FeedHealth[K] } = {
    anchoring: anchoring.verdict,
    onSnapshot(snapshot, ownPrice, time) {
      started ??= time
      const wasFrozen = frozen.priceFrozen
      const late = judgeTime(snapshot, time)
      if (late) return fail(late)
      if (snapshot.referencePrice !== null && !isOwnModel(snapshot)) {
        anchoring.observe(snapshot.levels, snapshot.referencePrice)
        if (feed.anchoring !== 'spot_anchored')
          feed.anchoring = foundAtTheDoor(snapshot) ? 'spot_anchored' : anchoring.verdict
      }
      const bad = judgeContent(snapshot, ownPrice, time)
      if (bad) return fail(bad)
      if (unavailable || wasFrozen || isStale(time) || isOverdue(time)) owed = options.recoverySnapshots
      if (owed > 0) owed--
      unavailable = false
      lastGood = snapshot
      clusters = snapshot.levels.length
      limitMs = freshnessLimit(options.staleAfterMs, snapshot.intervalMs, snapshot.lagMs)
      return ACCEPTED
    },
    onPrice(price, time) {
      started ??= time
      frozen.onPrice(price)
    },
    onFailure(kind, time) {
      started ??= time
      if (kind === 'permanent') unavailable = true
      fail(
        refusal(
          'HEATMAP_UNHEALTHY',
          kind === 'permanent' ? 'the provider does not serve this symbol' : 'the last poll failed',
          { gate: 'poll' },
        ),
      )
    },
    health,
    refusals(time) {
      const state = health(time)
      switch (state) {
        case 'HEALTHY':
          return NONE
        case 'WARMING':
          return [refusal('HEATMAP_WARMING', 'no usable heatmap yet', { health: state })]
        case 'STALE': {
          const age = time - lastGood!.asOf
          return [refusal('HEATMAP_STALE', tooOld('heatmap', age, limitMs), { age_ms: age, limit_ms: limitMs })]
        }
        case 'FROZEN':
          return [
            lastReason?.code === 'HEATMAP_FROZEN'
              ? lastReason
              : refusal('HEATMAP_FROZEN', 'the heatmap stands still', { health: state }),
          ]
        case 'DEGRADED': {
          const why = lastReason === null ? '' : `: ${lastReason.message}`
          return [
            refusal(
              'HEATMAP_UNHEALTHY',
              `heatmap degraded, ${owed} more good of ${options.recoverySnapshots} needed${why}`,
              {
                health: state,
                good_missing: owed,
                good_needed: options.recoverySnapshots,
              },
            ),
          ]
        }
        case 'UNAVAILABLE':
          return [
            refusal('HEATMAP_UNHEALTHY', `heatmap unavailable${lastReason === null ? '' : `: ${lastReason.message}`}`, {
              health: state,
            }),
          ]
      }
    },
  }
  return feed
}

/**
 * The door sees every level on the wire, and leaves out merged sides only of a feed that it has found to be anchored; what
 * is left over may be too little to find it again.
 */
const foundAtTheDoor = ({ quarantined }: LevelSnapshot): boolean =>
  quarantined.some(({ code }) => code === 'MERGED_SIDES')

/** Why a feed with this anchoring may not open positions; `null`: it may. */
export function anchoringRefusal(anchoring: Anchoring): Refusal | null {
  switch (anchoring) {
    case 'absolute':
      return null
    case 'spot_anchored':
      return refusal(
        'SPOT_ANCHORED',
        'the feed’s levels follow the price one for one: they can be neither reached nor broken',
      )
    case 'undetermined':
      return refusal('ANCHORING_UNDETERMINED', 'not known yet whether the feed’s levels stand still')
  }
}
