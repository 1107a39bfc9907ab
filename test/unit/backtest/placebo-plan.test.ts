import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plannedEntries, randomDirections, randomTimes } from '../../../src/backtest/placebo-plan.ts'
import type { Candidate } from '../../../src/domain/candidate.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { day } from './build.ts'

const entries = fc
  .array(
    fc.record({
      time: fc.integer({ min: 0, max: 720 }).map((n) => day(n)),
      direction: fc.constantFrom('LONG' as const, 'SHORT' as const),
      stopRatio: fc.double({ min: 0.001, max: 0.05, noNaN: true }),
      targetRatio: fc.double({ min: 0.001, max: 0.05, noNaN: true }),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.sort((a, b) => a.time - b.time))
const seeds = fc.integer({ min: 0, max: 10_000 })

const quarter = (time: number): string => {
  const date = new Date(time)
  return `${date.getUTCFullYear()}-${Math.floor(date.getUTCMonth() / 3)}`
}

describe('plannedEntries', () => {
  it('keeps the distances as fractions of the entry', () => {
    const long = { time: day(3), direction: 'LONG', entry: 200, stop: 190, target: 230 } as Candidate
    expect(plannedEntries([long])).toEqual([{ time: day(3), direction: 'LONG', stopRatio: 0.05, targetRatio: 0.15 }])
    const short = { time: day(3), direction: 'SHORT', entry: 200, stop: 210, target: 170 } as Candidate
    expect(plannedEntries([short])).toEqual([{ time: day(3), direction: 'SHORT', stopRatio: 0.05, targetRatio: 0.15 }])
  })
})

describe('randomDirections', () => {
  it('keeps times, distances and the number of longs of every quarter', () => {
    fc.assert(
      fc.property(entries, seeds, (real, seed) => {
        const placebo = randomDirections(real, seed)
        expect(placebo.map(({ direction: _, ...rest }) => rest)).toEqual(real.map(({ direction: _, ...rest }) => rest))
        const longs = (plan: typeof real): Record<string, number> => {
          const count: Record<string, number> = {}
          for (const { time, direction } of plan) {
            const key = quarter(time)
            count[key] = (count[key] ?? 0) + (direction === 'LONG' ? 1 : 0)
          }
          return count
        }
        expect(longs([...placebo])).toEqual(longs(real))
      }),
    )
  })

  const alternating = Array.from({ length: 40 }, (_, n) => ({
    time: day(n),
    direction: n % 2 === 0 ? ('LONG' as const) : ('SHORT' as const),
    stopRatio: 0.01,
    targetRatio: 0.02,
  }))

  it('differs between seeds and repeats itself for one', () => {
    const directions = (seed: number) => randomDirections(alternating, seed).map((e) => e.direction)
    expect(directions(1)).toEqual(directions(1))
    expect(directions(1)).not.toEqual(directions(2))
    expect(directions(1)).not.toEqual(alternating.map((e) => e.direction))
  })
})

describe('randomTimes', () => {
  const times = Array.from({ length: 200 }, (_, n) => epochMs(n * 3_600_000))

  it('draws different times of the given ones in order, with an entry of the real ones each', () => {
    fc.assert(
      fc.property(entries, seeds, fc.integer({ min: 0, max: 300 }), (real, seed, count) => {
        const plan = randomTimes(real, times, count, seed)
        expect(plan).toHaveLength(real.length === 0 ? 0 : Math.min(count, times.length))
        const drawn = plan.map((entry) => entry.time)
        expect(drawn.filter((time) => !times.includes(time))).toEqual([])
        expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b))
        const wants = new Set(real.map(({ time: _, ...want }) => JSON.stringify(want)))
        expect(plan.filter(({ time: _, ...want }) => !wants.has(JSON.stringify(want)))).toEqual([])
      }),
    )
  })

  it('takes every time when as many are wanted', () => {
    const one = [{ time: day(0), direction: 'LONG' as const, stopRatio: 0.01, targetRatio: 0.02 }]
    expect(randomTimes(one, times, 500, 1).map((e) => e.time)).toEqual(times)
  })
})
