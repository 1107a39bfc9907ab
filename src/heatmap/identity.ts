import type { LevelSnapshot, LiquidationLevel } from '../domain/cluster.ts'
import type { ClusterSide } from '../domain/side.ts'

/**
 * Where the identity of a level comes from: the source's own stable ids, matching by side, leverage and price (maps
 * whose levels stand still), or nowhere (feeds that re-centre on the price).
 */
export type IdentityKind = 'source' | 'match' | 'none'

/** Gives each level of a snapshot its key; keys survive from snapshot to snapshot as far as the kind allows. */
export interface LevelIdentity {
  /** One key a level, in the snapshot's order. `atr` in price units, NaN when unknown. */
  keys(snapshot: LevelSnapshot, price: number, atr: number): readonly string[]
}

/** A level not seen in this many snapshots is forgotten; what comes later at its price is something new. */
export const FORGET_AFTER_SNAPSHOTS = 3
const MATCH_TICKS = 2
const MATCH_ATR = 0.1

interface Remembered {
  readonly key: string
  readonly side: ClusterSide
  readonly leverage: number | null
  mode: number
  missing: number
}

function sourceKeys(snapshot: LevelSnapshot): readonly string[] {
  return snapshot.levels.map((level) => {
    if (level.id === null) throw new TypeError(`${snapshot.source}: a level without an id where ids are relied on`)
    return level.id
  })
}

const label = (snapshot: LevelSnapshot, level: LiquidationLevel): string =>
  `${snapshot.source}:${level.side}:${level.leverage ?? '-'}`

function fresh(key: string, taken: ReadonlySet<string>): string {
  let candidate = key
  for (let n = 2; taken.has(candidate); n++) candidate = `${key}:${n}`
  return candidate
}

function displayKeys(snapshot: LevelSnapshot): readonly string[] {
  const taken = new Set<string>()
  return snapshot.levels.map((level) => {
    const key = fresh(label(snapshot, level), taken)
    taken.add(key)
    return key
  })
}

interface Pair {
  readonly entry: number
  readonly level: number
  readonly gap: number
}

function pairsWithin(
  memory: readonly Remembered[],
  levels: readonly LiquidationLevel[],
  tolerance: number,
): readonly Pair[] {
  const pairs: Pair[] = []
  levels.forEach((level, l) => {
    memory.forEach((entry, e) => {
      if (entry.side !== level.side || entry.leverage !== level.leverage) return
      const gap = Math.abs(Math.log(level.priceMode / entry.mode))
      if (gap <= tolerance) pairs.push({ entry: e, level: l, gap })
    })
  })
  return pairs.sort((a, b) => a.gap - b.gap || a.entry - b.entry || a.level - b.level)
}

function createMatching(tick: number): LevelIdentity {
  /** Oldest first. */
  let memory: Remembered[] = []

  return {
    keys(snapshot, price, atr) {
      const { levels } = snapshot
      if (levels.length === 0) return []
      const reach = Math.max(MATCH_TICKS * tick, atr > 0 ? MATCH_ATR * atr : 0)
      const keys: (string | undefined)[] = levels.map(() => undefined)
      const used = new Set<number>()
      for (const pair of pairsWithin(memory, levels, reach / price)) {
        if (used.has(pair.entry) || keys[pair.level] !== undefined) continue
        const entry = memory[pair.entry]!
        entry.mode = levels[pair.level]!.priceMode
        entry.missing = 0
        used.add(pair.entry)
        keys[pair.level] = entry.key
      }
      memory.forEach((entry, e) => {
        if (!used.has(e)) entry.missing++
      })
      memory = memory.filter((entry) => entry.missing < FORGET_AFTER_SNAPSHOTS)
      const taken = new Set(memory.map((entry) => entry.key))
      return levels.map((level, l) => {
        const known = keys[l]
        if (known !== undefined) return known
        const key = fresh(`${label(snapshot, level)}:${snapshot.asOf}:${Math.round(level.priceMode / tick)}`, taken)
        taken.add(key)
        memory.push({ key, side: level.side, leverage: level.leverage, mode: level.priceMode, missing: 0 })
        return key
      })
    },
  }
}

/**
 * Identity of levels across snapshots. Matching takes the nearest level of the same side and leverage within
 * max(2 ticks, 0.1 ATR); an empty snapshot says nothing and ages nothing.
 */
export function createIdentity(kind: IdentityKind, tick: number): LevelIdentity {
  switch (kind) {
    case 'source':
      return { keys: sourceKeys }
    case 'match':
      return createMatching(tick)
    case 'none':
      return { keys: displayKeys }
  }
}
