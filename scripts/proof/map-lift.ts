import { configSchema } from '../../src/config/schema.ts'
import { toConfig } from '../../src/config/camel.ts'
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createCrowdWithTruth, type TruePosition } from '../../src/exchange/crowd/truth.ts'
import { crowdInstruments } from '../../src/exchange/crowd/instruments.ts'
import { createEstimator, type Estimator } from '../../src/heatmap/estimator/estimator.ts'
import { massAt } from '../../src/heatmap/estimator/mass-map.ts'
import { LONG, SHORT } from '../../src/heatmap/estimator/tier-set.ts'
import { createBarAggregator } from '../../src/indicator/aggregate.ts'
import { createAtr } from '../../src/indicator/atr.ts'

/** Predicted mass at the true liquidation prices and at their controls, each weighted by the true quantity. */
export interface LiftSample {
  readonly day: number
  readonly atTruth: number
  readonly atMirrored: number
  readonly atJittered: number
}

const START = epochMs(Date.UTC(2026, 0, 5))
const BAR_MS = 300_000
const SAMPLE_EVERY_MS = 12 * HOUR_MS
/** True positions farther away than this are out of anybody's reach for weeks. */
const REACH = 0.1
/** A hit is within so many bins: the estimator's own smoothing is no narrower. */
const WINDOW_BINS = 2
const JITTERS_ATR = [-1.5, -1.25, -1, -0.75, -0.5, 0.5, 0.75, 1, 1.25, 1.5]

/** Runs one seed of the crowd with an estimator that sees only what the crowd publishes; samples twice a day. */
export function liftSamples(seed: number, days: number): readonly LiftSample[] {
  const instruments = crowdInstruments(['BTCUSDT'])
  const instrument = instruments[0]!
  const { estimator: config } = toConfig(configSchema.parse({}))
  const estimator = createEstimator({ instrument, config, barMs: BAR_MS })
  const binWidth = config.binWidthBp * 1e-4
  const hours = createBarAggregator(HOUR_MS)
  const atr = createAtr(14)
  const { tape, truth } = createCrowdWithTruth({
    seed,
    instruments,
    start: START,
    durationMs: days * DAY_MS,
    barMs: BAR_MS,
  })
  const feed = (bar: Parameters<Estimator['onBar']>[0]): void => {
    estimator.onBar(bar)
    const hour = hours.update(bar)
    if (hour) atr.update(hour.high, hour.low, hour.close)
  }
  for (const bar of tape.preroll()) feed(bar)
  const samples: LiftSample[] = []
  let due: number = START
  for (let time = tape.peek(); time !== undefined; time = tape.peek()) {
    const item = tape.next()
    if (item.kind !== 'bar') continue
    feed(item)
    if (item.closeTime < due) continue
    due = item.closeTime + SAMPLE_EVERY_MS
    samples.push(
      sample(
        estimator,
        binWidth,
        item.close,
        atr.value(),
        truth(instrument),
        Math.floor((item.closeTime - START) / DAY_MS),
      ),
    )
  }
  return samples
}

function sample(
  estimator: Estimator,
  binWidth: number,
  price: number,
  atr: number,
  truth: readonly TruePosition[],
  day: number,
): LiftSample {
  const { map } = estimator
  const density = (side: 'long' | 'short', at: number): number => {
    const bin = Math.floor(Math.log(at) / binWidth)
    let mass = 0
    for (let b = bin - WINDOW_BINS; b <= bin + WINDOW_BINS; b++) {
      for (let tier = 0; tier < map.count; tier++) mass += massAt(map, side === 'long' ? LONG : SHORT, tier, b)
    }
    return mass
  }
  let [weight, atTruth, atMirrored, atJittered] = [0, 0, 0, 0]
  for (const { side, liquidationPrice: lp, quantity } of truth) {
    if (Math.abs(lp / price - 1) > REACH) continue
    weight += quantity
    atTruth += quantity * density(side, lp)
    atMirrored += quantity * density(side === 'long' ? 'short' : 'long', (price * price) / lp)
    const shifted = JITTERS_ATR.map((jitter) => lp + jitter * atr).filter((at) =>
      side === 'long' ? at < price : at > price,
    )
    atJittered += quantity * (shifted.reduce((sum, at) => sum + density(side, at), 0) / Math.max(1, shifted.length))
  }
  return { day, atTruth: atTruth / weight, atMirrored: atMirrored / weight, atJittered: atJittered / weight }
}
