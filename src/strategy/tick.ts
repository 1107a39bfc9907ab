/** A price this close to a multiple of the tick, in ticks, counts as that multiple: prices arrive as binary fractions. */
const TOLERANCE = 1e-6
/** Ticks below one are fractions like 1/10; dividing by a whole number is exact where multiplying by 0.1 is not. */
const WHOLE = 1e-9

function multiple(count: number, tick: number): number {
  if (tick >= 1) return count * tick
  const perUnit = Math.round(1 / tick)
  return Math.abs(perUnit * tick - 1) < WHOLE ? count / perUnit : Number((count * tick).toPrecision(15))
}

/** Largest multiple of `tick` that is not above `price`. NaN stays NaN. */
export const floorToTick = (price: number, tick: number): number => multiple(Math.floor(price / tick + TOLERANCE), tick)

/** Smallest multiple of `tick` that is not below `price`. */
export const ceilToTick = (price: number, tick: number): number => multiple(Math.ceil(price / tick - TOLERANCE), tick)

/** Multiple of `tick` nearest to `price`; halves go up. */
export const roundToTick = (price: number, tick: number): number => multiple(Math.round(price / tick), tick)
