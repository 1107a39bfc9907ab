import { describe, expect, it } from 'vitest'
import { createDrawnBook, LEVELS } from '../../../../../src/exchange/protocol/binance-usdm/market-data/drawn-book.ts'
import { createForcedQueue } from '../../../../../src/exchange/protocol/binance-usdm/market-data/forced-queue.ts'
import {
  createSettlementStore,
  SETTLEMENTS_KEPT,
} from '../../../../../src/exchange/protocol/binance-usdm/market-data/settlements.ts'
import {
  createTradeStore,
  TRADES_KEPT,
} from '../../../../../src/exchange/protocol/binance-usdm/market-data/trade-store.ts'
import { createTradedQueue } from '../../../../../src/exchange/protocol/binance-usdm/market-data/traded.ts'
import { BTC } from '../../fixture.ts'

describe('what is kept', () => {
  it('of trades are the latest, in order, their numbers running on', () => {
    const store = createTradeStore()
    expect([store.all(), store.last()]).toEqual([[], undefined])
    const count = 3 * TRADES_KEPT + 7
    for (let i = 1; i <= count; i += 1) store.add(i, 100 + i, 1, false)
    const ids = store.all().map((trade) => trade.id)
    expect(ids).toEqual(Array.from({ length: TRADES_KEPT }, (_, i) => count - TRADES_KEPT + 1 + i))
    expect(store.last()).toMatchObject({ id: count, price: 100 + count })
  })

  it('of settlements are the latest, those ahead of now not shown', () => {
    const store = createSettlementStore()
    const count = 5 * SETTLEMENTS_KEPT
    for (let i = 0; i < count; i += 1) store.add({ time: i, rate: i, mark: 1 })
    const shown = store.until(count - 3)
    expect(shown.length).toBeGreaterThanOrEqual(SETTLEMENTS_KEPT - 2)
    expect(shown.length).toBeLessThanOrEqual(2 * SETTLEMENTS_KEPT)
    expect(shown.at(-1)?.time).toBe(count - 3)
    expect(store.last(count - 3)?.rate).toBe(count - 3)
    expect(store.last(-1)).toBeUndefined()
  })

  it('of readings ahead is what has not been used, each for exactly its time', () => {
    const queue = createTradedQueue()
    const reading = (volume: number): { volume: number; turnover: number; takerBuyVolume: number } => ({
      volume,
      turnover: 10 * volume,
      takerBuyVolume: volume / 2,
    })
    for (const time of [1, 2, 4]) queue.add(time, reading(time))
    expect(queue.take(0)).toBeUndefined()
    expect(queue.take(2)).toEqual(reading(2))
    expect(queue.take(2)).toBeUndefined()
    expect(queue.take(3)).toBeUndefined()
    expect(queue.take(4)).toEqual(reading(4))
    // Nobody takes: the oldest give way.
    for (let time = 10; time < 10_000; time += 1) queue.add(time, reading(time))
    expect(queue.take(10)).toBeUndefined()
    expect(queue.take(9_999)).toEqual(reading(9_999))
  })

  it('of forced orders is the largest of each instant until it is due', () => {
    const queue = createForcedQueue()
    queue.add({ time: 1, side: 'sell', quantity: 2, price: 100 })
    queue.add({ time: 1, side: 'buy', quantity: 5, price: 101 })
    queue.add({ time: 1, side: 'sell', quantity: 3, price: 99 })
    queue.add({ time: 3, side: 'sell', quantity: 1, price: 98 })
    expect(queue.take(2)).toMatchObject({ side: 'buy', quantity: 5 })
    expect(queue.take(2)).toBeUndefined()
    expect(queue.take(3)).toMatchObject({ quantity: 1 })
  })
})

describe('the drawn book', () => {
  const apply = (book: Map<number, number>, changes: readonly (readonly [number, number])[]): void => {
    for (const [price, quantity] of changes) {
      if (quantity === 0) book.delete(price)
      else book.set(price, quantity)
    }
  }

  it('followed by its changes is the book, whatever way the price goes', () => {
    const book = createDrawnBook(BTC, 0.0001, 2)
    const bids = new Map<number, number>()
    const asks = new Map<number, number>()
    for (const bid of [50_000, 50_000, 50_000.3, 49_990, 50_090.1, 60_000, 150, 20, 50_000]) {
      book.update(bid, bid, bid + 0.1)
      apply(bids, book.changes().bids)
      apply(asks, book.changes().asks)
      const top = book.top(LEVELS)
      expect([...bids].toSorted((a, b) => b[0] - a[0])).toEqual(top.bids)
      expect([...asks].toSorted((a, b) => a[0] - b[0])).toEqual(top.asks)
      expect(top.asks).toHaveLength(LEVELS)
      expect(top.bids).toHaveLength(bid === 20 ? 200 : LEVELS)
    }
  })

  it('holds about what it is told to, in whole lots, and never nothing', () => {
    const book = createDrawnBook(BTC, 0.0001, 2)
    book.update(50_000, Number.NaN, Number.NaN)
    const { bids, asks } = book.top(LEVELS)
    expect([bids[0]![0], asks[0]![0]]).toEqual([49_995, 50_005])
    const quantities = [...bids, ...asks].map(([, quantity]) => quantity)
    expect(quantities.reduce((a, b) => a + b, 0) / quantities.length).toBeCloseTo(2, 0)
    expect(Math.min(...quantities)).toBeGreaterThan(0)
  })
})
