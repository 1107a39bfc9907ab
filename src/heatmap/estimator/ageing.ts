import { AGED, LEDGER_COLUMNS } from './ledger.ts'
import { book, EMPTY_HIGH, EMPTY_LOW, refreshExtent, type MassMap } from './mass-map.ts'
import { drain } from './sweep.ts'
import { LONG, SHORT, type SideIndex } from './tier-set.ts'

/** Below this scale everything is written out again, long before stored values overflow. */
const SMALLEST_SCALE = 1e-60
/** Contracts below this are nothing: left alone they would end as denormal numbers, which are slow. */
const DUST = 1e-30

/** Brings all scales back to 1. */
function rewrite(map: MassMap): void {
  const { count, planes, size, mask, stored, tierScale, sideScale } = map
  for (let plane = 0; plane < planes; plane++) {
    const side = plane < count ? LONG : SHORT
    const base = plane * size
    const factor = tierScale[plane - side * count]! * sideScale[side]!
    let sum = 0
    for (let bin = map.lowest[plane]!, end = map.highest[plane]!; bin <= end; bin++) {
      const index = base + (bin & mask)
      const contracts = stored[index]! * factor
      stored[index] = contracts < DUST ? 0 : contracts
      sum += stored[index]!
    }
    map.held[plane] = sum
  }
  tierScale.fill(1)
  sideScale.fill(1)
}

/** Multiplies the mass of every tier by its factor; the loss is booked as ageing. */
export function age(map: MassMap, factors: Float64Array): void {
  const { count, tierScale, sideScale, held, totals, ledger } = map
  let smallest = Math.min(sideScale[LONG]!, sideScale[SHORT]!)
  let long = 0
  let short = 0
  for (let tier = 0; tier < count; tier++) {
    const scale = tierScale[tier]! * factors[tier]!
    tierScale[tier] = scale
    long += held[tier]! * scale
    short += held[count + tier]! * scale
    if (scale < smallest) smallest = scale
  }
  long *= sideScale[LONG]!
  short *= sideScale[SHORT]!
  ledger[AGED] = ledger[AGED]! + (totals[LONG]! - long)
  ledger[LEDGER_COLUMNS + AGED] = ledger[LEDGER_COLUMNS + AGED]! + (totals[SHORT]! - short)
  totals[LONG] = long
  totals[SHORT] = short
  if (smallest < SMALLEST_SCALE) rewrite(map)
}

/** Multiplies the mass of a side by `keep` in [0, 1]; the loss is booked under `column`. */
export function shrink(map: MassMap, side: SideIndex, keep: number, column: number): void {
  const before = map.totals[side]!
  book(map, side, column, before * (1 - keep))
  if (keep > 0) {
    map.sideScale[side] = map.sideScale[side]! * keep
    map.totals[side] = before * keep
    return
  }
  for (let tier = 0; tier < map.count; tier++) drain(map, side * map.count + tier, EMPTY_HIGH, EMPTY_LOW)
  refreshExtent(map)
}
