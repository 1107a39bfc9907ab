import { parseArgs } from 'node:util'
import { keyedInteger } from '../src/heatmap/keyed-draw.ts'
import { liftSamples, type LiftSample } from './proof/map-lift.ts'

/**
 * Does the estimator put its mass where the simulated crowd would truly be liquidated? Prints the lift of predicted mass
 * at the true prices over mirrored and jittered ones, a row a seed: `node scripts/validate-map.ts [--seeds 10] [--days 10]`.
 */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '10' }, days: { type: 'string', default: '10' } },
})
const RESAMPLES = 1_000

type Control = 'atMirrored' | 'atJittered'
const lift = (samples: readonly LiftSample[], control: Control): number =>
  samples.reduce((sum, s) => sum + s.atTruth, 0) / samples.reduce((sum, s) => sum + s[control], 0)

/** 95 % interval over resampled blocks: whole days of a seed, because neighbouring samples share their positions. */
function interval(blocks: readonly (readonly LiftSample[])[], control: Control): readonly [number, number] {
  const lifts: number[] = []
  for (let round = 0; round < RESAMPLES; round++) {
    const drawn = blocks.flatMap((_, i) => blocks[keyedInteger(round, `${i}`) % blocks.length]!)
    lifts.push(lift(drawn, control))
  }
  lifts.sort((a, b) => a - b)
  return [lifts[Math.floor(0.025 * RESAMPLES)]!, lifts[Math.floor(0.975 * RESAMPLES)]!]
}

const byDay = (samples: readonly LiftSample[]): readonly (readonly LiftSample[])[] => [
  ...Map.groupBy(samples, (s) => s.day).values(),
]
const text = (value: number, [low, high]: readonly [number, number]): string =>
  `${value.toFixed(2)} (${low.toFixed(2)} … ${high.toFixed(2)})`

console.log('seed  over mirrored levels     over jittered levels')
const seeds: (readonly LiftSample[])[] = []
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  const samples = liftSamples(seed, Number(values.days))
  seeds.push(samples)
  const days = byDay(samples)
  const cells = (['atMirrored', 'atJittered'] as const).map((control) =>
    text(lift(samples, control), interval(days, control)).padEnd(24),
  )
  console.log(`${String(seed).padStart(4)}  ${cells.join(' ')}`)
}
const all = seeds.flat()
for (const control of ['atMirrored', 'atJittered'] as const) {
  const range = interval(seeds, control)
  const verdict = range[0] > 1 ? 'above 1' : range[1] < 1 ? 'below 1' : 'not told from 1'
  console.log(
    `all seeds, over ${control === 'atMirrored' ? 'mirrored' : 'jittered'} levels: ${text(lift(all, control), range)}, ${verdict} (95 % intervals, whole seeds resampled)`,
  )
}
console.log(
  'A lift on a simulated crowd says that the arithmetic finds what is there. It says nothing about real markets.',
)
