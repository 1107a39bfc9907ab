import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../../src/config/schema.ts'
import { createEstimator, type Estimator } from '../../../../src/heatmap/estimator/estimator.ts'
import type { SideLedger } from '../../../../src/heatmap/estimator/ledger.ts'
import { highestBin, lowestBin, massAt, sumTiers } from '../../../../src/heatmap/estimator/mass-map.ts'
import { LONG, SHORT, type SideIndex } from '../../../../src/heatmap/estimator/tier-set.ts'
import { bar, BAR_MS, defaults, eager, instrument } from '../../../unit/heatmap/estimator/market.ts'
import { barsOf, steps } from './market-arbitrary.ts'
import { createReference, markRange } from './reference-estimator.ts'

const start = (config: Config['estimator']): Estimator => createEstimator({ instrument, config, barMs: BAR_MS })
const SIDES = [LONG, SHORT] as const
const RUNS = { numRuns: 60 }

const configs = fc.record({
  binWidthBp: fc.constantFrom(0.7, 5, 12),
  churnRatio: fc.constantFrom(0, 0.3),
  rangePct: fc.constantFrom(8, 25),
})

/** Every bin of a side with mass, by tier. */
function contents({ map }: Estimator, side: SideIndex): readonly { tier: number; bin: number; mass: number }[] {
  const found: { tier: number; bin: number; mass: number }[] = []
  for (let tier = 0; tier < map.count; tier++) {
    for (let bin = lowestBin(map, side); bin <= highestBin(map, side); bin++) {
      const mass = massAt(map, side, tier, bin)
      if (mass > 0) found.push({ tier, bin, mass })
    }
  }
  return found
}

describe('the estimator', () => {
  it('holds what the plain model holds, bin by bin and tier by tier', () => {
    fc.assert(
      fc.property(steps, configs, (history, overrides) => {
        const config = { ...defaults, ...overrides }
        const estimator = start(config)
        const reference = createReference(config, 0.004)
        for (const event of barsOf(history)) {
          estimator.onBar(event)
          reference.onBar(event)
        }
        for (const side of SIDES) {
          const plain = reference.map[side === LONG ? 'long' : 'short']
          const bins = [...estimator.map.tiers.leverage].flatMap((leverage, tier) =>
            [...plain.get(leverage)!].map(([bin, mass]) => ({ tier, bin, mass })),
          )
          for (const { tier, bin, mass } of bins) expect(massAt(estimator.map, side, tier, bin)).toBeCloseTo(mass, 8)
          const whole = bins.reduce((sum, { mass }) => sum + mass, 0)
          expect(contents(estimator, side).reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(whole, 8)
        }
      }),
      RUNS,
    )
  })

  it('accounts for every contract, keeps sides apart and below the cap, on every bar', () => {
    const left = (l: SideLedger): number => l.deposited - l.aged - l.released - l.closed - l.capped - l.evicted
    fc.assert(
      fc.property(steps, configs, (history, overrides) => {
        const config = { ...defaults, ...overrides }
        const estimator = start(config)
        const delta = config.binWidthBp * 1e-4
        for (const event of barsOf(history)) {
          estimator.onBar(event)
          const now = estimator.diagnostics()
          expect(left(now.long)).toBeCloseTo(now.longMass, 8)
          expect(left(now.short)).toBeCloseTo(now.shortMass, 8)
          if (Number.isFinite(event.openInterest)) {
            expect(Math.max(now.longMass, now.shortMass)).toBeLessThanOrEqual(0.35 * event.openInterest * (1 + 1e-12))
          }
          const mark = markRange(event)
          const closing = Math.floor(Math.log(Math.max(mark.low, Math.min(mark.high, event.close))) / delta)
          for (const { bin } of contents(estimator, LONG)) expect(bin).toBeLessThan(closing)
          for (const { bin } of contents(estimator, SHORT)) expect(bin).toBeGreaterThan(closing)
        }
        for (const side of SIDES) {
          const low = lowestBin(estimator.map, side)
          const sums = new Float64Array(Math.max(0, highestBin(estimator.map, side) - low + 1))
          sumTiers(estimator.map, side, low, low + sums.length - 1, sums)
          expect(sums.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(estimator.map.totals[side]!, 8)
        }
      }),
      RUNS,
    )
  })

  it('publishes the same for the same bars, whatever comes after them', () => {
    fc.assert(
      fc.property(steps, steps, (history, future) => {
        const past = barsOf(history)
        const longer = start(eager)
        const all = barsOf([...history, ...future]).map((event) => JSON.stringify(longer.onBar(event)))
        const shorter = start(eager)
        expect(past.map((event) => JSON.stringify(shorter.onBar(event)))).toEqual(all.slice(0, past.length))
      }),
      RUNS,
    )
  })

  it('moves with the price scale: a factor of whole bins shifts every bin by their number', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: -8_000, max: 8_000 }), (history, shift) => {
        const one = start(defaults)
        const other = start(defaults)
        for (const event of barsOf(history)) one.onBar(event)
        for (const event of barsOf(history, Math.exp(shift * 5e-4))) other.onBar(event)
        for (const side of SIDES) {
          for (const { tier, bin, mass } of contents(one, side)) {
            expect(massAt(other.map, side, tier, bin + shift)).toBeCloseTo(mass, 8)
          }
          expect(contents(other, side)).toHaveLength(contents(one, side).length)
        }
      }),
      RUNS,
    )
  })

  it('does not care whether open interest rose in one bar or in two alike', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 100, noNaN: true }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (rise, part) => {
          const figures = { low: 49_900, high: 50_060, close: 50_000 }
          const once = start(defaults)
          const twice = start(defaults)
          for (const [estimator, first] of [
            [once, 0],
            [twice, part * rise],
          ] as const) {
            estimator.onBar(bar(1, 1_000))
            estimator.onBar(bar(2, 1_000 + first, figures))
            estimator.onBar(bar(3, 1_000 + rise, figures))
          }
          const aged = twice.diagnostics().long.aged
          expect(twice.diagnostics().longMass + aged).toBeCloseTo(once.diagnostics().longMass, 9)
          expect(contents(twice, LONG).map(({ tier, bin }) => [tier, bin])).toEqual(
            contents(once, LONG).map(({ tier, bin }) => [tier, bin]),
          )
        },
      ),
      RUNS,
    )
  })

  it('stays exact after a thousand half-lives, when scales have been written out again', () => {
    const config = { ...defaults, leverageMix: { 100: 1 }, halfLifeHours: { 100: 0.25 } }
    const estimator = start(config)
    const reference = createReference(config, 0.004)
    for (let i = 1; i <= 3_000; i++) {
      const event = bar(i, 1_000 + (i % 7), { close: 50_000 + (i % 11) })
      estimator.onBar(event)
      reference.onBar(event)
    }
    const plain = [...reference.map.long.get(100)!].reduce((sum, [, mass]) => sum + mass, 0)
    expect(estimator.diagnostics().longMass).toBeCloseTo(plain, 9)
    expect(Math.min(...estimator.map.tierScale)).toBeGreaterThan(1e-60)
  })
})
