import type { OpenInterest } from '../domain/cluster.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Direction } from '../domain/side.ts'
import type { EpochMs } from '../domain/unit.ts'

/** What a size depends on. Amounts in the quote currency, as in `RiskContext`. */
export interface SizeInput {
  readonly time: EpochMs
  readonly instrument: Instrument
  readonly direction: Direction
  readonly entry: number
  readonly stop: number
  readonly mark: number
  /** ATR of one-hour bars in price units; NaN where it is not known. */
  readonly atr: number
  /** Of the cluster behind the signal, in [0, 1]; `null`: a strategy without clusters. */
  readonly strength: number | null
  readonly openInterest: OpenInterest | null
  readonly halfSpreadRatio: number
  /** Base units that the book offers within the permitted slippage; `null`: no book is known. */
  readonly depthQuantity: number | null
  /** Fraction per settlement; NaN where it is not known. */
  readonly fundingRate: number
  readonly equity: number
  readonly freeMargin: number
  /** Of this instrument. */
  readonly positionNotional: number
  readonly workingBuyNotional: number
  readonly workingSellNotional: number
  /** `worstGross` over all instruments, this one included. */
  readonly grossNotional: number
  /** What open trades of this direction in correlated symbols would lose at their stops. */
  readonly correlatedRisk: number
}

/** Name of the first figure that cannot be reckoned with; `undefined` when all can. */
export function unusableFigure(input: SizeInput): string | undefined {
  if (!(input.entry > 0 && Number.isFinite(input.entry))) return 'entry'
  if (!(input.stop > 0 && Number.isFinite(input.stop))) return 'stop'
  if (!(input.mark > 0 && Number.isFinite(input.mark))) return 'mark'
  if (!Number.isFinite(input.time)) return 'time'
  if (!Number.isFinite(input.equity)) return 'equity'
  if (!Number.isFinite(input.freeMargin)) return 'free margin'
  if (!(input.halfSpreadRatio >= 0 && Number.isFinite(input.halfSpreadRatio))) return 'half spread'
  if (input.depthQuantity !== null && !(input.depthQuantity >= 0)) return 'book depth'
  if (input.strength !== null && !(input.strength >= 0 && input.strength <= 1)) return 'strength'
  if (Math.abs(input.atr) === Number.POSITIVE_INFINITY) return 'ATR'
  if (Math.abs(input.fundingRate) === Number.POSITIVE_INFINITY) return 'funding rate'
  if (!Number.isFinite(input.positionNotional)) return 'position'
  if (!(input.workingBuyNotional >= 0 && input.workingSellNotional >= 0)) return 'working orders'
  if (!Number.isFinite(input.grossNotional)) return 'gross exposure'
  if (!(input.correlatedRisk >= 0)) return 'correlated risk'
  return undefined
}
