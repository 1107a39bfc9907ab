import { describe, expect, it } from 'vitest'
import {
  createAnchoringDetector,
  isMergedSides,
  projectedFromOnePrice,
  type TierLevel,
} from '../../../src/heatmap/anchoring.ts'

const tiers = [100, 50, 25, 10, 5]
const pure = (price: number): readonly TierLevel[] =>
  tiers.flatMap((leverage): readonly TierLevel[] => [
    { side: 'long', leverage, priceMode: price * (1 - 1 / leverage) },
    { side: 'short', leverage, priceMode: price * (1 + 1 / leverage) },
  ])
/** Long and short level of a tier averaged with a long share of 55 %. */
const merged = (price: number): readonly TierLevel[] =>
  tiers.map((leverage) => ({ side: 'long', leverage, priceMode: price * (1 - 0.1 / leverage) }))
const fixed: readonly TierLevel[] = [
  { side: 'long', leverage: 50, priceMode: 97.1 },
  { side: 'short', leverage: 50, priceMode: 103.3 },
  { side: 'long', leverage: 25, priceMode: 94.4 },
]
/** Prices that move by 0.1 % and back. */
const path = (polls: number): readonly number[] => Array.from({ length: polls }, (_, i) => 100 + 0.1 * (i % 2))

describe('one response', () => {
  it.each([
    ['pure projections', pure(100), true],
    ['merges alone', merged(100), false],
    ['one tier alone', pure(100).slice(0, 1), false],
    ['levels of different entries', fixed, false],
    ['no tiers', pure(100).map((l) => ({ ...l, leverage: null })), false],
    [
      'a map of entries in which two levels agree by chance',
      [...pure(100), { ...pure(100)[0]!, priceMode: pure(93)[0]!.priceMode }],
      false,
    ],
    ['the same tier twice', [pure(100)[0]!, pure(100)[0]!], false],
    ['projections of a price 0.6 % away', pure(100.6), false],
    ['projections of a price 0.4 % away', pure(100.4), true],
  ])('%s', (_, levels, expected) => {
    expect(projectedFromOnePrice(levels, 100)).toBe(expected)
  })

  it.each([
    [0.9, true],
    [1.1, false],
  ])('allows origins to differ by %d bp: %s', (bp, expected) => {
    const [a, b] = [pure(100)[0]!, pure(100 * (1 + bp * 1e-4))[2]!]
    expect(projectedFromOnePrice([a, b], 100)).toBe(expected)
  })
})

describe('across polls', () => {
  const verdictAfter = (polls: number, levels: (price: number) => readonly TierLevel[], asserted = false): string => {
    const detector = createAnchoringDetector(asserted)
    for (const price of path(polls)) detector.observe(levels(price), price)
    return detector.verdict
  }

  it('finds merged levels that follow the price, from 20 values on', () => {
    // Five values a poll after the first.
    expect(verdictAfter(4, merged)).toBe('undetermined')
    expect(verdictAfter(5, merged)).toBe('spot_anchored')
  })

  it('finds that levels stand still', () => {
    expect(verdictAfter(7, () => fixed)).toBe('undetermined')
    expect(verdictAfter(8, () => fixed)).toBe('absolute')
  })

  it.each([
    [0.79, 'undetermined'],
    [0.81, 'spot_anchored'],
    [1.19, 'spot_anchored'],
    [1.21, 'undetermined'],
    [0.19, 'absolute'],
    [0.21, 'undetermined'],
    [-0.19, 'absolute'],
    [-0.21, 'undetermined'],
  ])('a response of %d is %s', (response, expected) => {
    expect(
      verdictAfter(30, (price) => [{ side: 'long', leverage: 50, priceMode: 97 * (price / 100) ** response }]),
    ).toBe(expected)
  })

  it('looks at moves of a basis point and more only', () => {
    const detector = createAnchoringDetector(false)
    for (let i = 0; i < 40; i++) detector.observe(merged(100 + 0.0099 * (i % 2)), 100 + 0.0099 * (i % 2))
    expect(detector.verdict).toBe('undetermined')
    expect(detector.response).toBeNaN()
  })

  it('does not follow a tier with several levels', () => {
    expect(
      verdictAfter(60, (price) => [
        { side: 'long', leverage: 50, priceMode: 90 },
        { side: 'long', leverage: 50, priceMode: price - 5 },
      ]),
    ).toBe('undetermined')
  })

  it('uses the median: a jump now and then changes nothing', () => {
    let polls = 0
    expect(
      verdictAfter(30, (price) => [{ side: 'long', leverage: 50, priceMode: polls++ % 10 === 0 ? 80 : price * 0.99 }]),
    ).toBe('spot_anchored')
  })

  it('never takes a detection back', () => {
    const detector = createAnchoringDetector(false)
    detector.observe(pure(100), 100)
    for (const price of path(300)) detector.observe(fixed, price)
    expect(detector.verdict).toBe('spot_anchored')
  })

  it('lets the operator lift doubt, but no detection', () => {
    expect(verdictAfter(2, () => fixed, true)).toBe('absolute')
    expect(verdictAfter(30, (price) => [{ side: 'long', leverage: 50, priceMode: price ** 0.5 }], true)).toBe(
      'absolute',
    )
    expect(verdictAfter(30, merged, true)).toBe('spot_anchored')
  })
})

describe('merged sides', () => {
  it.each([
    [2.19, false],
    [2.21, true],
    [1.81, false],
    [1.79, true],
  ])('a 50x level %d %% away', (distance, expected) => {
    expect(isMergedSides({ side: 'long', leverage: 50, priceMode: 100 - distance }, 100)).toBe(expected)
  })

  it('cannot be ruled out without a tier', () => {
    expect(isMergedSides({ side: 'long', leverage: null, priceMode: 98 }, 100)).toBe(true)
  })
})
