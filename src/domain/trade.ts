import type { Anchor, StrategyName } from './candidate.ts'
import type { Direction } from './side.ts'
import type { EpochMs, Money, Price, Quantity } from './unit.ts'

/** Why a position ended. A closed list. */
export const TRADE_EXITS = [
  'stop',
  'break_even_stop',
  'target',
  'time_stop',
  'anchor_broken',
  'target_faded',
  'liquidation',
  'adl',
  'settlement',
  'unprotected',
  'forced',
  'end_of_data',
] as const
export type ExitReason = (typeof TRADE_EXITS)[number]

/** A closed trade. `pnl` is net of fees and funding. */
export interface Trade {
  readonly id: string
  readonly symbol: string
  readonly strategy: StrategyName
  readonly direction: Direction
  readonly entryTime: EpochMs
  /** Volume-weighted over all entry fills. */
  readonly entryPrice: Price
  readonly quantity: Quantity
  /** The stop as first placed; R is measured to it. */
  readonly stopPrice: Price
  readonly targetPrice: Price
  readonly exitTime: EpochMs
  readonly exitPrice: Price
  readonly exitReason: ExitReason
  readonly fees: Money
  readonly funding: Money
  readonly pnl: Money
  /** pnl / (quantity × |entry − first stop|). */
  readonly rMultiple: number
  readonly anchor: Anchor | null
  readonly reason: string
}
