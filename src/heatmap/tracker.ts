import type { Cluster, ClusterTransition, LiquidationLevel, TransitionKind } from '../domain/cluster.ts'
import { createGenerationMap } from '../domain/generation-map.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { EpochMs } from '../domain/unit.ts'
import { NOTHING, type ClusterTracker } from './cluster-tracker.ts'
import { createDisplay } from './display.ts'
import { createIdentity, FORGET_AFTER_SNAPSHOTS, type IdentityKind } from './identity.ts'
import { bear, reject, setRetreat, touch, update, usedUp, type Tracked } from './tracked.ts'

export interface TrackerOptions {
  readonly instrument: Pick<Instrument, 'tick'>
  readonly identity: IdentityKind
  /** A cluster is born at least this fraction of the price (and one tick) away from it: the estimator's bin width. */
  readonly birthGapRatio: number
}

/** The so many ended clusters named last are remembered, so that none rises again under its old id. */
const ENDED_KEPT = 512
const MAX_LIVE = 1_024

const isOver = ({ cluster }: Tracked): boolean => cluster.state === 'broken' || cluster.state === 'expired'

const byNearest = (a: Tracked, b: Tracked): number => {
  const x = a.cluster
  const y = b.cluster
  const near = x.side === 'long' ? y.priceHigh - x.priceHigh : x.priceLow - y.priceLow
  return near || (x.id < y.id ? -1 : 1)
}

/** Zones hardly ever change places: looking whether they did is much cheaper than sorting. */
function isArranged(list: readonly Tracked[]): boolean {
  for (let i = 0; i < list.length; i++)
    if (isOver(list[i]!) || (i > 0 && byNearest(list[i - 1]!, list[i]!) > 0)) return false
  return true
}

/** Creates the tracker of one symbol; feeds without identity are displayed only, without states. */
export function createTracker(options: TrackerOptions): ClusterTracker {
  return options.identity === 'none' ? createDisplay() : createStateMachine(options)
}

