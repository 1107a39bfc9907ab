import type { Config } from '../config/schema.ts'
import type { BarColumns } from '../domain/bar-columns.ts'
import { DAY_MS } from '../domain/time.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'

/** Days of a tape that come before the first decision, beyond the estimator's own burn-in. */
const TAPE_WARM_DAYS = 15

/** Where a session on candles begins to trade: after enough of them to be warm, or half-way through a short tape. */
export function tapeStart(config: Config, columns: readonly BarColumns[]): EpochMs {
  const first = Math.min(...columns.map((c) => c.openTime[0]!))
  const last = Math.max(...columns.map((c) => c.openTime[c.length - 1]!))
  const warm = (config.estimator.burnInDays + TAPE_WARM_DAYS) * DAY_MS
  return epochMs(Math.min(first + warm, first + Math.floor((last - first) / 2 / DAY_MS) * DAY_MS))
}
