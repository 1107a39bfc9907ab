// Cost of the estimator per bar, without and with publication, and how it grows with the number of bins. By hand:
//   node scripts/bench/estimator.ts [bars] [part of a variant's name]
import { toConfig } from '../../src/config/camel.ts'
import { configSchema, type Config } from '../../src/config/schema.ts'
import { Dec } from '../../src/domain/decimal.ts'
import type { BarEvent } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { highestBin, lowestBin, sumTiers } from '../../src/heatmap/estimator/mass-map.ts'
import { createEstimator } from '../../src/heatmap/estimator/estimator.ts'

const BARS = Number(process.argv[2] ?? 400_000)
const REPEATS = 5
const MINUTE = 60_000

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

/** A geometric walk at 60 % annual volatility whose open interest wanders around 80,000 contracts. */
function walk(count: number, barMs: number): readonly BarEvent[] {
  const draw = random(7)
  const normal = (): number => Math.sqrt(-2 * Math.log(draw() + 1e-12)) * Math.cos(2 * Math.PI * draw())
  const sigma = 0.6 * Math.sqrt(barMs / (365 * 86_400_000))
  let price = 60_000
  let openInterest = 80_000
  return Array.from({ length: count }, (_, i) => {
    const open = price
    price *= Math.exp(sigma * normal())
    const high = Math.max(open, price) * (1 + sigma * draw())
    const low = Math.min(open, price) * (1 - sigma * draw())
    openInterest += 40 * normal() + (80_000 - openInterest) * 0.001
    const volume = 50 + 100 * draw()
    return {
      kind: 'bar',
      time: epochMs((i + 1) * barMs),
      openTime: epochMs(i * barMs),
      closeTime: epochMs((i + 1) * barMs),
      instrument,
      open,
      high,
      low,
      close: price,
      volume,
      turnover: (volume * (high + low + price)) / 3,
      markHigh: Number.NaN,
      markLow: Number.NaN,
      openInterest,
      fundingRate: 0,
      longShortRatio: 1.1,
      takerBuyVolume: volume / 2,
    }
  })
}

interface Outcome {
  readonly nsPerBar: number
  readonly published: number
  readonly levels: number
  readonly populated: number
}

function run(bars: readonly BarEvent[], config: Config['estimator'], barMs: number): Outcome {
  const estimator = createEstimator({ instrument, config, barMs })
  let levels = 0
  let published = 0
  const start = process.hrtime.bigint()
  for (const bar of bars) {
    const snapshot = estimator.onBar(bar)
    if (!snapshot) continue
    published++
    levels += snapshot.levels.length
  }
  const nsPerBar = Number(process.hrtime.bigint() - start) / bars.length
  const { map } = estimator
  let populated = 0
  for (const side of [0, 1] as const) {
    const low = lowestBin(map, side)
    const high = highestBin(map, side)
    const sums = new Float64Array(Math.max(0, high - low + 1))
    sumTiers(map, side, low, high, sums)
    populated += sums.filter((mass) => mass > 0).length
  }
  return { nsPerBar, published, levels: published > 0 ? levels / published : 0, populated }
}

const base = toConfig(configSchema.parse({})).estimator
const variants: readonly { readonly name: string; readonly barMs: number; readonly config: Config['estimator'] }[] = [
  1, 5,
].flatMap((minutes) => [
  ...[5, 0.5, 0.05].map((binWidthBp) => ({
    name: `${minutes}m, ${binWidthBp} bp, no publication`,
    barMs: minutes * MINUTE,
    config: { ...base, binWidthBp, burnInDays: 1e6 },
  })),
  { name: `${minutes}m, 5 bp, hourly`, barMs: minutes * MINUTE, config: base },
])

const tapes = new Map([1, 5].map((minutes) => [minutes * MINUTE, walk(BARS, minutes * MINUTE)]))
const times = variants.map((): Outcome[] => [])
// Interleaved, so that a slow moment of the machine falls on every variant.
for (let repeat = 0; repeat < REPEATS; repeat++) {
  variants.forEach(({ config, barMs }, i) => times[i]!.push(run(tapes.get(barMs)!, config, barMs)))
}
const best = times.map((outcomes) => outcomes.reduce((a, b) => (b.nsPerBar < a.nsPerBar ? b : a)))
variants.forEach(({ name }, i) => {
  const { nsPerBar, published, levels, populated } = best[i]!
  const silent = best[i - (i % 4)]!
  const each =
    published > 0
      ? `, ${(((nsPerBar - silent.nsPerBar) * BARS) / published / 1_000).toFixed(1)} µs each of ${published} (${levels.toFixed(0)} levels)`
      : ''
  console.log(
    `${name.padEnd(32)} ${nsPerBar.toFixed(0).padStart(6)} ns/bar, ${(nsPerBar / silent.nsPerBar).toFixed(2)}×, ${populated} bins with mass${each}`,
  )
})
