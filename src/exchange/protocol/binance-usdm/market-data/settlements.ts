export interface Settlement {
  readonly time: number
  /** A fraction; positive: longs pay. */
  readonly rate: number
  readonly mark: number
}

/** Funding settlements of one symbol, ascending; some may still lie ahead of the market's time. */
export interface SettlementStore {
  add(settlement: Settlement): void
  /** Those up to `now`, oldest first. */
  until(now: number): readonly Settlement[]
  last(now: number): Settlement | undefined
}

/** More than three years of three a day. */
export const SETTLEMENTS_KEPT = 4_000

export function createSettlementStore(): SettlementStore {
  const kept: Settlement[] = []
  const known = (now: number): number => {
    let count = kept.length
    while (count > 0 && kept[count - 1]!.time > now) count -= 1
    return count
  }
  return {
    add(settlement) {
      if (kept.length >= 2 * SETTLEMENTS_KEPT) kept.splice(0, kept.length - SETTLEMENTS_KEPT)
      kept.push(settlement)
    },
    until: (now) => kept.slice(0, known(now)),
    last: (now) => kept[known(now) - 1],
  }
}
