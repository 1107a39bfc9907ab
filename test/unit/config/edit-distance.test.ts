import { describe, expect, it } from 'vitest'
import { editDistance, nearestWord } from '../../../src/config/edit-distance.ts'

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['kitten', 'sitting', 3],
    ['leverage', 'levrage', 1],
    ['market', 'makret', 1],
    ['ab', 'ba', 1],
    ['abcdef', 'badcfe', 3],
  ])('%s to %s takes %i', (a, b, steps) => {
    expect(editDistance(a, b)).toBe(steps)
    expect(editDistance(b, a)).toBe(steps)
  })
})

describe('nearestWord', () => {
  it('finds the nearest, and the earlier one of two as near', () => {
    expect(nearestWord('papper', ['backtest', 'paper'])).toBe('paper')
    expect(nearestWord('xat', ['cat', 'bat'])).toBe('cat')
  })

  it('allows one slip in four letters, two in eight, three beyond', () => {
    expect(nearestWord('stip', ['stop'])).toBe('stop')
    expect(nearestWord('stii', ['stop'])).toBeUndefined()
    expect(nearestWord('leverxxe', ['leverage'])).toBe('leverage')
    expect(nearestWord('levexxxe', ['leverage'])).toBeUndefined()
    expect(nearestWord('max_opex_xrxde', ['max_open_trade'])).toBe('max_open_trade')
    expect(nearestWord('max_xpex_xrxde', ['max_open_trade'])).toBeUndefined()
  })

  it('does not turn one word wholly into another', () => {
    expect(nearestWord('x', ['r'])).toBeUndefined()
  })
})
