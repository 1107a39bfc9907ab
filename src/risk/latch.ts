import { tradingState, type TradingState } from '../domain/trading-state.ts'
import type { EpochMs } from '../domain/unit.ts'

export type LatchCode =
  | 'KILL'
  | 'DAILY_LOSS'
  | 'MAX_DRAWDOWN'
  | 'ENTRY_RATE'
  | 'ENTRIES_STOPPED'
  /** Orders or a position that are not the bot's. */
  | 'FOREIGN'
  /** The books had to be corrected without knowing why. */
  | 'RECONCILE'
  /** The venue, or the account's settings there, are not as they must be. */
  | 'VENUE_ALARM'

export const LATCH_CODES: ReadonlySet<string> = new Set<LatchCode>([
  'KILL',
  'DAILY_LOSS',
  'MAX_DRAWDOWN',
  'ENTRY_RATE',
  'ENTRIES_STOPPED',
  'FOREIGN',
  'RECONCILE',
  'VENUE_ALARM',
])

/** Something that keeps entries off until a person lifts it, or until a term that was fixed when it was set. */
export interface Latch {
  readonly code: LatchCode
  /** The symbol it holds for; `null`: the whole account. */
  readonly symbol: string | null
  readonly since: EpochMs
  readonly reason: string
  /** End of its term; `null`: it has none. */
  readonly until: EpochMs | null
}

/** Who lifted a latch, when and why. Nothing else may lift one before its term. */
export interface HumanAct {
  readonly by: string
  readonly reason: string
  readonly time: EpochMs
}

export interface Release {
  readonly latch: Latch
  readonly time: EpochMs
  /** `null`: its term had ended. */
  readonly act: HumanAct | null
}

/** `unsigned`: the act names no person or gives no reason, and nothing was lifted. */
export type ClearResult = 'cleared' | 'not_set' | 'unsigned'

export interface LatchBoard {
  /** Those that hold now, in the order they were set. A new array after every change. */
  readonly latches: readonly Latch[]
  readonly state: TradingState
  /** The latest releases, oldest first. */
  readonly releases: readonly Release[]
  /**
   * Sets a latch; `false` when the same one already holds: its time stays, the longer term wins, and so does its first
   * reason, but for a latch of what was found on the account, which collects them.
   */
  trip(latch: Latch): boolean
  clear(code: LatchCode, symbol: string | null, act: HumanAct): ClearResult
  /** Lets latches go whose term has ended, and returns them. */
  expire(time: EpochMs): readonly Latch[]
}

const MAX_RELEASES = 256
const NONE: readonly Latch[] = []

/** Each of their reasons is a matter of its own, which a person must know of. */
const COLLECTING: ReadonlySet<LatchCode> = new Set(['FOREIGN', 'RECONCILE', 'VENUE_ALARM'])
const MAX_REASON = 400

const joined = (reasons: string, more: string): string =>
  reasons.split('; ').includes(more) || reasons.length + more.length > MAX_REASON ? reasons : `${reasons}; ${more}`

const sameLatch = (a: Latch, code: LatchCode, symbol: string | null): boolean => a.code === code && a.symbol === symbol
const longerTerm = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null || b === null ? null : a > b ? a : b

/** The latch of this code that holds for the symbol, be it set for it alone or for the account. */
export function latchFor(latches: readonly Latch[], code: LatchCode, symbol: string): Latch | undefined {
  for (const latch of latches) {
    if (latch.code === code && (latch.symbol === null || latch.symbol === symbol)) return latch
  }
  return undefined
}

/** @param held latches that an earlier process left set: a restart lifts none */
export function createLatchBoard(held: readonly Latch[] = NONE): LatchBoard {
  const releases: Release[] = []

  function change(next: readonly Latch[]): void {
    board.latches = next
    board.state = tradingState(next)
  }

  function release(latch: Latch, time: EpochMs, act: HumanAct | null): void {
    releases.push({ latch, time, act })
    if (releases.length > MAX_RELEASES) releases.shift()
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const board: { -readonly [K in keyof LatchBoard]: LatchBoard[K] } = {
    latches: held,
    state: tradingState(held),
    releases,
    trip(latch) {
      const known = board.latches.find((l) => sameLatch(l, latch.code, latch.symbol))
      if (!known) {
        change([...board.latches, latch])
        return true
      }
      const until = longerTerm(known.until, latch.until)
      const reason = COLLECTING.has(latch.code) ? joined(known.reason, latch.reason) : known.reason
      if (until !== known.until || reason !== known.reason)
        change(board.latches.map((l) => (l === known ? { ...known, until, reason } : l)))
      return false
    },
    clear(code, symbol, act) {
      const latch = board.latches.find((l) => sameLatch(l, code, symbol))
      if (!latch) return 'not_set'
      if (act.by.trim() === '' || act.reason.trim() === '') return 'unsigned'
      change(board.latches.filter((l) => l !== latch))
      release(latch, act.time, act)
      return 'cleared'
    },
    expire(time) {
      if (board.latches.length === 0) return NONE
      const over = board.latches.filter((latch) => latch.until !== null && latch.until <= time)
      if (over.length === 0) return NONE
      change(board.latches.filter((latch) => !over.includes(latch)))
      for (const latch of over) release(latch, time, null)
      return over
    },
  }
  return board
}
