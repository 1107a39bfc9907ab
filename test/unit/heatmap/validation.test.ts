import { describe, expect, it } from 'vitest'
import { validateMap, type ValidationOptions } from '../../../src/heatmap/validation.ts'
import { createDaySums, estimate } from '../../../src/heatmap/validation/day-sums.ts'
import {
  laplaceBaseline,
  logScore,
  projectionBaseline,
  uniformBaseline,
} from '../../../src/heatmap/validation/log-score.ts'
import type { Outlook, SideOutlook } from '../../../src/heatmap/validation/outlook.ts'
import { traversalLift } from '../../../src/heatmap/validation/traversal-lift.ts'
import { traversalSlope } from '../../../src/heatmap/validation/traversal-regression.ts'

/** Park–Miller: enough for a test, and the same every time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const nothing: SideOutlook = { firstBin: 0, predicted: [], realised: [], events: [] }
const side = (firstBin: number, predicted: readonly number[], realised: readonly number[]): SideOutlook => ({
  firstBin,
  predicted,
  realised,
  events: realised.map((notional) => (notional > 0 ? 1 : 0)),
})
const outlook = (parts: Partial<Outlook>): Outlook => ({
  day: 0,
  spotBin: 100,
  lowestBin: 100,
  highestBin: 100,
  atrBins: Number.NaN,
  long: nothing,
  short: nothing,
  ...parts,
})

describe('the day bootstrap', () => {
  it('draws whole days', () => {
    const sums = createDaySums(1)
    for (const [day, figure] of [
      [3, 1],
      [3, 1],
      [7, 0],
      [9, 4],
    ] as const)
      sums.row(day)[0]! += figure
    const { value, low, high } = estimate(sums, (s) => s[0]!, 500, seeded(1))
    expect(value).toBe(6)
    // Three draws from 2, 0 and 4.
    expect(low).toBeGreaterThanOrEqual(0)
    expect(high).toBeLessThanOrEqual(12)
    expect(high - low).toBeGreaterThan(4)
  })

  it('has no interval for a single day', () => {
    const sums = createDaySums(1)
    sums.row(3)[0] = 5
    expect(estimate(sums, (s) => s[0]!, 100, seeded(1))).toEqual({ value: 5, low: Number.NaN, high: Number.NaN })
  })
})

describe('traversal lift', () => {
  it('compares the top tenth of the crossed bins with all of them', () => {
    // Ten long bins 90–99 crossed; the one with most mass holds 60 of 100. Bin 89 was not crossed and does not count.
    const long = side(89, [500, 1, 1, 1, 9, 1, 1, 1, 1, 1, 1], [999, 5, 5, 5, 60, 5, 5, 5, 5, 5, 0])
    const { atTenth, crossed, jittered, mirrored } = traversalLift([outlook({ lowestBin: 90, long })], 0, seeded(1))
    expect(crossed).toBe(10)
    expect(atTenth.value).toBeCloseTo(0.6 / 0.1, 12)
    expect([jittered, mirrored]).toEqual([0, 0])
  })

  it('controls with the mirrored bin where that was crossed, and with one half to one and a half ATR away', () => {
    const predicted = [0, 0, 0, 0, 9, 0, 0, 0, 0, 0]
    const long = side(90, predicted, [7, 7, 7, 7, 42, 7, 7, 7, 7, 7])
    const short = side(101, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 21, 0, 0, 0, 0])
    const both = traversalLift([outlook({ lowestBin: 90, highestBin: 110, atrBins: 2, long, short })], 0, seeded(1))
    expect(both.mirrored).toBe(1)
    expect(both.overMirrored.value).toBe(2)
    expect(both.jittered).toBe(1)
    expect(both.overJittered.value).toBe(6)
    const oneWay = traversalLift([outlook({ lowestBin: 90, highestBin: 105, atrBins: 30, long, short })], 0, seeded(1))
    expect([oneWay.mirrored, oneWay.jittered]).toEqual([0, 0])
  })

  it('takes no bin without mass for a prediction', () => {
    const long = side(90, [0, 0, 0, 0], [1, 2, 3, 4])
    expect(traversalLift([outlook({ lowestBin: 90, long })], 0, seeded(1)).atTenth.value).toBeNaN()
  })
})

describe('the traversal regression', () => {
  it('finds the exponent that links liquidated to predicted, whatever the distance does', () => {
    const predicted = Array.from({ length: 20 }, (_, i) => ((i * 7) % 11) + 1)
    const realised = predicted.map((mass, i) => Math.expm1(0.5 + 1.7 * Math.log1p(mass) - 0.3 * Math.log1p(20 - i)))
    const found = traversalSlope(
      [outlook({ lowestBin: 80, long: side(80, predicted, realised) })],
      () => [],
      0,
      seeded(1),
    )
    expect(found.value).toBeCloseTo(1.7, 9)
  })

  it('gives a covariate its due', () => {
    const predicted = Array.from({ length: 20 }, (_, i) => ((i * 7) % 11) + 1)
    const round = (bin: number): number => (bin % 3 === 0 ? 1 : 0)
    const realised = predicted.map((_, i) => Math.expm1(1 + 2 * round(80 + i)))
    const outlooks = [outlook({ lowestBin: 80, long: side(80, predicted, realised) })]
    expect(Math.abs(traversalSlope(outlooks, () => [], 0, seeded(1)).value)).toBeGreaterThan(0.01)
    expect(traversalSlope(outlooks, (_outlook, _side, bin) => [round(bin)], 0, seeded(1)).value).toBeCloseTo(0, 9)
  })

  it('finds nothing where the map says the same everywhere, or nothing was crossed', () => {
    const flat = [outlook({ lowestBin: 95, long: side(95, [3, 3, 3, 3, 3], [1, 2, 3, 4, 5]) })]
    expect(traversalSlope(flat, () => [], 0, seeded(1)).value).toBeNaN()
    expect(traversalSlope([outlook({})], () => [], 0, seeded(1)).value).toBeNaN()
  })
})

describe('the log score', () => {
  const range = { below: 8, above: 8 }

  it('counts bits against an even spread', () => {
    // All mass on the one bin of eight where it happened, but for the thousandth that is spread evenly.
    const long = side(92, [0, 0, 4, 0, 0, 0, 0, 0], [0, 0, 5, 0, 0, 0, 0, 0])
    const right = logScore([outlook({ long })], uniformBaseline, range, 0, seeded(1))
    expect(right.value).toBeCloseTo(Math.log2((0.999 + 0.001 / 8) * 8), 12)
    const wrong = logScore(
      [outlook({ long: side(92, [4, 0, 0, 0, 0, 0, 0, 0], [0, 0, 5, 0, 0, 0, 0, 0]) })],
      uniformBaseline,
      range,
      0,
      seeded(1),
    )
    expect(wrong.value).toBeCloseTo(Math.log2(0.001), 12)
  })

  it('weighs by the number of liquidations and is 0 for an empty map', () => {
    const events = [0, 0, 3, 0, 0, 1, 0, 0]
    const long: SideOutlook = { firstBin: 92, predicted: [0, 0, 1, 0, 0, 1, 0, 0], realised: events, events }
    const even = (0.999 * 0.5 + 0.001 / 8) * 8
    expect(logScore([outlook({ long })], uniformBaseline, range, 0, seeded(1)).value).toBeCloseTo(Math.log2(even), 12)
    const empty = { ...long, predicted: [] }
    expect(logScore([outlook({ long: empty })], uniformBaseline, range, 0, seeded(1)).value).toBe(0)
  })

  it('has baselines that decay with distance and that project from the price', () => {
    const at = outlook({ atrBins: 4 })
    const laplace = laplaceBaseline(2)
    expect(laplace(at, 'long', 92)).toBeCloseTo(Math.exp(-1), 12)
    expect(laplace(at, 'short', 108)).toBeCloseTo(Math.exp(-1), 12)
    expect(laplace(outlook({}), 'long', 92)).toBe(1)
    const projection = projectionBaseline({ 10: 0.3, 20: 0.7 }, 5e-4)
    // ln 0.9 = −210.7 bins, ln 1.1 = 190.6, ln 0.95 = −102.6.
    expect([-211, -210, -103].map((offset) => projection(at, 'long', 100 + offset))).toEqual([0.3, 0, 0.7])
    expect(projection(at, 'short', 290)).toBe(0.3)
  })
})

describe('validateMap', () => {
  const options: ValidationOptions = {
    baselines: { uniform: uniformBaseline },
    range: { below: 40, above: 40 },
    draws: 200,
    random: seeded(11),
  }

  /** Thirty days of eight maps each; a share of what is liquidated follows the map, the rest another map. */
  function world(knowing: boolean): readonly Outlook[] {
    const draw = seeded(5)
    const column = (): number[] => Array.from({ length: 40 }, () => Math.exp(3 * draw()))
    return Array.from({ length: 240 }, (_, i) => {
      const sides = [column(), column()].map((predicted) => {
        const cause = knowing ? predicted : column()
        return {
          predicted,
          realised: cause.map((mass) => mass * (0.5 + draw())),
          events: cause.map((mass) => (draw() * 20 < mass ? 1 : 0)),
        }
      })
      return outlook({
        day: Math.floor(i / 8),
        lowestBin: 100 - Math.floor(40 * draw()),
        highestBin: 100 + Math.floor(40 * draw()),
        atrBins: 6,
        long: { firstBin: 60, ...sides[0]! },
        short: { firstBin: 101, ...sides[1]! },
      })
    })
  }

  it('recognises a map that knows', () => {
    const found = validateMap(world(true), options)
    expect([found.outlooks, found.days]).toEqual([240, 30])
    expect(found.slope.low).toBeGreaterThan(0.5)
    expect(found.lift.overJittered.low).toBeGreaterThan(1)
    expect(found.lift.overMirrored.low).toBeGreaterThan(1)
    expect(found.lift.atTenth.low).toBeGreaterThan(1)
    expect(found.logScore['uniform']!.low).toBeGreaterThan(0)
  })

  it('recognises a map that knows nothing', () => {
    const found = validateMap(world(false), options)
    expect(found.slope.low).toBeLessThan(0)
    expect(found.slope.high).toBeGreaterThan(0)
    for (const lift of [found.lift.overJittered, found.lift.overMirrored, found.lift.atTenth]) {
      expect(lift.low).toBeLessThan(1)
      expect(lift.high).toBeGreaterThan(1)
    }
    expect(found.logScore['uniform']!.high).toBeLessThan(0)
  })

  it('repeats itself with the same seed', () => {
    const once = validateMap(world(true), { ...options, random: seeded(3) })
    expect(validateMap(world(true), { ...options, random: seeded(3) })).toEqual(once)
  })
})