function createStateMachine({ instrument, identity: kind, birthGapRatio }: TrackerOptions): ClusterTracker {
  const identity = createIdentity(kind, instrument.tick)
  const tracked: Record<'long' | 'short', Tracked[]> = { long: [], short: [] }
  const longs: Cluster[] = []
  const shorts: Cluster[] = []
  const live = new Map<string, Tracked>()
  const ended = createGenerationMap<string, Tracked>(ENDED_KEPT)
  let stale = false
  let source: string | null = null
  let generation = 0

  const note = (
    out: ClusterTransition[],
    kindOf: TransitionKind,
    t: Tracked,
    time: EpochMs,
    price: number,
    reason: string,
    observed = true,
  ): void => {
    out.push({ kind: kindOf, cluster: Object.freeze({ ...t.cluster }), time, price, reason, observed })
  }

  function end(
    out: ClusterTransition[],
    state: 'broken' | 'expired',
    t: Tracked,
    time: EpochMs,
    price: number,
    reason: string,
    observed = true,
  ): void {
    t.cluster.state = state
    t.cluster.active = false
    if (state === 'broken') t.cluster.lastSeen = time
    live.delete(t.cluster.id)
    ended.set(t.cluster.id, t)
    note(out, state, t, time, price, reason, observed)
  }

  /** Drops what has ended, restores the order, and finds the prices between which nothing can happen. */
  function arrange(): void {
    tracker.watchLow = Number.NEGATIVE_INFINITY
    tracker.watchHigh = Number.POSITIVE_INFINITY
    for (const side of ['long', 'short'] as const) {
      if (!isArranged(tracked[side])) tracked[side] = tracked[side].filter((t) => !isOver(t)).sort(byNearest)
      const list = tracked[side]
      const shown = side === 'long' ? longs : shorts
      shown.length = 0
      for (const t of list) {
        const { cluster } = t
        if (cluster.state === 'stale') continue
        shown.push(cluster)
        const touched = cluster.state === 'touched'
        if (side === 'long') {
          tracker.watchLow = Math.max(tracker.watchLow, touched ? cluster.priceLow : cluster.priceHigh)
          if (touched) tracker.watchHigh = Math.min(tracker.watchHigh, t.retreatAt)
        } else {
          tracker.watchHigh = Math.min(tracker.watchHigh, touched ? cluster.priceHigh : cluster.priceLow)
          if (touched) tracker.watchLow = Math.max(tracker.watchLow, t.retreatAt)
        }
      }
    }
  }

  /** Retreats first: the price leaves one zone before it can enter another. Then touches and breaks, nearest first. */
  function evaluate(out: ClusterTransition[], price: number, time: EpochMs, atr: number): void {
    for (const list of [tracked.long, tracked.short]) {
      for (const t of list) {
        const { cluster } = t
        if (cluster.state !== 'touched') continue
        if (cluster.side === 'long' ? price < t.retreatAt : price > t.retreatAt) continue
        reject(t, time)
        note(out, 'rejected', t, time, price, 'retreat')
      }
    }
    for (const list of [tracked.long, tracked.short]) {
      for (const t of list) {
        const { cluster } = t
        const long = cluster.side === 'long'
        if (cluster.state === 'active' && (long ? price <= cluster.priceHigh : price >= cluster.priceLow)) {
          touch(t, time, atr)
          note(out, 'touched', t, time, price, 'near_edge')
        }
        if (cluster.state === 'touched' && (long ? price < cluster.priceLow : price > cluster.priceHigh)) {
          end(out, 'broken', t, time, price, 'far_edge')
        }
      }
    }
  }

  function admit(out: ClusterTransition[], id: string, level: LiquidationLevel, time: EpochMs, price: number): void {
    const gap = level.side === 'long' ? price - level.priceHigh : level.priceLow - price
    if (!(gap >= Math.max(birthGapRatio * price, instrument.tick)) || live.size >= MAX_LIVE) return
    const t = bear(id, level, time, generation)
    live.set(id, t)
    tracked[level.side].push(t)
    note(out, 'born', t, time, price, 'new')
  }

  function settle(out: ClusterTransition[], t: Tracked, time: EpochMs, price: number, atr: number): void {
    const { cluster } = t
    if (t.generation !== generation) {
      t.missing++
      if (t.missing >= FORGET_AFTER_SNAPSHOTS) end(out, 'expired', t, time, price, 'missing')
      return
    }
    const reason = usedUp(t)
    if (reason !== null) end(out, 'expired', t, time, price, reason)
    // The zone was moved over the price; the price crossed nothing.
    else if (cluster.side === 'long' ? price < cluster.priceLow : price > cluster.priceHigh)
      end(out, 'expired', t, time, price, 'model')
    else if (cluster.state === 'touched') setRetreat(t, atr)
  }

  function endAll(out: ClusterTransition[], time: EpochMs, price: number): void {
    for (const list of [tracked.long, tracked.short]) for (const t of list) end(out, 'expired', t, time, price, 'model')
    arrange()
  }

  const finish = (out: readonly ClusterTransition[]): readonly ClusterTransition[] => {
    arrange()
    return out.length === 0 ? NOTHING : out
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const tracker: { -readonly [K in keyof ClusterTracker]: ClusterTracker[K] } = {
    longs,
    shorts,
    watchLow: Number.NEGATIVE_INFINITY,
    watchHigh: Number.POSITIVE_INFINITY,
    find: (id) => (live.get(id) ?? ended.get(id))?.cluster,

    onPrice(price, time, atr) {
      if (price > tracker.watchLow && price < tracker.watchHigh) return NOTHING
      if (stale) {
        tracker.watchLow = Math.min(tracker.watchLow, price)
        tracker.watchHigh = Math.max(tracker.watchHigh, price)
        return NOTHING
      }
      const out: ClusterTransition[] = []
      evaluate(out, price, time, atr)
      return finish(out)
    },

    onSnapshot(snapshot, price, atr) {
      if (stale) return NOTHING
      const time = snapshot.receivedAt
      const out: ClusterTransition[] = []
      evaluate(out, price, time, atr)
      if (out.length > 0) arrange()
      if (source !== null && source !== snapshot.source) endAll(out, time, price)
      source = snapshot.source
      if (snapshot.levels.length === 0) return finish(out)
      generation++
      const keys = identity.keys(snapshot, price, atr)
      const unknown: number[] = []
      for (let i = 0; i < keys.length; i++) {
        const level = snapshot.levels[i]!
        const t = live.get(keys[i]!)
        if (t?.cluster.side === level.side) {
          update(t, level, time)
          t.generation = generation
        } else if (ended.get(keys[i]!) === undefined && !t) unknown.push(i)
      }
      for (const list of [tracked.long, tracked.short]) for (const t of list) settle(out, t, time, price, atr)
      for (const i of unknown) admit(out, keys[i]!, snapshot.levels[i]!, time, price)
      arrange()
      const before = out.length
      evaluate(out, price, time, atr)
      return out.length > before ? finish(out) : out.length > 0 ? out : NOTHING
    },

    markStale(time, price) {
      if (stale) return NOTHING
      stale = true
      const out: ClusterTransition[] = []
      for (const list of [tracked.long, tracked.short]) {
        for (const t of list) {
          const { cluster } = t
          t.before = cluster.state === 'touched' ? 'touched' : 'active'
          cluster.state = 'stale'
          cluster.active = false
          note(out, 'stale', t, time, price, 'inputs')
        }
      }
      arrange()
      // From here on the two bounds hold the lowest and highest price seen while stale.
      tracker.watchLow = price > 0 ? price : Number.POSITIVE_INFINITY
      tracker.watchHigh = price > 0 ? price : Number.NEGATIVE_INFINITY
      return out.length === 0 ? NOTHING : out
    },

    markRecovered(time, price) {
      if (!stale) return NOTHING
      stale = false
      const lowest = Math.min(tracker.watchLow, price)
      const highest = Math.max(tracker.watchHigh, price)
      const out: ClusterTransition[] = []
      for (const list of [tracked.long, tracked.short]) {
        for (const t of list) {
          const { cluster } = t
          if (cluster.side === 'long' ? lowest < cluster.priceLow : highest > cluster.priceHigh) {
            end(out, 'broken', t, time, price, 'far_edge', false)
          } else {
            cluster.state = t.before
            cluster.active = true
            note(out, 'recovered', t, time, price, 'inputs')
          }
        }
      }
      return finish(out)
    },

    retire(time, price) {
      const out: ClusterTransition[] = []
      endAll(out, time, price)
      return out.length === 0 ? NOTHING : out
    },
  }
  return tracker
}
