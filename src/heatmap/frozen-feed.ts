import type { LevelSnapshot } from '../domain/cluster.ts'
import type { EpochMs } from '../domain/unit.ts'

export interface FrozenFeedOptions {
  /** Identical provider prices that make a frozen feed, if our own price moved by at least `priceMoveRatio` meanwhile. */
  readonly polls: number
  readonly priceMoveRatio: number
}

/** Watches a provider that keeps answering with what it knew long ago. */
export interface FrozenFeed {
  onSnapshot(snapshot: LevelSnapshot, ownPrice: number, time: EpochMs): void
  onPrice(price: number): void
  /** Consecutive polls with the same provider price. */
  readonly polls: number
  /** Range of our own price over these polls, a fraction. */
  readonly ownMove: number
  readonly priceFrozen: boolean
  /** How long notionals and ratio have been the same, in ms; 0 where there are none. */
  readonly openInterestSameMs: number
}

const sameSizes = (a: LevelSnapshot, b: LevelSnapshot): boolean =>
  a.openInterest?.ratio === b.openInterest?.ratio &&
  a.levels.length === b.levels.length &&
  a.levels.every((level, i) => level.notionalUsd === b.levels[i]!.notionalUsd)

export function createFrozenFeed(options: FrozenFeedOptions): FrozenFeed {
  let previous: LevelSnapshot | null = null
  let polls = 0
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  let sizesSince: EpochMs | null = null
  let openInterestSameMs = 0

  function onPrice(price: number): void {
    if (price < lowest) lowest = price
    if (price > highest) highest = price
  }
  const ownMove = (): number => (highest > 0 ? highest / lowest - 1 : 0)

  return {
    onPrice,
    onSnapshot(snapshot, ownPrice, time) {
      if (snapshot.referencePrice !== null && snapshot.referencePrice === previous?.referencePrice) polls++
      else {
        polls = 1
        lowest = Number.POSITIVE_INFINITY
        highest = Number.NEGATIVE_INFINITY
      }
      onPrice(ownPrice)
      const sized = snapshot.levels.some((level) => level.notionalUsd !== null)
      if (!sized || previous === null || sizesSince === null || !sameSizes(snapshot, previous))
        sizesSince = sized ? time : null
      openInterestSameMs = sizesSince === null ? 0 : time - sizesSince
      previous = snapshot
    },
    get polls() {
      return polls
    },
    get ownMove() {
      return ownMove()
    },
    get priceFrozen() {
      return polls >= options.polls && ownMove() >= options.priceMoveRatio
    },
    get openInterestSameMs() {
      return openInterestSameMs
    },
  }
}
