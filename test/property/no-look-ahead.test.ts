import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkPrefix, checkScramble, record, type Recording, type Run } from '../../scripts/proof/look-ahead.ts'
import { randomWalk } from '../../scripts/proof/random-walk.ts'
import { toConfig } from '../../src/config/camel.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configSchema, type Config } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createStrategies } from '../../src/strategy/registry.ts'
import { createScripted, type ScriptedEntry } from '../../src/strategy/scripted.ts'

/** A month of a lively market whose heatmap is ready after five days. */
const BARS = 800
const market = (seed: number, symbol?: string, price?: number): BarColumns =>
  randomWalk({
    seed,
    bars: BARS,
    hourlyVolatility: 0.008,
    openInterestTurnover: 0.03,
    fundingDeviation: 0.0002,
    substeps: 20,
    ...(symbol === undefined ? {} : { symbol }),
    ...(price === undefined ? {} : { price, tick: 0.01 }),
  }).columns

const quick = { LODESTONE__ESTIMATOR__BURN_IN_DAYS: '5', LODESTONE__ESTIMATOR__STRENGTH_MIN_OBSERVATIONS: '50' }

function configOf(file: string | null): Config {
  const loaded = loadConfig({ files: file === null ? [] : [file], environment: quick })
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map((each) => each.what).join('\n'))
  return loaded.config
}

const crossing = toConfig(
  configSchema.parse({
    strategies: {
      liquidation_hunt: { enabled: false },
      support_resistance: { enabled: false },
      cluster_breakout: { enabled: false },
      ema_cross: { enabled: true, fast: 5, slow: 12, stop_pct: 1.5, target_pct: 2.5 },
    },
    entry: { order_type: 'limit', cooldown_hours: 0, stop_cooldown_hours: 0, max_entries_per_day: null },
  }),
)

const subjects: readonly { readonly name: string; readonly run: Run; readonly least: number }[] = [
  {
    name: 'the defaults',
    least: 5,
    run: { config: configOf(null), columns: [market(3)], strategies: () => createStrategies(configOf(null)) },
  },
  {
    name: 'the literal reading',
    least: 20,
    run: {
      config: configOf('config/literal.yaml'),
      columns: [market(4)],
      strategies: () => createStrategies(configOf('config/literal.yaml')),
    },
  },
  {
    name: 'the literal reading on two symbols',
    least: 25,
    run: {
      config: configOf('config/literal.yaml'),
      columns: [market(5), market(6, 'ETHUSDT', 2_500)],
      strategies: () => createStrategies(configOf('config/literal.yaml')),
    },
  },
  {
    name: 'crossing averages with resting entries',
    least: 20,
    run: { config: crossing, columns: [market(7)], strategies: () => createStrategies(crossing) },
  },
]

describe.each(subjects)('a run with $name', ({ run, least }) => {
  let whole: Recording

  beforeAll(async () => {
    whole = await record(run)
  })

  const [columns] = run.columns
  const cut = fc.integer({ min: 150, max: BARS - 1 }).map((row) => columns!.openTime[row]!)

  it('trades enough to be judged', () => {
    expect(whole.trades.length).toBeGreaterThanOrEqual(least)
  })

  // One draw a test: a whole run of the bot is long for one.
  it.each([1, 2, 3])('has the same past when the data end earlier, draw %i', async () => {
    await fc.assert(
      fc.asyncProperty(cut, async (at) => {
        expect(await checkPrefix(run, whole, at)).toBeNull()
      }),
      { numRuns: 1 },
    )
  })

  it.each([1, 2, 3])('has the same past when the future is another, draw %i', async () => {
    await fc.assert(
      fc.asyncProperty(cut, fc.nat(), async (at, seed) => {
        expect(await checkScramble(run, whole, at, seed)).toBeNull()
      }),
      { numRuns: 1 },
    )
  })
})

/** A plan made from closes that lie in the future of its decisions. */
function prophecy(columns: readonly BarColumns[], barsAhead: number): ScriptedEntry[] {
  const [c] = columns
  const plan: ScriptedEntry[] = []
  for (let row = 200; row + barsAhead < c!.length; row += 10) {
    const direction = c!.close[row + barsAhead]! > c!.open[row]! ? 'LONG' : 'SHORT'
    plan.push({ time: epochMs(c!.openTime[row + 1]!), direction, stopRatio: 0.02, targetRatio: 0.02 })
  }
  return plan
}

describe('the check itself', () => {
  const peeking = (barsAhead: number): Run => ({
    config: crossing,
    columns: [market(8)],
    strategies: (columns) => [createScripted(prophecy(columns, barsAhead), crossing)],
  })

  it('finds a strategy that knows how the bar after its decision will close', async () => {
    const run = peeking(1)
    const whole = await record(run)
    const decisions = run.columns[0]!.openTime.filter((_, row) => row > 200 && row % 10 === 1).slice(0, 12)
    let found = 0
    for (const cut of decisions) if ((await checkScramble(run, whole, cut, 1)) !== null) found++
    expect(found).toBeGreaterThan(0)
  })

  it('finds a strategy that waits for data which it should not have', async () => {
    const run = peeking(30)
    const whole = await record(run)
    expect(await checkPrefix(run, whole, run.columns[0]!.openTime[600]!)).not.toBeNull()
  })

  it('has nothing against a plan made from the past', async () => {
    const run = peeking(0)
    const whole = await record(run)
    expect(whole.trades.length).toBeGreaterThan(20)
    expect(await checkPrefix(run, whole, run.columns[0]!.openTime[600]!)).toBeNull()
    expect(await checkScramble(run, whole, run.columns[0]!.openTime[601]!, 1)).toBeNull()
  })
})
