import { describe, expect, it } from 'vitest'
import { ZERO } from '../../../src/domain/decimal.ts'
import { price, quantity } from '../../../src/domain/unit.ts'
import { applyToPosition, entryPriceOf, flatPosition, isolatedMargin } from '../../../src/exchange/position.ts'

function after(...fills: readonly (readonly [1 | -1, number, string])[]) {
  const position = flatPosition()
  const applied = fills.map(([sign, at, size]) => applyToPosition(position, sign, price(at), quantity(size)))
  return {
    position,
    realised: applied.map((each) => each.realised.toString()),
    opened: applied.map((each) => each.opened.toString()),
  }
}

describe('a position', () => {
  it('averages what is added', () => {
    const { position, realised } = after([1, 100, '1'], [1, 130, '2'])
    expect([position.signed, position.cost, entryPriceOf(position)].map(String)).toEqual(['3', '360', '120'])
    expect(realised).toEqual(['0', '0'])
  })

  it('realises what is closed, on both sides', () => {
    expect(after([1, 100, '2'], [-1, 110, '0.5']).realised[1]).toBe('5')
    expect(after([-1, 100, '2'], [1, 110, '0.5']).realised[1]).toBe('-5')
  })

  it('turns over: the rest opens at the price of the fill', () => {
    const { position, realised, opened } = after([1, 100, '1'], [-1, 90, '3'])
    expect([position.signed, position.cost].map(String)).toEqual(['-2', '180'])
    expect([realised[1], opened[1]]).toEqual(['-10', '2'])
  })

  it('leaves no rounding remainder after exits in thirds', () => {
    // cost 1,000.1 for 3: a third is no finite decimal
    const { position, realised } = after(
      [1, 333.3, '1'],
      [1, 333.4, '2'],
      [-1, 340, '1'],
      [-1, 340, '1'],
      [-1, 340, '1'],
    )
    expect(
      realised
        .slice(2)
        .reduce((sum, each) => sum.plus(each), ZERO)
        .toString(),
    ).toBe('19.9') // 1,020 − 1,000.1
    expect([position.signed, position.cost, position.funding].map(String)).toEqual(['0', '0', '0'])
  })

  it('has its initial margin and the funding settled on it behind it, less what is closed', () => {
    const { position } = after([1, 100, '2'])
    position.funding = price('-3')
    expect(isolatedMargin(position, 10).toString()).toBe('17')
    applyToPosition(position, -1, price(100), quantity('0.5'))
    expect(isolatedMargin(position, 10).toString()).toBe('12.75')
    applyToPosition(position, -1, price(100), quantity('1.5'))
    applyToPosition(position, 1, price(100), quantity('1'))
    expect(isolatedMargin(position, 10).toString()).toBe('10')
  })
})
