import { describe, expect, it } from 'vitest'
import { createSessionLog } from '../../../src/app/session-log.ts'
import type { TradeNote } from '../../../src/domain/effect.ts'
import { epochMs, money, price, quantity } from '../../../src/domain/unit.ts'

const noteOf = (id: string, pnl: number, rMultiple: number): TradeNote => ({
  kind: 'trade',
  trade: {
    id,
    symbol: 'BTCUSDT',
    strategy: 'ema_cross',
    direction: 'LONG',
    entryTime: epochMs(0),
    entryPrice: price(100),
    quantity: quantity(1),
    stopPrice: price(99),
    targetPrice: price(102),
    exitTime: epochMs(1),
    exitPrice: price(101),
    exitReason: 'target',
    fees: money(0),
    funding: money(0),
    pnl: money(pnl),
    rMultiple,
    anchor: null,
    reason: '',
  },
})

describe('the log of a session', () => {
  it('counts all trades and lists the latest', () => {
    const log = createSessionLog(2)
    expect(log.meanR).toBeNull()
    log.take(noteOf('a', 3, 3))
    log.take(noteOf('b', -1, -1))
    log.take(noteOf('c', 1, 1))
    expect([log.trades, log.won, log.meanR]).toEqual([3, 2, 1])
    expect(log.tradeList().map(({ id }) => id)).toEqual(['b', 'c'])
  })
})
