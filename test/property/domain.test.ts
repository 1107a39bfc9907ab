import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Dec, isMultipleOf } from '../../src/domain/decimal.ts'
import { clientOrderId, parseClientOrderId } from '../../src/domain/id.ts'
import { applyFill, FLAT, type PositionBook } from '../../src/domain/portfolio.ts'
import { fundingAtOrBefore, isoTime, isWeekend, nextFunding, parseDuration, utcDay } from '../../src/domain/time.ts'
import { epochMs, price, quantity } from '../../src/domain/unit.ts'

describe('order ids', () => {
  const parts = fc.record({
    strategy: fc.integer({ min: 0, max: 36 ** 2 - 1 }),
    epoch: fc.integer({ min: 0, max: 36 ** 3 - 1 }),
    intent: fc.integer({ min: 0, max: 2 ** 40 }),
    leg: fc.constantFrom('entry', 'stop', 'target', 'exit' as const),
    revision: fc.integer({ min: 0, max: 36 ** 3 - 1 }),
  })

  it('say what they were made of, in 18 lowercase alphanumerics that do not start with "t"', () => {
    fc.assert(
      fc.property(parts, (p) => {
        const id = clientOrderId(p)
        expect(id).toMatch(/^[a-su-z][0-9a-z]{17}$/)
        expect(parseClientOrderId(id)).toEqual(p)
      }),
    )
  })

  it.each(['', 'autoclose-123', 'x-abc', 'l00', 'L0000100000000e000', 'l0000100000000q000'])(
    'of others are foreign: "%s"',
    (id) => {
      expect(parseClientOrderId(id)).toBeUndefined()
    },
  )

  it.each([{ strategy: 36 ** 2 }, { epoch: -1 }, { intent: 36 ** 8 }, { revision: 36 ** 3 }])(
    'out of range crash: %o',
    (wrong) => {
      expect(() => clientOrderId({ strategy: 0, epoch: 0, intent: 0, leg: 'entry', revision: 0, ...wrong })).toThrow(
        RangeError,
      )
    },
  )
})

describe('time', () => {
  const instant = fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) })

  it('is written as Date writes it, without asking Date', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        expect(isoTime(epochMs(ms))).toBe(new Date(ms).toISOString())
      }),
    )
  })

  it('knows weekends and days as Date does', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        expect(isWeekend(epochMs(ms))).toBe([0, 6].includes(new Date(ms).getUTCDay()))
        expect(new Date(utcDay(epochMs(ms))).toISOString()).toBe(
          `${new Date(ms).toISOString().slice(0, 10)}T00:00:00.000Z`,
        )
      }),
    )
  })

  it('settles funding at 00, 08 and 16 UTC', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const [before, after] = [fundingAtOrBefore(epochMs(ms)), nextFunding(epochMs(ms))]
        expect([0, 8, 16]).toContain(new Date(before).getUTCHours())
        expect(before <= ms && ms < after && after - before === 8 * 3_600_000).toBe(true)
      }),
    )
  })

  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['', undefined],
    ['5', undefined],
    ['-5m', undefined],
    ['5 m', undefined],
  ])('reads "%s"', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })
})

describe('a multiple of a step', () => {
  const steps = ['1', '0.1', '0.01', '0.001', '10', '1000', '0.5', '0.25', '5', '0.00001']

  it('is found the quick way as the slow way finds it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...steps),
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 0, max: 7 }),
        (step, digits, places) => {
          const value = new Dec(digits).div(new Dec(10).pow(places))
          expect(isMultipleOf(value, new Dec(step))).toBe(value.mod(step).isZero())
        },
      ),
    )
  })
})

describe('a position book', () => {
  const fill = fc.record({
    side: fc.constantFrom('buy', 'sell' as const),
    price: fc.integer({ min: 1, max: 1_000 }),
    quantity: fc.integer({ min: 1, max: 50 }),
  })

  it('realises exactly what came in less what went out once it is flat', () => {
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 20 }), (fills) => {
        let book: PositionBook = FLAT
        let realised = new Dec(0)
        let cash = new Dec(0)
        const take = (side: 'buy' | 'sell', at: number, units: number): void => {
          const result = applyFill(book, side, price(at), quantity(units))
          book = result.book
          realised = realised.plus(result.realised)
          cash = cash.plus(new Dec(at).times(units).times(side === 'buy' ? -1 : 1))
        }
        for (const f of fills) take(f.side, f.price, f.quantity)
        const rest = book.signed.toNumber()
        if (rest !== 0) take(rest > 0 ? 'sell' : 'buy', 500, Math.abs(rest))
        expect(book).toEqual(FLAT)
        expect(realised.minus(cash).abs().lt('1e-15')).toBe(true)
      }),
    )
  })

  it('averages what is added and keeps the entry of what is left', () => {
    const one = applyFill(FLAT, 'buy', price(100), quantity(1)).book
    const two = applyFill(one, 'buy', price(110), quantity(3)).book
    expect([two.signed.toString(), two.entryPrice.toString()]).toEqual(['4', '107.5'])
    const { book, realised } = applyFill(two, 'sell', price(117.5), quantity(1))
    expect([book.signed.toString(), book.entryPrice.toString(), realised.toString()]).toEqual(['3', '107.5', '10'])
    const flipped = applyFill(book, 'sell', price(100), quantity(5))
    expect([flipped.book.signed.toString(), flipped.book.entryPrice.toString(), flipped.realised.toString()]).toEqual([
      '-2',
      '100',
      '-22.5',
    ])
  })
})
