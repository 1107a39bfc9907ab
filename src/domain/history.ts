import type { BarColumns } from './bar-columns.ts'
import type { Problem } from './problem.ts'
import type { EpochMs } from './unit.ts'

/** Bars that a history file does not have, between bars that it has. */
export interface HistoryGap {
  /** Open of the first missing bar. */
  readonly from: EpochMs
  /** Open of the next bar that is there. */
  readonly to: EpochMs
  /** Number of missing bars. */
  readonly bars: number
}

/** Where columns of history came from, for reports. */
export interface HistoryReport {
  readonly file: string
  /** Of the file's bytes as stored, 64 hexadecimal digits: what `sha256sum` prints. */
  readonly sha256: string
  /** Bars with prices. */
  readonly rows: number
  /** Leading rows without prices, left out. */
  readonly skipped: number
  /** Open of the first bar. */
  readonly from: EpochMs
  /** Close of the last bar. */
  readonly to: EpochMs
  readonly gaps: readonly HistoryGap[]
}

export type HistoryResult =
  | { readonly kind: 'ok'; readonly columns: BarColumns; readonly report: HistoryReport }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }
