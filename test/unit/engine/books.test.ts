import { describe, expect, test } from 'vitest'
import { money, price, quantity } from '../../../src/domain/unit.ts'
import { createBooks } from '../../../src/engine/books.ts'
import { listInstrument } from '../../../src/exchange/listing.ts'

const BTC = listInstrument('BTCUSDT', 0, Number.NaN)
const ETH = listInstrument('ETHUSDT', 1, Number.NaN)

describe('books', () => {
  test('a round trip: wallet, fees, realised result, equity in between', () => {
    const books = createBooks(money(1_000), [BTC, ETH])
    books.fill(BTC, 'buy', price(100), quantity(2), money('0.1'))
    expect(books.wallet.toString()).toBe('999.9')
    expect(books.equity()).toBeCloseTo(999.9, 12)
    books.mark(BTC, 110)
    expect(books.equity()).toBeCloseTo(1_019.9, 12)
    expect(books.signedNotional(BTC)).toBe(220)
    expect(books.exposed).toBe(true)
    books.fill(BTC, 'sell', price(105), quantity('0.5'), money('0.1'))
    expect(books.realised.toString()).toBe('2.5')
    books.fill(BTC, 'sell', price(90), quantity('1.5'), money('0.1'))
    expect(books.realised.toString()).toBe('-12.5')
    expect(books.fees.toString()).toBe('0.3')
    expect(books.wallet.toString()).toBe('987.2')
    expect(books.exposed).toBe(false)
    expect(books.equity()).toBeCloseTo(987.2, 12)
  })

  test('several positions: gross and equity over all of them', () => {
    const books = createBooks(money(1_000), [BTC, ETH])
    books.fill(BTC, 'buy', price(100), quantity(1), money(0))
    books.fill(ETH, 'sell', price(50), quantity(4), money(0))
    books.mark(BTC, 90)
    books.mark(ETH, 40)
    expect(books.grossNotional()).toBe(90 + 160)
    expect(books.signedNotional(ETH)).toBe(-160)
    expect(books.equity()).toBe(1_000 - 10 + 40)
    books.fill(BTC, 'sell', price(90), quantity(1), money(0))
    expect(books.exposed).toBe(true)
    books.fill(ETH, 'buy', price(40), quantity(4), money(0))
    expect(books.exposed).toBe(false)
  })

  test('funding moves the wallet and is kept apart', () => {
    const books = createBooks(money(1_000), [BTC])
    books.pay(money('-1.25'))
    books.pay(money('0.5'))
    expect(books.funding.toString()).toBe('-0.75')
    expect(books.wallet.toString()).toBe('999.25')
    expect(books.realised.isZero()).toBe(true)
  })
})
