import { describe, expect, it } from 'vitest'
import { createIdentity } from '../../../src/heatmap/identity.ts'
import { keyedInteger, keyedUniform } from '../../../src/heatmap/keyed-draw.ts'
import { createJitter, createMirror } from '../../../src/heatmap/placebo.ts'
import { level, snapshot } from './build.ts'

describe('mirror', () => {
  it('puts a cluster at the same logarithmic distance on the other side', () => {
    const [mirrored] = createMirror()(snapshot([level('long', 80, 80, { id: 'a', parentIds: ['p'] })]), 100, 1).levels
    expect(mirrored).toMatchObject({
      id: 'mirror:a',
      parentIds: ['mirror:p'],
      side: 'short',
      priceLow: 125,
      priceMode: 125,
      priceHigh: 125,
      mass: 100,
      strength: 0.6,
    })
  })

  it('turns a zone over', () => {
    const [mirrored] = createMirror()(snapshot([level('short', 125, 200, { priceMode: 160 })]), 100, 1).levels
    expect(mirrored).toMatchObject({ side: 'long', priceLow: 50, priceMode: 62.5, priceHigh: 80 })
  })

  it('keeps the axis of a cluster’s birth, whatever the price does later', () => {
    const mirror = createMirror()
    mirror(snapshot([level('long', 80, 80)]), 100, 1)
    expect(mirror(snapshot([level('long', 80, 80)]), 110, 1).levels[0]?.priceMode).toBe(125)
    expect(mirror(snapshot([level('long', 50, 50, { id: 'long-80' })]), 110, 1).levels[0]?.priceMode).toBe(200)
  })

  it('drops levels that the price has passed', () => {
    const mirror = createMirror()
    mirror(snapshot([level('long', 80, 80)]), 100, 1)
    expect(mirror(snapshot([level('long', 80, 80)]), 125, 1).levels).toEqual([])
    expect(mirror(snapshot([level('long', 80, 80)]), 124.9, 1).levels).toHaveLength(1)
  })

  it('names its source and keeps the canonical order', () => {
    const out = createMirror()(
      snapshot([level('long', 80, 80), level('long', 90, 90), level('short', 120, 120)]),
      100,
      1,
    )
    expect(out.source).toBe('mirror:estimator@1')
    expect(out.levels.map(({ side }) => side)).toEqual(['long', 'short', 'short'])
    expect(out.levels[1]!.priceMode).toBeLessThan(out.levels[2]!.priceMode)
  })

  it('waits for a price', () => {
    const mirror = createMirror()
    expect(mirror(snapshot([level('long', 80, 80)]), Number.NaN, 1).levels).toEqual([])
    expect(mirror(snapshot([level('long', 80, 80)]), 100, 1).levels).toHaveLength(1)
  })

  it('follows levels without ids by matching', () => {
    const mirror = createMirror(createIdentity('match', 0.1))
    const bare = (price: number) => level('long', price, price, { id: null })
    const [first] = mirror(snapshot([bare(80)]), 100, 10).levels
    const [second] = mirror(snapshot([bare(80.1)]), 105, 10).levels
    expect(second?.id).toBe(first?.id)
    expect(second?.priceMode).toBeCloseTo(10_000 / 80.1, 9)
  })
})

describe('jitter', () => {
  const far = (id: string) => level('long', 50, 50, { id })
  const shiftOf = (seed: number, id: string): number | undefined => {
    const [moved] = createJitter(seed)(snapshot([far(id)]), 100, 2).levels
    return moved && moved.priceMode - 50
  }

  it('shifts by 0.5 to 1.5 ATR, both ways, differently for each cluster', () => {
    const shifts = Array.from({ length: 400 }, (_, i) => shiftOf(1, `c${i}`)!)
    const sizes = shifts.map(Math.abs)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...sizes)).toBeLessThan(3)
    expect(sizes.reduce((a, b) => a + b) / 400).toBeCloseTo(2, 0)
    const up = shifts.filter((s) => s > 0).length
    expect(up).toBeGreaterThan(150)
    expect(up).toBeLessThan(250)
    expect(new Set(shifts).size).toBe(400)
  })

  it('depends on seed and id alone', () => {
    expect(shiftOf(1, 'a')).toBe(shiftOf(1, 'a'))
    expect(shiftOf(1, 'a')).not.toBe(shiftOf(2, 'a'))
  })

  it('keeps the offset of birth', () => {
    const jitter = createJitter(1)
    const [first] = jitter(snapshot([far('a')]), 100, 2).levels
    const [second] = jitter(snapshot([far('a')]), 90, 20).levels
    expect(second?.priceMode).toBe(first?.priceMode)
  })

  it('drops for good what lands on the wrong side at birth', () => {
    const ids = Array.from({ length: 40 }, (_, i) => `c${i}`)
    const jitter = createJitter(1)
    const near = snapshot(ids.map((id) => level('long', 99, 99, { id })))
    const kept = jitter(near, 100, 4).levels.map(({ id }) => id)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(40)
    expect(jitter(near, 200, 4).levels.map(({ id }) => id)).toEqual(kept)
  })

  it('waits for an ATR', () => {
    const jitter = createJitter(1)
    expect(jitter(snapshot([far('a')]), 100, Number.NaN).levels).toEqual([])
    expect(jitter(snapshot([far('a')]), 100, 2).levels).toHaveLength(1)
  })
})

describe('keyed draws', () => {
  it('are integers below 2^53 and fractions below 1', () => {
    for (let i = 0; i < 1_000; i++) {
      const value = keyedInteger(7, `k${i}`)
      expect(Number.isSafeInteger(value) && value >= 0).toBe(true)
      expect(keyedUniform(7, `k${i}`)).toBe(value / 2 ** 53)
    }
  })

  it('spread evenly', () => {
    const tenths = Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(keyedUniform(3, `long:${i}`) * 10)]!++
    // 9 degrees of freedom, 99.9 % quantile.
    expect(tenths.reduce((sum, n) => sum + (n - 1_000) ** 2 / 1_000, 0)).toBeLessThan(27.9)
  })
})
