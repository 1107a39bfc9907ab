import { nearEdge, type LiquidationLevel, type QuarantineCode } from '../domain/cluster.ts'
import type { DoorResult, HeatmapArrival, OwnFigures, RejectionCode } from '../domain/heatmap-payload.ts'
import { createAnchoringDetector, isMergedSides } from './anchoring.ts'
import { compareLevels } from './level-order.ts'
import { createNotionalHistory } from './notional-history.ts'
import { readWireCluster, type WireCluster } from './wire-cluster.ts'

export interface DoorOptions {
  /** Adapter id and version, e.g. `heatmap-http@1`. */
  readonly source: string
  /** The venue's spelling, `BTCUSDT`. */
  readonly symbol: string
  readonly tick: number
  /** The source's own update interval and publication lag. */
  readonly intervalMs: number
  readonly lagMs: number
  /** How far the provider's price may stand from ours, a fraction. */
  readonly priceCollarRatio: number
  /** The operator vouches that this feed's levels stand still. */
  readonly assertAbsolute: boolean
}

/** The door of one symbol: judges what a provider said, cluster by cluster and as a whole. */
export interface SnapshotDoor {
  /** Without an own price the provider's is all there is: good enough to show, never to trade. */
  open(arrival: HeatmapArrival, own: OwnFigures): DoorResult
}

const MAX_CLUSTERS = 500
const MAX_DISTANCE = 0.5
/** 5 bp in percent, and what two decimals may round away. */
const DISTANCE_TOLERANCE_PCT = 0.05 + 0.005
const MAX_QUARANTINED_RATIO = 0.5
const EPSILON = 1e-9

const rejected = (code: RejectionCode, message: string): DoorResult => ({ kind: 'rejected', code, message })

function misplaced(cluster: WireCluster, currentPrice: number, price: number): QuarantineCode | null {
  const { level, reportedDistancePct } = cluster
  const edge = nearEdge(level)
  if (level.side === 'long' ? edge >= price : edge <= price) return 'SIDE_LOCATION'
  const distancePct = Math.abs(level.priceMode / currentPrice - 1) * 100
  if (reportedDistancePct !== null && Math.abs(reportedDistancePct - distancePct) > DISTANCE_TOLERANCE_PCT + EPSILON)
    return 'DISTANCE_MISMATCH'
  return Math.abs(level.priceMode / price - 1) > MAX_DISTANCE ? 'OUT_OF_RANGE' : null
}

/** Levels in canonical order without those that repeat another of their side within one tick. */
function withoutDuplicates(levels: readonly LiquidationLevel[], tick: number): readonly LiquidationLevel[] {
  const kept: LiquidationLevel[] = []
  for (const level of levels.toSorted(compareLevels)) {
    const last = kept.at(-1)
    const repeats = last?.side === level.side && level.priceMode - last.priceMode <= tick * (1 + EPSILON)
    if (!repeats) kept.push(level)
  }
  return kept
}

/** Creates the door of one symbol. What is quarantined is counted by code; the raw record keeps it. */
export function createDoor(options: DoorOptions): SnapshotDoor {
  const history = createNotionalHistory()
  const anchoring = createAnchoringDetector(options.assertAbsolute)
  let sequence = 0

  function refuseWhole(arrival: HeatmapArrival, ownPrice: number | null): DoorResult | null {
    const { symbol, totalClusters, clusters, currentPrice } = arrival.payload
    if (symbol.toUpperCase() !== options.symbol)
      return rejected(
        'WRONG_SYMBOL',
        `asked for ${options.symbol}, the answer is for ${JSON.stringify(symbol.slice(0, 32))}`,
      )
    if (clusters.length > MAX_CLUSTERS)
      return rejected('TOO_MANY_CLUSTERS', `${clusters.length} clusters, limit ${MAX_CLUSTERS}`)
    if (totalClusters !== null && totalClusters !== clusters.length) {
      return rejected('COUNT_MISMATCH', `the answer counts ${totalClusters} clusters and holds ${clusters.length}`)
    }
    if (currentPrice === null) {
      return clusters.length === 0
        ? null
        : rejected('PRICE_MISSING', `${clusters.length} clusters without a current price to check them against`)
    }
    if (!(currentPrice > 0 && currentPrice < Number.POSITIVE_INFINITY))
      return rejected('PRICE_COLLAR', `the provider’s price is ${currentPrice}`)
    const off = ownPrice === null ? 0 : Math.abs(currentPrice / ownPrice - 1)
    if (off <= options.priceCollarRatio + EPSILON) return null
    return rejected(
      'PRICE_COLLAR',
      `the provider’s price ${currentPrice} is ${(off * 100).toFixed(2)} % away from ours (${ownPrice}), limit ${(options.priceCollarRatio * 100).toFixed(2)} %`,
    )
  }

  return {
    open(arrival, own) {
      const refused = refuseWhole(arrival, own.price)
      if (refused) return refused
      const { currentPrice, clusters } = arrival.payload
      const counts = new Map<QuarantineCode, number>()
      const quarantine = (code: QuarantineCode, count = 1): void => {
        if (count > 0) counts.set(code, (counts.get(code) ?? 0) + count)
      }
      const readable: WireCluster[] = []
      for (const raw of clusters) {
        const cluster = readWireCluster(raw)
        if (typeof cluster === 'string') quarantine(cluster)
        else readable.push(cluster)
      }
      const kept: LiquidationLevel[] = []
      if (currentPrice !== null) {
        const located: WireCluster[] = []
        for (const cluster of readable) {
          const code = misplaced(cluster, currentPrice, own.price ?? currentPrice)
          if (code === null) located.push(cluster)
          else quarantine(code)
        }
        // In canonical order, so that the order on the wire leaves no trace in what is remembered.
        const inOrder = located.map(({ level }) => level).sort(compareLevels)
        anchoring.observe(inOrder, currentPrice)
        const unlimited = Number.POSITIVE_INFINITY
        const openInterestUsd = Math.min(own.openInterestUsd ?? unlimited, arrival.openInterest?.totalUsd ?? unlimited)
        for (const level of inOrder) {
          if (anchoring.verdict === 'spot_anchored' && isMergedSides(level, currentPrice)) quarantine('MERGED_SIDES')
          else if ((level.notionalUsd ?? 0) > openInterestUsd || history.isOutlier(level))
            quarantine('NOTIONAL_OUTLIER')
          else kept.push(level)
        }
      }
      const levels = withoutDuplicates(kept, options.tick)
      quarantine('DUPLICATE', kept.length - levels.length)
      const bad = clusters.length - levels.length - (counts.get('MERGED_SIDES') ?? 0)
      if (bad > MAX_QUARANTINED_RATIO * clusters.length) {
        const codes = [...counts.keys()].sort().join(', ')
        return rejected(
          'QUARANTINE_SHARE',
          `${bad} of ${clusters.length} clusters are unusable (${codes}), limit ${MAX_QUARANTINED_RATIO * 100} %`,
        )
      }
      history.add(levels)
      return {
        kind: 'admitted',
        snapshot: {
          source: options.source,
          symbol: options.symbol,
          sequence: sequence++,
          asOf: arrival.receivedAt,
          receivedAt: arrival.receivedAt,
          intervalMs: options.intervalMs,
          lagMs: options.lagMs,
          referencePrice: currentPrice,
          levels,
          quarantined: [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => (a.code < b.code ? -1 : 1)),
          openInterest: arrival.openInterest,
          sha256: arrival.sha256,
        },
      }
    },
  }
}
