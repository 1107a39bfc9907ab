import type { Cluster, LevelSnapshot } from '../domain/cluster.ts'
import { NOTHING, type ClusterTracker } from './cluster-tracker.ts'
import { createIdentity } from './identity.ts'
import { bear } from './tracked.ts'

const byNearest = (a: Cluster, b: Cluster): number =>
  a.side === 'long' ? b.priceHigh - a.priceHigh : a.priceLow - b.priceLow

/**
 * The tracker of a feed whose levels follow the price: each snapshot replaces the last, nothing has a state, and a level
 * that the price has passed is hidden until the next snapshot.
 */
export function createDisplay(): ClusterTracker {
  const identity = createIdentity('none', 0)
  const longs: Cluster[] = []
  const shorts: Cluster[] = []
  let stale = false

  function hidePassed(price: number): void {
    while (longs.length > 0 && longs[0]!.priceHigh >= price) longs.shift()
    while (shorts.length > 0 && shorts[0]!.priceLow <= price) shorts.shift()
    tracker.watchLow = longs[0]?.priceHigh ?? Number.NEGATIVE_INFINITY
    tracker.watchHigh = shorts[0]?.priceLow ?? Number.POSITIVE_INFINITY
  }

  function show(snapshot: LevelSnapshot, price: number): void {
    const keys = identity.keys(snapshot, price, Number.NaN)
    longs.length = 0
    shorts.length = 0
    snapshot.levels.forEach((level, i) => {
      const shown = level.side === 'long' ? longs : shorts
      shown.push(bear(keys[i]!, level, snapshot.receivedAt, 0).cluster)
    })
    longs.sort(byNearest)
    shorts.sort(byNearest)
    hidePassed(price)
  }

  function clear(): void {
    longs.length = 0
    shorts.length = 0
    tracker.watchLow = Number.NEGATIVE_INFINITY
    tracker.watchHigh = Number.POSITIVE_INFINITY
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const tracker: { -readonly [K in keyof ClusterTracker]: ClusterTracker[K] } = {
    longs,
    shorts,
    watchLow: Number.NEGATIVE_INFINITY,
    watchHigh: Number.POSITIVE_INFINITY,
    find: (id) => longs.find((c) => c.id === id) ?? shorts.find((c) => c.id === id),
    onPrice(price) {
      if (price > tracker.watchLow && price < tracker.watchHigh) return NOTHING
      hidePassed(price)
      return NOTHING
    },
    onSnapshot(snapshot, price) {
      // Nothing that may be shown is an answer too; an empty one says nothing.
      if (!stale && (snapshot.levels.length > 0 || snapshot.quarantined.length > 0)) show(snapshot, price)
      return NOTHING
    },
    markStale() {
      stale = true
      clear()
      return NOTHING
    },
    markRecovered() {
      stale = false
      return NOTHING
    },
    retire() {
      clear()
      return NOTHING
    },
  }
  return tracker
}
