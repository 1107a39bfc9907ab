import type { Config } from '../config/schema.ts'
import type { BarColumns } from '../domain/bar-columns.ts'
import { DAY_MS } from '../domain/time.ts'
import { createStrategies } from '../strategy/registry.ts'

/** Why no map comes of candles that hold no open interest: what follows a symbol’s name. */
export const NO_OPEN_INTEREST = 'the candles have no open interest, without which the estimator has nothing to estimate'

/** Index of the first bar with open interest; the length where there is none. */
function firstHeld({ openInterest, length }: BarColumns): number {
  let first = 0
  while (first < length && !(openInterest[first]! > 0)) first++
  return first
}

/** Days between the first and the last bar with open interest; 0 where there is none. */
export function openInterestDays(columns: BarColumns): number {
  const { openInterest, openTime, length } = columns
  const first = firstHeld(columns)
  let last = length - 1
  while (last > first && !(openInterest[last]! > 0)) last--
  return first < length ? (openTime[last]! - openTime[first]!) / DAY_MS : 0
}

/**
 * One sentence a symbol whose candles give the estimator no map before `to` (ms): a run on them ends without a trade of
 * the strategies that need one, and without a refusal that says why. Empty where no enabled strategy looks at it.
 */
export function missingMaps(
  config: Config,
  columns: readonly BarColumns[],
  to = Number.POSITIVE_INFINITY,
): readonly string[] {
  const { heatmap, estimator } = config
  if (heatmap.source !== 'estimator' || !createStrategies(config).some((s) => s.usesHeatmap)) return []
  return columns.flatMap((c) => {
    const reason = missingMap(c, estimator.burnInDays, to)
    return reason === undefined ? [] : [`${c.symbol}: ${reason}: the heatmap strategies have no zones.`]
  })
}

function missingMap(columns: BarColumns, burnInDays: number, to: number): string | undefined {
  const { openTime, length, barMs } = columns
  // Candles that begin after the end take no part.
  if (openTime[0]! >= to) return undefined
  const first = firstHeld(columns)
  if (first === length || openTime[first]! >= to) return NO_OPEN_INTEREST
  let end = length - 1
  while (openTime[end]! >= to) end--
  // A figure is of its bar's open, and taken at the close before it. The map goes on where later ones are missing.
  const known = Math.max(openTime[first]!, openTime[0]! + barMs)
  const days = (openTime[end]! + barMs - known) / DAY_MS
  if (days >= burnInDays) return undefined
  // Rounded down: what is short by an hour must not read as enough.
  const said = `${(Math.floor(days * 10) / 10).toFixed(1)} days of candles${first > 0 ? ' with open interest' : ''}`
  return `${said}, but the map warms up for ${burnInDays} days (estimator.burn_in_days)`
}
