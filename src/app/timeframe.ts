import { MINUTE_MS, parseDuration } from '../domain/time.ts'

const FINEST_AUTO_MS = 5 * MINUTE_MS

/** Length of a state bar for data in bars of `barMs`; `undefined` when the data is too coarse or the text is no duration. */
export function stateBarMs(timeframe: string, barMs: number): number | undefined {
  if (timeframe === 'auto') return Math.max(FINEST_AUTO_MS, barMs)
  const wanted = parseDuration(timeframe)
  return wanted !== undefined && wanted >= barMs && wanted % barMs === 0 ? wanted : undefined
}
