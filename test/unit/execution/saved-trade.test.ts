import { describe, expect, test } from 'vitest'
import {
  restoreOrder,
  restoreTrade,
  saveOrder,
  saveTrade,
  type SavedOrder,
  type SavedTrade,
} from '../../../src/execution/saved-trade.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { KIND } from '../../simulation/mischief.ts'
import { at, begun, opened } from '../../simulation/scene.ts'

/** Over JSON, as the journal has it. */
const over = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('a trade', () => {
  test('is the same after it was saved, in every life it can have', () => {
    const world = begun({ share: () => 0.4 }, { file: { entry: { order_type: 'limit', limit_timeout_secs: 30 } } })
    let compared = 0
    world.observe = () => {
      const { trade } = world.engine.states[0]!
      if (!trade) return
      const again = restoreTrade(over<SavedTrade>(saveTrade(trade)), BTC)
      expect(over(saveTrade(again))).toEqual(over(saveTrade(trade)))
      expect(again.position.eq(trade.position)).toBe(true)
      expect(again.instrument).toBe(BTC)
      compared++
    }
    world.enter()
    for (let second = 2; second < 8; second++) {
      world.run(at(second))
      world.price(BTC, 50_000)
    }
    world.venue.mischief = KIND
    world.price(BTC, 51_100)
    world.run(at(9))
    expect(world.trades).toHaveLength(1)
    expect(compared).toBeGreaterThan(20)
  })

  test('a size that does not exist comes back as such', () => {
    const trade = opened().engine.states[0]!.trade!
    expect(restoreTrade(over<SavedTrade>(saveTrade(trade)), BTC).targetSize).toBeNaN()
  })

  test('a figure that is none throws', () => {
    const saved = over<SavedTrade>(saveTrade(opened().engine.states[0]!.trade!))
    expect(() => restoreTrade({ ...saved, position: 'much' }, BTC)).toThrow()
  })
})

describe('an order', () => {
  test('keeps request, fills and state; what was asked of the venue is forgotten', () => {
    const world = opened()
    for (const order of world.engine.orders.values()) {
      order.absences = 2
      order.asks = 7
      order.cancelAsked = true
      const again = restoreOrder(over<SavedOrder>(saveOrder(order)), BTC)
      const { lastAbsence, seenAt, checkedAt } = again
      expect(again).toEqual({ ...order, absences: 0, asks: 0, lastAbsence, seenAt, checkedAt })
      expect(Math.max(lastAbsence, seenAt, checkedAt)).toBeLessThan(0)
    }
    expect(world.engine.orders.size).toBe(2)
  })
})
