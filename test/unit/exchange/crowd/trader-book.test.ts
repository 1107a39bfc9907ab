import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { crowdInstruments } from '../../../../src/exchange/crowd/instruments.ts'
import { createTraderBook, CROSS, ISOLATED, UNLEVERED } from '../../../../src/exchange/crowd/trader-book.ts'

const { lot, marginTiers } = crowdInstruments(['BTCUSDT'])[0]!
const newBook = () => createTraderBook(50_000, lot, marginTiers)

describe('trader book', () => {
  it('liquidates at the price itself and not a hair before', () => {
    const book = newBook()
    const long = book.add(1, ISOLATED, 50_000, 400, 10)
    const level = book.liquidation[long]!
    expect(level).toBeCloseTo(45_180.7229, 4)
    const rows: number[] = []
    book.liquidate(level * (1 + 1e-12), (row) => rows.push(row))
    expect(rows).toEqual([])
    expect(book.reached(level)).toBe(true)
    book.liquidate(level, (row) => rows.push(row))
    expect(rows).toEqual([long])
    expect(book.count()).toBe(0)
    expect(book.longLots()).toBe(0)
  })

  it('never liquidates cross and unlevered positions', () => {
    const book = newBook()
    book.add(1, CROSS, 50_000, 10, 1)
    book.add(-1, UNLEVERED, 50_000, 10, 1)
    expect(book.reached(1)).toBe(false)
    expect(book.reached(1e9)).toBe(false)
  })

  it('moves a long’s liquidation price away when margin is added, and towards the price when it is paid', () => {
    const book = newBook()
    const row = book.add(1, ISOLATED, 50_000, 400, 20)
    const before = book.liquidation[row]!
    book.addMargin(row, 500)
    expect(book.liquidation[row]).toBeCloseTo(46_435.743, 4)
    book.addMargin(row, -500 - 10)
    expect(book.liquidation[row]!).toBeGreaterThan(before)
  })

  const action = fc.record({
    kind: fc.constantFrom('add', 'remove', 'margin', 'mark'),
    long: fc.boolean(),
    arrangement: fc.constantFrom(ISOLATED, ISOLATED, CROSS),
    lots: fc.integer({ min: 1, max: 3_000 }),
    leverage: fc.integer({ min: 2, max: 75 }),
    price: fc.double({ min: 30_000, max: 80_000, noNaN: true }),
    pick: fc.nat(),
  })
  test.prop([fc.array(action, { maxLength: 120 })])('agrees with a plain list', (actions) => {
    const book = newBook()
    type Plain = { sign: number; lots: number; liquidation: number }
    let plain: Plain[] = []
    const key = (p: Plain): string => `${p.sign}:${p.lots}:${p.liquidation}`
    for (const a of actions) {
      const sign = a.long ? 1 : -1
      if (a.kind === 'add') {
        const row = book.add(sign, a.arrangement, a.price, a.lots, a.leverage)
        plain.push({ sign, lots: a.lots, liquidation: book.liquidation[row]! })
      } else if (a.kind === 'mark') {
        const crossed = (p: Plain): boolean => (p.liquidation - a.price) * p.sign >= 0
        const expected = plain.filter(crossed).map(key).sort()
        const actual: string[] = []
        const quiet = !book.reached(a.price)
        book.liquidate(a.price, (row) =>
          actual.push(key({ sign: book.sign[row]!, lots: book.lots[row]!, liquidation: book.liquidation[row]! })),
        )
        expect(actual.sort()).toEqual(expected)
        if (quiet) expect(expected).toEqual([])
        plain = plain.filter((p) => !crossed(p))
      } else if (book.count() > 0) {
        const row = a.pick % book.count()
        const current = { sign: book.sign[row]!, lots: book.lots[row]!, liquidation: book.liquidation[row]! }
        plain.splice(
          plain.findIndex((p) => key(p) === key(current)),
          1,
        )
        if (a.kind === 'remove') book.remove(row)
        else {
          if (book.kind[row] === ISOLATED) book.addMargin(row, book.initialMargin[row]! / 2)
          plain.push({ ...current, liquidation: book.liquidation[row]! })
        }
      }
      expect(book.count()).toBe(plain.length)
      const sum = (s: number): number => plain.filter((p) => p.sign === s).reduce((t, p) => t + p.lots, 0)
      expect([book.longLots(), book.shortLots()]).toEqual([sum(1), sum(-1)])
      expect(book.longAccounts()).toBe(plain.filter((p) => p.sign > 0).length)
    }
  })
})
