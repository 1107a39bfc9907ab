import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dec, ZERO } from '../../../src/domain/decimal.ts'
import { applyFill, FLAT, type PositionBook } from '../../../src/domain/portfolio.ts'
import type { OrderSide } from '../../../src/domain/side.ts'
import { price, quantity } from '../../../src/domain/unit.ts'

function after(...fills: readonly (readonly [OrderSide, number, number])[]): {
  book: PositionBook
  realised: string[]
} {
  let book = FLAT
  const realised: string[] = []
  for (const [side, at, units] of fills) {
    const result = applyFill(book, side, price(at), quantity(units))
    book = result.book
    realised.push(result.realised.toString())
  }
  return { book, realised }
}

describe('position book', () => {
  test('averages what is added', () => {
    const { book, realised } = after(['buy', 100, 1], ['buy', 130, 2])
    expect(book.signed.toString()).toBe('3')
    expect(book.entryPrice.toString()).toBe('120')
    expect(realised).toEqual(['0', '0'])
  })

  test('realises what is closed and keeps the entry of the rest', () => {
    const { book, realised } = after(['sell', 100, 3], ['buy', 90, 1])
    expect(book.signed.toString()).toBe('-2')
    expect(book.entryPrice.toString()).toBe('100')
    expect(realised[1]).toBe('10')
  })

  test('closed to nothing it is flat', () => {
    expect(after(['buy', 100, 1], ['sell', 90, 1])).toEqual({ book: FLAT, realised: ['0', '-10'] })
  })

  test('a fill beyond zero turns it over at the fill’s price', () => {
    const { book, realised } = after(['buy', 100, 1], ['sell', 110, 3])
    expect(book.signed.toString()).toBe('-2')
    expect(book.entryPrice.toString()).toBe('110')
    expect(realised[1]).toBe('10')
  })

  test('realised plus open result is the money that went in and out', () => {
    const fill = fc.tuple(
      fc.constantFrom<OrderSide>('buy', 'sell'),
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 50 }),
    )
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 20 }), fc.integer({ min: 1, max: 1_000 }), (fills, mark) => {
        const { book, realised } = after(...fills)
        let cash = ZERO
        for (const [side, at, units] of fills) cash = cash.plus(new Dec(at).times(units).times(side === 'buy' ? -1 : 1))
        const open = book.signed.times(new Dec(mark).minus(book.entryPrice))
        const total = realised.reduce((sum, r) => sum.plus(r), open)
        expect(
          total
            .minus(cash.plus(book.signed.times(mark)))
            .abs()
            .lt(1e-15),
        ).toBe(true)
      }),
    )
  })
})
