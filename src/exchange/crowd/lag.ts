import { SECOND_MS } from '../../domain/time.ts'

/** How long after the fact the crowd's exchange publishes it. */
export const BAR_LAG_MS = 1.5 * SECOND_MS
export const OPEN_INTEREST_LAG_MS = SECOND_MS
export const RATIO_LAG_MS = 30 * SECOND_MS
