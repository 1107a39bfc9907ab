import { describe, expect, it } from 'vitest'
import { comparePlacebo, realRun } from '../../../src/backtest/placebo.ts'
import { verdictOf } from '../../../src/backtest/verdict.ts'
import { day, trade } from './build.ts'

/** Twelve trades on twelve days with this mean R, give or take the pattern's spread. */
const trades = (meanR: number) =>
  Array.from({ length: 12 }, (_, n) => trade(meanR * 10 + (n % 2 === 0 ? 1 : -1), { entryTime: day(n) }))
const seeded = (...means: readonly number[]) => means.map((mean, n) => ({ seed: n + 1, trades: trades(mean) }))

describe('comparePlacebo', () => {
  it('ranks the real run among the seeds, ties against it', () => {
    expect(comparePlacebo('jittered', trades(0.5), seeded(0.1, 0.6, 0.3))).toMatchObject({ rank: 2, beaten: false })
    expect(comparePlacebo('jittered', trades(0.5), seeded(0.1, 0.2, 0.3))).toMatchObject({ rank: 1, beaten: true })
    expect(comparePlacebo('jittered', trades(0.5), seeded(0.1, 0.5, 0.3))).toMatchObject({ rank: 2, beaten: false })
  })

  it('lets one seed in twenty be better', () => {
    const low = Array.from({ length: 38 }, () => 0)
    expect(comparePlacebo('random_times', trades(0.5), seeded(...low, 0.9)).beaten).toBe(true)
    expect(comparePlacebo('random_times', trades(0.5), seeded(...low.slice(1), 0.9)).beaten).toBe(false)
  })

  it('averages over the runs', () => {
    const outcome = comparePlacebo('jittered', trades(0.5), seeded(0.1, 0.3))
    expect(outcome.meanR).toBeCloseTo(0.2, 12)
    expect(outcome.meanTrades).toBe(12)
    // 12 trades at 0.1 and 0.3 of a risk of 10: 12 and 36.
    expect(outcome.meanNet.toNumber()).toBeCloseTo(24, 9)
    expect(outcome.runs.map((run) => run.seed)).toEqual([1, 2])
  })

  it('weighs a run by its trades in the mean, as the interval does', () => {
    const few = { seed: 2, trades: trades(0.9).slice(0, 4) }
    const outcome = comparePlacebo('jittered', trades(0.5), [...seeded(0.1), few, { seed: 3, trades: [] }])
    // 12 trades at 0.1 and 4 at 0.9; the mean of the runs' own means would be 0.5.
    expect(outcome.meanR).toBeCloseTo(0.3, 12)
    expect(outcome.interval!.low).toBeLessThan(0.3)
    expect(outcome.interval!.high).toBeGreaterThan(0.3)
    expect(outcome.runs.map((run) => run.meanR)).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.9, 12), null])
    expect(outcome.rank).toBe(2)
  })

  it('judges the single mirrored run by the interval of the difference', () => {
    const clear = comparePlacebo('mirrored', trades(0.5), [{ seed: null, trades: trades(0.1) }])
    expect(clear).toMatchObject({ rank: null, beaten: true })
    expect(clear.difference!.low).toBeCloseTo(0.4, 9)
    expect(comparePlacebo('mirrored', trades(0.1), [{ seed: null, trades: trades(0.1) }]).beaten).toBe(false)
  })

  it('says nothing where a side has no trades', () => {
    expect(comparePlacebo('jittered', [], seeded(0.1))).toMatchObject({ rank: null, beaten: null })
    expect(comparePlacebo('jittered', trades(0.5), [{ seed: 1, trades: [] }])).toMatchObject({
      meanR: null,
      beaten: null,
    })
    expect(comparePlacebo('mirrored', trades(0.5), [{ seed: null, trades: [] }]).beaten).toBeNull()
  })
})

/** Seeds from which on a comparison is a claim. */
const CLAIM_SEEDS = 200

describe('verdictOf', () => {
  const real = realRun(trades(0.5))
  const beaten = comparePlacebo('jittered', trades(0.5), seeded(0.1))
  const unbeaten = comparePlacebo('random_times', trades(0.5), seeded(0.9))

  it('calls the strategies better only where they beat all', () => {
    expect(verdictOf(CLAIM_SEEDS, real, [beaten, beaten])).toMatchObject({ better: true, claim: true })
    const mixed = verdictOf(CLAIM_SEEDS, real, [beaten, unbeaten])
    expect(mixed).toMatchObject({ better: false, claim: true })
    expect(mixed.sentence).toContain('do not beat their placebos')
    expect(mixed.sentence).toContain('random times')
    expect(mixed.sentence).not.toContain('jittered')
  })

  it('says which placebos the strategies are worse than, and which they only do not stand out against', () => {
    const level = comparePlacebo('mirrored', trades(0.5), [{ seed: null, trades: trades(0.5) }])
    expect(unbeaten.difference!.high).toBeLessThan(0)
    expect(verdictOf(CLAIM_SEEDS, real, [level, unbeaten])).toMatchObject({
      better: false,
      sentence:
        'After costs the strategies do not beat their placebos: mean +0.500 R a trade is worse than random times, and does not stand out against mirrored levels.',
    })
    expect(verdictOf(CLAIM_SEEDS, real, [unbeaten]).sentence).toMatch(/a trade is worse than random times\.$/)
    expect(verdictOf(CLAIM_SEEDS, real, [level]).sentence).toMatch(
      /a trade does not stand out against mirrored levels\.$/,
    )
  })

  it('says that few seeds are no claim', () => {
    const few = verdictOf(CLAIM_SEEDS - 1, real, [beaten])
    expect(few.claim).toBe(false)
    expect(few.sentence).toContain('this is no claim')
    expect(verdictOf(CLAIM_SEEDS, real, [beaten]).sentence).not.toContain('no claim')
  })

  it('says when no placebo was run, and when there are too few trades', () => {
    expect(verdictOf(0, real, [])).toMatchObject({ better: null, claim: false })
    expect(verdictOf(0, real, []).sentence).toContain('No placebo was run')
    expect(verdictOf(20, realRun(trades(0.5).slice(0, 9)), [beaten])).toMatchObject({ better: null, claim: false })
    expect(verdictOf(20, realRun(trades(0.5).slice(0, 10)), [beaten]).better).toBe(true)
  })

  it('does not hide that the better of two losers loses', () => {
    const losing = realRun(trades(-0.2))
    const worse = comparePlacebo('jittered', trades(-0.2), seeded(-0.5))
    expect(verdictOf(20, losing, [worse]).sentence).toContain('still lose money')
  })

  it('is one sentence', () => {
    for (const verdict of [verdictOf(0, real, []), verdictOf(20, real, [beaten]), verdictOf(20, real, [unbeaten])])
      expect(verdict.sentence).toMatch(/^[A-Z][^\n]*\.$/)
  })
})
