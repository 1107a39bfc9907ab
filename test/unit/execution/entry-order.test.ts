import { describe, expect, test } from 'vitest'
import { entryOrder } from '../../../src/execution/entry-order.ts'
import { bracket } from './bracket-scene.ts'

describe('entry order', () => {
  // 1000 × 1.0051 = 1005.1; a mark of 1000.04 puts the collar between two ticks.
  test.each([
    ['LONG', 1_000, '1005.1'],
    ['LONG', 1_000.04, '1005.1'],
    ['SHORT', 1_000, '994.9'],
    ['SHORT', 1_000.04, '995'],
  ] as const)('%s immediate at a mark of %d: limit %s, rounded towards the mark', (direction, mark, limit) => {
    const order = entryOrder(bracket(direction).trade, mark, { orderType: 'ioc', collarRatio: 0.0051 })
    expect(order).toMatchObject({ type: 'limit', timeInForce: 'IOC', reduceOnly: false, leg: 'entry', leverage: 5 })
    expect(order.side).toBe(direction === 'LONG' ? 'buy' : 'sell')
    expect(order.price?.toString()).toBe(limit)
  })

  test('a resting entry stands at the signal’s price wherever the mark is', () => {
    const order = entryOrder(bracket('LONG').trade, 1_003, { orderType: 'limit', collarRatio: 0.005 })
    expect(order.timeInForce).toBe('GTC')
    expect(order.price?.toString()).toBe('1000')
  })
})
