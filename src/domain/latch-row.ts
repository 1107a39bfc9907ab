import { isoTime } from './time.ts'
import { epochMs } from './unit.ts'

/** Rows are ready for JSON, times as ISO 8601. */
export interface LatchRow {
  readonly code: string
  /** The symbol it holds for; `null`: the whole account. */
  readonly symbol: string | null
  readonly since: string
  /** When it ends by itself; `null`: when a person clears it. */
  readonly until: string | null
  readonly reason: string
}

/** A latch as people are told of it. Times are epoch ms. */
export const latchRow = (latch: {
  readonly code: string
  readonly symbol: string | null
  readonly since: number
  readonly until: number | null
  readonly reason: string
}): LatchRow => ({
  code: latch.code,
  symbol: latch.symbol,
  since: isoTime(epochMs(latch.since)),
  until: latch.until === null ? null : isoTime(epochMs(latch.until)),
  reason: latch.reason,
})
