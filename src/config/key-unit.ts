/** The unit a key ends in. */
export interface KeyUnit {
  readonly suffix: string
  readonly meaning: string
  /** Units of one dimension convert into each other by their factors. */
  readonly dimension: string
  readonly factor: number
}

const unit = (suffix: string, meaning: string, dimension = suffix, factor = 1): KeyUnit => ({
  suffix,
  meaning,
  dimension,
  factor,
})

const UNITS: readonly KeyUnit[] = [
  unit('pct', 'in percent (1 means 1 %)', 'fraction', 0.01),
  unit('ratio', 'a fraction of 1 (0.01 means 1 %)', 'fraction', 1),
  unit('bp', 'in basis points (1 means 0.01 %)', 'fraction', 0.0001),
  unit('ms', 'in milliseconds', 'time', 0.001),
  unit('secs', 'in seconds', 'time', 1),
  unit('minutes', 'in minutes', 'time', 60),
  unit('hours', 'in hours', 'time', 3_600),
  unit('days', 'in days', 'time', 86_400),
  unit('usd', 'in US dollars'),
  unit('quantity', 'in base units'),
  unit('bars', 'a number of bars'),
  unit('atr', 'in multiples of ATR'),
  unit('r', 'in multiples of the risk (R)'),
  unit('bins', 'a number of bins'),
]

/** Other ways in which people write those units, in keys and behind numbers. */
const ALIASES: Readonly<Record<string, string>> = {
  '%': 'pct',
  percent: 'pct',
  perc: 'pct',
  bps: 'bp',
  fraction: 'ratio',
  s: 'secs',
  sec: 'secs',
  second: 'secs',
  seconds: 'secs',
  millis: 'ms',
  msec: 'ms',
  m: 'minutes',
  min: 'minutes',
  mins: 'minutes',
  minute: 'minutes',
  h: 'hours',
  hour: 'hours',
  d: 'days',
  day: 'days',
  $: 'usd',
  usdt: 'usd',
  bar: 'bars',
}

/** The unit that a word stands for, `undefined` for other words. */
export function unitNamed(word: string): KeyUnit | undefined {
  const suffix = ALIASES[word.toLowerCase()] ?? word.toLowerCase()
  return UNITS.find((each) => each.suffix === suffix)
}

interface SplitKey {
  readonly stem: string
  readonly unit: KeyUnit | undefined
}

function splitBy(key: string, unitOf: (word: string) => KeyUnit | undefined): SplitKey {
  const cut = key.lastIndexOf('_')
  const found = cut > 0 ? unitOf(key.slice(cut + 1)) : undefined
  return found ? { stem: key.slice(0, cut), unit: found } : { stem: key, unit: undefined }
}

/** `max_daily_loss_pct` → stem `max_daily_loss` and percent; a key without a unit is its own stem. For keys of the schema. */
export const splitKey = (key: string): SplitKey => splitBy(key, (word) => UNITS.find((each) => each.suffix === word))

/** The same for a key as someone may have written it: `max_daily_loss_percent`. */
export const splitGivenKey = (key: string): SplitKey => splitBy(key, unitNamed)

/** The value in another unit, without the noise of binary fractions; `undefined` between different dimensions. */
export function convertUnit(value: number, from: KeyUnit, to: KeyUnit): number | undefined {
  if (from.dimension !== to.dimension) return undefined
  return Number(((value * from.factor) / to.factor).toPrecision(12))
}
