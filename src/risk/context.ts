import type { OrderRequest } from '../domain/order.ts'
import type { Direction } from '../domain/side.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { EntryHistory } from './entry-history.ts'
import type { Latch } from './latch.ts'
import type { IdMemory } from '../domain/id-memory.ts'

/** An order that would open a position, with what the gate must know about it beyond the order itself. */
export interface EntryRequest {
  readonly order: OrderRequest
  readonly direction: Direction
  /** Identity of the signal behind it; one signal opens at most one position. */
  readonly signalId: string
  /** Of the order's margin, as sizing chose it. */
  readonly leverage: number
  /** The price the signal was made at, and the stop that will protect it. */
  readonly entry: number
  readonly stop: number
  /** Fraction per settlement; positive: longs pay. Never NaN: see `fundingOrAssumed`. */
  readonly fundingRate: number
}

/**
 * The account as the gate sees it, at one moment. The engine owns one such object and keeps it current; arrays are by
 * `instrument.index`, amounts in the quote currency.
 */
export interface RiskContext {
  readonly time: EpochMs
  /** Wallet plus open result; fees and funding are in the wallet. */
  readonly equity: number
  readonly dayStartEquity: number
  readonly highWaterEquity: number
  /** Equity less the margin of positions and of working and unknown entries. */
  readonly freeMargin: number
  readonly mark: Float64Array
  readonly markTime: Float64Array
  /** Signed, at mark: positive = long. */
  readonly positionNotional: Float64Array
  /** What the working and unknown entries would add if all of them filled; see `exposure.ts`. */
  readonly workingBuyNotional: Float64Array
  readonly workingSellNotional: Float64Array
  /** Trades that are open or in flight. */
  readonly openTrades: number
  readonly entries: EntryHistory
  readonly signals: IdMemory
  readonly latches: readonly Latch[]
  /** Whether the venue can be heard and the books agree with it. */
  readonly venue: 'ready' | 'reconciling' | 'down'
  /** The venue's word for a contract that is not traded at the moment; `null`: it is. */
  readonly closed: readonly (string | null)[]
}
