/**
 * Figures as sentences show them: the same on every machine, and by integer arithmetic where it can be, because a
 * backtest words every refusal of every bar.
 */

/** `value` with exactly `places` decimals; the engine's own rounding where whole numbers would not hold it. */
function fixed(value: number, places: 1 | 2): string {
  const scale = places === 1 ? 10 : 100
  const scaled = Math.round(Math.abs(value) * scale)
  if (!(scaled < 1e15)) return value.toFixed(places)
  const whole = Math.floor(scaled / scale)
  const rest = scaled - whole * scale
  return `${value < 0 && scaled > 0 ? '-' : ''}${whole}.${places === 2 && rest < 10 ? '0' : ''}${rest}`
}

/** `0.854` → `0.85`. */
export const hundredthText = (value: number): string => fixed(value, 2)

/** `0.0028` → `0.28 %`. */
export const percentText = (ratio: number): string => `${fixed(ratio * 100, 2)} %`

/** `0.0005` → `5.0 bp`. */
export const basisPointText = (ratio: number): string => `${fixed(ratio * 10_000, 1)} bp`

const shortened = (value: number): number => Math.round(value * 100) / 100

/** `214_000` → `214 s`. */
export const secondsText = (ms: number): string => `${shortened(ms / 1_000)} s`

/** `5_400_000` → `1.5 h`. */
export const hoursText = (ms: number): string => `${shortened(ms / 3_600_000)} h`

/** `3_500_000` → `$3.5M`. */
export function usdText(amount: number): string {
  const size = Math.abs(amount)
  if (size >= 1e9) return `$${shortened(amount / 1e9)}B`
  if (size >= 1e6) return `$${shortened(amount / 1e6)}M`
  return size >= 1e3 ? `$${shortened(amount / 1e3)}k` : `$${shortened(amount)}`
}

const padded = (group: number): string => (group < 10 ? `00${group}` : group < 100 ? `0${group}` : `${group}`)

function grouped(whole: number): string {
  if (whole < 1_000) return `${whole}`
  return `${grouped(Math.floor(whole / 1_000))},${padded(whole % 1_000)}`
}

/** `89427.01` → `89,427.01`; two decimals at most from 1000 on, four below, eight digits below 1. */
export function priceText(price: number): string {
  if (!(price >= 1 && price < 1e12)) return `${Number(price.toPrecision(8))}`
  const places = price < 1_000 ? 4 : 2
  const scale = places === 4 ? 10_000 : 100
  const scaled = Math.round(price * scale)
  const whole = Math.floor(scaled / scale)
  let rest = scaled - whole * scale
  if (rest === 0) return grouped(whole)
  let digits = places
  while (rest % 10 === 0) {
    rest /= 10
    digits--
  }
  return `${grouped(whole)}.${`${rest}`.padStart(digits, '0')}`
}
