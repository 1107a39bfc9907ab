import type { Config } from '../config/schema.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { EpochMs, Money } from '../domain/unit.ts'
import type { RiskContext } from '../risk/context.ts'
import { createEntryHistory, type PastEntry } from '../risk/entry-history.ts'
import { createEquityGuard, freshEquity, type EquityGuard, type EquityState } from '../risk/equity-guard.ts'
import { createExposureBook, type ExposureBook } from '../risk/exposure.ts'
import { createLatchBoard, type Latch, type LatchBoard } from '../risk/latch.ts'
import { createIdMemory, type PastIds } from '../domain/id-memory.ts'
import { createBooks, type Books } from './books.ts'

/** The account as the engine keeps it: books, exposure of working entries, losses, latches. */
export interface Account {
  readonly books: Books
  readonly exposure: ExposureBook
  readonly guard: EquityGuard
  readonly latches: LatchBoard
  /** The gate's window on all of it; valid for the event at hand, after `refresh`. */
  readonly risk: RiskContext
  /** Trades open or in flight. */
  openTrades: number
  readonly markTime: Float64Array
  /** Margin of each open position, in the quote currency. */
  readonly margin: Float64Array
  /** What the venue is to the gate. */
  venue: RiskContext['venue']
  /** By instrument index: the venue's word for a contract that is not traded at the moment. */
  readonly closed: (string | null)[]
  refresh(time: EpochMs): RiskContext
}

/** What an earlier process left of the account. */
export interface AccountPast {
  readonly equity: EquityState
  readonly latches: readonly Latch[]
  readonly entries: readonly PastEntry[]
  readonly signals: PastIds
}

export function createAccount(
  config: Config,
  instruments: readonly Instrument[],
  startingBalance: Money,
  start: EpochMs,
  past: AccountPast | null,
): Account {
  const count = instruments.length
  const books = createBooks(startingBalance, instruments)
  const exposure = createExposureBook(count)
  const guard = createEquityGuard(config.risk, past?.equity ?? freshEquity(start, startingBalance.toNumber()))
  const latches = createLatchBoard(past?.latches)
  const markTime = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const margin = new Float64Array(count)
  const closed: (string | null)[] = instruments.map(() => null)
  const risk = {
    time: start,
    equity: 0,
    dayStartEquity: 0,
    highWaterEquity: 0,
    freeMargin: 0,
    mark: books.marks,
    markTime,
    positionNotional: new Float64Array(count),
    workingBuyNotional: exposure.workingBuyNotional,
    workingSellNotional: exposure.workingSellNotional,
    openTrades: 0,
    entries: createEntryHistory(past?.entries),
    signals: createIdMemory(past?.signals),
    latches: latches.latches,
    venue: 'ready' as RiskContext['venue'],
    closed,
  }

  const account: Account = {
    books,
    exposure,
    guard,
    latches,
    risk,
    openTrades: 0,
    markTime,
    margin,
    venue: 'ready',
    closed,
    refresh(time) {
      let used = exposure.workingMargin
      for (let i = 0; i < count; i++) {
        risk.positionNotional[i] = books.signedNotional(instruments[i]!)
        used += margin[i]!
      }
      risk.time = time
      risk.equity = books.equity()
      risk.dayStartEquity = guard.dayStart
      risk.highWaterEquity = guard.highWater
      risk.freeMargin = risk.equity - used
      risk.openTrades = account.openTrades
      risk.latches = latches.latches
      risk.venue = account.venue
      return risk
    },
  }
  return account
}
