import { describe, expect, it } from 'vitest'
import type { Config } from '../../../src/config/schema.ts'
import type { OpenInterest, RatioKind } from '../../../src/domain/cluster.ts'
import type { Direction } from '../../../src/domain/side.ts'
import { sizeMultipliers, type MultiplierNote } from '../../../src/risk/size-multiplier.ts'
import { configWith, NOON, SATURDAY } from './scene.ts'

const open = configWith({ sizing: { multiplierMin: null, multiplierMax: null } }).sizing

interface Case {
  readonly totalUsd?: number | null
  readonly ratio?: number | null
  readonly ratioKind?: RatioKind
  readonly direction?: Direction
  readonly strength?: number | null
}

function multiply(of: Case, config: Config['sizing'] = open) {
  const notes: MultiplierNote[] = []
  const { totalUsd = 2e9, ratio = 1, ratioKind = 'account', direction = 'LONG', strength = 0.9 } = of
  const openInterest: OpenInterest = { asOf: NOON, totalUsd, longUsd: null, shortUsd: null, ratio, ratioKind }
  return { ...sizeMultipliers({ time: NOON, direction, strength, openInterest }, config, notes), notes }
}

describe('open interest multiplier', () => {
  it.each([
    [1e9, 0.5],
    [1e9 + 1, 1],
    [5e9, 1],
    [5e9 + 1, 1.5],
  ])('of %d is %d', (totalUsd, expected) => {
    expect(multiply({ totalUsd }).openInterest).toBe(expected)
  })

  it.each([null, Number.NaN, 0, Number.POSITIVE_INFINITY])('of %s counts as the lowest and is noted', (totalUsd) => {
    expect(multiply({ totalUsd }).openInterest).toBe(0.5)
    expect(multiply({ totalUsd }).notes).toEqual(['OPEN_INTEREST_MISSING'])
  })
})

describe('bias multiplier', () => {
  it.each<[Direction, number, number]>([
    ['SHORT', 1.2, 1],
    ['SHORT', 1.21, 1.2],
    ['SHORT', 0.5, 1],
    ['LONG', 0.8, 1],
    ['LONG', 0.79, 1.2],
    ['LONG', 2, 1],
  ])('of a %s at %d is %d', (direction, ratio, expected) => {
    expect(multiply({ direction, ratio }).bias).toBe(expected)
  })

  it.each<[RatioKind, number, readonly MultiplierNote[]]>([
    ['account', 1.2, []],
    ['top_position', 1.2, []],
    ['book_imbalance', 1, ['RATIO_NOT_OF_POSITIONS']],
    ['taker', 1, ['RATIO_NOT_OF_POSITIONS']],
    ['unknown', 1, ['RATIO_NOT_OF_POSITIONS']],
  ])('uses a ratio of kind %s as %d', (ratioKind, expected, notes) => {
    const result = multiply({ direction: 'SHORT', ratio: 1.5, ratioKind })
    expect(result.bias).toBe(expected)
    expect(result.notes).toEqual(notes)
  })

  it('uses any ratio when told to', () => {
    const config = { ...open, positionRatioOnly: false }
    expect(multiply({ direction: 'SHORT', ratio: 1.5, ratioKind: 'book_imbalance' }, config).bias).toBe(1.2)
  })

  it.each([null, Number.NaN, 0])('of a missing ratio (%s) is neutral and noted', (ratio) => {
    expect(multiply({ ratio }).bias).toBe(1)
    expect(multiply({ ratio }).notes).toEqual(['RATIO_MISSING'])
  })
})

describe('strength multiplier', () => {
  it.each([
    [0.7, 1],
    [0.69, 0.75],
    [0.5, 0.75],
    [null, 1],
  ])('of %s is %d', (strength, expected) => {
    expect(multiply({ strength }).strength).toBe(expected)
  })

  it('is neutral when switched off', () => {
    expect(multiply({ strength: 0.5 }, { ...open, useStrength: false }).strength).toBe(1)
  })
})

describe('the product', () => {
  it('is clipped where bounds are set, and noted', () => {
    const clipped = { ...open, multiplierMin: 0.4, multiplierMax: 1 }
    expect(multiply({ totalUsd: 6e9 }, clipped)).toMatchObject({ combined: 1, notes: ['MULTIPLIER_CLIPPED'] })
    expect(multiply({ totalUsd: 5e8, strength: 0.5 }, clipped)).toMatchObject({
      combined: 0.4,
      notes: ['MULTIPLIER_CLIPPED'],
    })
    expect(multiply({}, clipped)).toMatchObject({ combined: 1, notes: [] })
  })

  it('notes both figures when there is no open interest at all', () => {
    const notes: MultiplierNote[] = []
    const none = { time: NOON, direction: 'LONG', strength: 0.9, openInterest: null } as const
    expect(sizeMultipliers(none, open, notes).combined).toBe(0.5)
    expect(notes).toEqual(['OPEN_INTEREST_MISSING', 'RATIO_MISSING'])
  })

  it('leaves the weekend apart', () => {
    const notes: MultiplierNote[] = []
    const saturday = { time: SATURDAY, direction: 'LONG', strength: 0.9, openInterest: null } as const
    expect(sizeMultipliers(saturday, open, notes)).toMatchObject({ combined: 0.5, weekend: 0.5 })
    expect(notes).toContain('WEEKEND')
    expect(sizeMultipliers(saturday, { ...open, weekendRatio: 1 }, []).weekend).toBe(1)
  })
})
