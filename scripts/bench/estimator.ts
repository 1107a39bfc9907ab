// Cost of the estimator per bar, without and with publication, and how it grows with the number of bins. By itself:
//   node scripts/bench/estimator.ts [bars]
// Times are taken over stretches of bars; the fifth percentile says what the code costs, the median what else ran.
import { toConfig } from '../../src/config/camel.ts'
import { configSchema, type Config } from '../../src/config/schema.ts'
import { Dec } from '../../src/domain/decimal.ts'
import type { BarEvent } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createEstimator, type Estimator } from '../../src/heatmap/estimator/estimator.ts'
import { highestBin, lowestBin, sumTiers } from '../../src/heatmap/estimator/mass-map.ts'

const BARS = Number(process.argv[2] ?? 200_000)
const REPEATS = 5
const MINUTE = 60_000
const NEVER = 1e6

const instrument: Instrument = {
  index: 0,
  symbol: 'BTCUSDT',
  unified: 'BTC/USDT:USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: new Dec('0.1'),
  tick: 0.1,
  lotSize: new Dec('0.001'),
  lot: 0.001,
  minQuantity: new Dec('0.001'),
  maxQuantity: new Dec(1_000),
  minNotional: new Dec(5),
  marginTiers: [{ floorUsd: 0, capUsd: 50_000, maintenanceRatio: 0.004, deductionUsd: 0, maxLeverage: 125 }],
  priceBand: null,
}

/** xorshift32: the same walk in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'turnover', 'openInterest'] as const

/** A geometric walk at 60 % annual volatility whose open interest wanders around 80,000 contracts. */
function walk(barMs: number): Readonly<Record<(typeof FIELDS)[number], Float64Array>> {
  const draw = random(7)
  const normal = (): number => Math.sqrt(-2 * Math.log(draw() + 1e-12)) * Math.cos(2 * Math.PI * draw())
  const column = (): Float64Array => new Float64Array(BARS)
  const columns = {
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    turnover: column(),
    openInterest: column(),
  }
  const sigma = 0.6 * Math.sqrt(barMs / (365 * 86_400_000))
  let price = 60_000
  let openInterest = 80_000
  for (let i = 0; i < BARS; i++) {
    columns.open[i] = price
    price *= Math.exp(sigma * normal())
    columns.close[i] = price
    columns.high[i] = Math.max(columns.open[i]!, price) * (1 + sigma * draw())
    columns.low[i] = Math.min(columns.open[i]!, price) * (1 - sigma * draw())
    openInterest += 40 * normal() + (80_000 - openInterest) * 0.001
    columns.openInterest[i] = openInterest
    columns.volume[i] = 50 + 100 * draw()
    columns.turnover[i] = (columns.volume[i]! * (columns.high[i]! + columns.low[i]! + price)) / 3
  }
  return columns
}

interface Variant {
  readonly name: string
  readonly barMs: number
  readonly config: Config['estimator']
  /** Bars a time is taken over: longer than the interval of publication. */
  readonly stretch: number
}

function populated({ map }: Estimator): number {
  return ([0, 1] as const).reduce<number>((count, side) => {
    const low = lowestBin(map, side)
    const sums = new Float64Array(Math.max(0, highestBin(map, side) - low + 1))
    sumTiers(map, side, low, low + sums.length - 1, sums)
    return count + sums.filter((mass) => mass > 0).length
  }, 0)
}

interface Outcome {
  readonly times: number[]
  bins: number
  levels: number
  published: number
}

/** The first third of a run fills the map and is not timed. */
function run({ barMs, config, stretch }: Variant, columns: ReturnType<typeof walk>, into: Outcome): void {
  const estimator = createEstimator({ instrument, config, barMs })
  const bar: Mutable<BarEvent> = {
    kind: 'bar',
    time: epochMs(0),
    openTime: epochMs(0),
    closeTime: epochMs(0),
    instrument,
    open: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
    close: Number.NaN,
    volume: Number.NaN,
    turnover: Number.NaN,
    markHigh: Number.NaN,
    markLow: Number.NaN,
    openInterest: Number.NaN,
    fundingRate: 0,
    longShortRatio: 1.1,
    takerBuyVolume: Number.NaN,
  }
  let start = process.hrtime.bigint()
  for (let i = 0; i < BARS; i++) {
    bar.openTime = epochMs(i * barMs)
    bar.closeTime = epochMs((i + 1) * barMs)
    bar.time = bar.closeTime
    for (const field of FIELDS) bar[field] = columns[field][i]!
    const snapshot = estimator.onBar(bar)
    if (snapshot) {
      into.published++
      into.levels += snapshot.levels.length
    }
    if ((i + 1) % stretch !== 0) continue
    const now = process.hrtime.bigint()
    if (i > BARS / 3) into.times.push(Number(now - start) / stretch)
    start = process.hrtime.bigint()
  }
  into.bins = populated(estimator)
}

const base = toConfig(configSchema.parse({})).estimator
const variants = [1, 5].flatMap((minutes): readonly Variant[] => {
  const barMs = minutes * MINUTE
  const silent = { ...base, burnInDays: NEVER }
  const widths = [5, 0.5, 0.05].map((binWidthBp): Variant => ({
    name: `${minutes}m, ${binWidthBp} bp`,
    barMs,
    config: { ...silent, binWidthBp },
    stretch: 1_200,
  }))
  return [...widths, { name: `${minutes}m, 5 bp, published hourly`, barMs, config: base, stretch: 1_200 }]
})

const tapes = new Map([1, 5].map((minutes) => [minutes * MINUTE, walk(minutes * MINUTE)]))
const outcomes = variants.map((): Outcome => ({ times: [], bins: 0, levels: 0, published: 0 }))
// Interleaved, so that a slow moment of the machine falls on every variant.
for (let repeat = 0; repeat < REPEATS; repeat++) {
  variants.forEach((variant, i) => run(variant, tapes.get(variant.barMs)!, outcomes[i]!))
}

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(share * times.length)] ?? Number.NaN
variants.forEach(({ name, barMs }, i) => {
  const { times, bins, levels, published } = outcomes[i]!
  const [low, median] = [quantile(times, 0.05), quantile(times, 0.5)]
  const silent = quantile(outcomes[i - (i % 4)]!.times, 0.05)
  const each = (((low - silent) * 60 * MINUTE) / barMs / 1_000).toFixed(1)
  const extra =
    published > 0
      ? `, ${each} µs a publication of ${(levels / published).toFixed(0)} levels`
      : `, ${bins} bins with mass`
  console.log(
    `${name.padEnd(28)} ${low.toFixed(0).padStart(6)} ns/bar (median ${median.toFixed(0)}), ${(low / silent).toFixed(2)}×${extra}`,
  )
})
