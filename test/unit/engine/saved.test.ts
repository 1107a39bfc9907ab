import { describe, expect, test } from 'vitest'
import type { OrderRequest } from '../../../src/domain/order.ts'
import { epochMs, money, quantity } from '../../../src/domain/unit.ts'
import { SavedStateError } from '../../../src/engine/saved.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { at, begun, codes, latches, opened, sent } from '../../simulation/scene.ts'
import { createWorld, ETH, type World } from '../../simulation/world.ts'

function restarted(world: World): void {
  world.kill()
  world.start()
}

describe('over a restart', () => {
  test('no latch is lost, except that of a process that ended in order', () => {
    const world = begun()
    world.command({ name: 'kill', reason: 'a person' })
    world.command({ name: 'shutdown', policy: 'keep_protected' })
    expect(latches(world)).toEqual(['KILL', 'ENTRIES_STOPPED'])
    restarted(world)
    expect(latches(world)).toEqual(['KILL'])
  })

  test('entries that a person stopped stay stopped', () => {
    const world = begun()
    world.command({ name: 'stop_entry', reason: 'a person' })
    world.command({ name: 'shutdown', policy: 'keep_protected' })
    restarted(world)
    expect(latches(world)).toEqual(['ENTRIES_STOPPED'])
    const ending = begun()
    ending.command({ name: 'shutdown', policy: 'keep_protected' })
    ending.command({ name: 'stop_entry', reason: 'a person' })
    restarted(ending)
    expect(latches(ending)).toEqual(['ENTRIES_STOPPED'])
  })

  test('the day’s loss and the highest equity go on', () => {
    const world = opened({ file: { risk: { max_daily_loss_pct: 90, max_drawdown_pct: 90 } } })
    world.price(BTC, 50_900)
    world.run(at(15))
    const { dayStart, highWater } = world.engine.account.guard
    expect(highWater).toBeGreaterThan(10_000)
    world.price(BTC, 49_700)
    restarted(world)
    expect(world.engine.account.guard.dayStart).toBe(dayStart)
    expect(world.engine.account.guard.highWater).toBe(highWater)
  })

  test('prices of history are no loss of the position that was restored, and move none of its orders', () => {
    const world = opened({ file: { risk: { max_daily_loss_pct: 3, max_drawdown_pct: 5 }, stop: { break_even_r: 1 } } })
    const before = world.venue.submitted.length
    restarted(world)
    for (const close of [30_000, 70_000, 50_000]) {
      const time = world.engine.views[0]!.priceTime
      world.engine.warmUp({
        kind: 'price',
        time,
        venueTime: time,
        instrument: BTC,
        last: close,
        mark: close,
        bid: Number.NaN,
        ask: Number.NaN,
      })
    }
    world.run(at(20))
    expect(latches(world)).toEqual([])
    expect(codes(world)).toEqual([])
    expect(world.venue.submitted).toHaveLength(before)
    expect(world.engine.account.guard.highWater).toBeLessThan(10_100)
  })

  test('a working entry reserves what may still fill of it', () => {
    const world = begun({ share: () => 0.5 }, { file: { entry: { order_type: 'limit', limit_timeout_secs: 600 } } })
    world.enter()
    world.run(at(2))
    const before = world.engine.account.exposure.workingBuyNotional[0]!
    restarted(world)
    expect(world.engine.account.exposure.workingBuyNotional[0]).toBeCloseTo(before, 6)
    expect(world.engine.account.openTrades).toBe(1)
  })

  test('a signal that was traded is not traded again', () => {
    const world = opened()
    const id = world.engine.account.risk.signals
    const known = world.saved.get('account')!
    restarted(world)
    expect(world.engine.account.risk.signals.recent()).toEqual(id.recent())
    expect(known).toContain('BTCUSDT:')
  })

  test('the holding time and the time of a resting entry end as they would have', () => {
    const world = begun({}, { file: { entry: { order_type: 'limit', limit_timeout_secs: 20 } } })
    world.enter(ETH)
    world.venue.price(ETH, 2_510)
    world.run(at(2))
    restarted(world)
    world.run(at(25))
    expect(world.venue.live(ETH)).toEqual([])
    const held = opened({ file: { entry: { max_holding_hours: 1 } } })
    restarted(held)
    held.run(at(3_590))
    expect(sent(held, 'exit')).toBe(0)
    held.run(at(3_610))
    expect(sent(held, 'exit')).toBe(1)
  })
})

describe('orders that are over', () => {
  /** A closed trade; its target was withdrawn. */
  function closed(): { readonly world: World; readonly target: OrderRequest } {
    const world = opened()
    world.run(at(3))
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(6))
    return { world, target: world.venue.submitted.find(({ leg }) => leg === 'target')! }
  }
  const filledLate = (world: World, { clientOrderId, instrument, side, price }: OrderRequest): void =>
    world.tell({
      kind: 'order_filled',
      time: epochMs(world.now),
      venueTime: epochMs(world.now),
      instrument,
      clientOrderId,
      tradeId: 'late',
      side,
      price: price!,
      quantity: quantity('0.001'),
      fee: money('0.01'),
      liquidity: 'maker',
      cumulative: quantity('0.001'),
      done: false,
    })

  test('are known to the next process: news that come late are of its own order', () => {
    const { world, target } = closed()
    restarted(world)
    filledLate(world, target)
    expect(codes(world)).toContain('LATE_FILL')
    expect(codes(world)).not.toContain('FOREIGN_ORDER')
  })

  test('are read, too, where they stand among those of the symbol', () => {
    const { world, target } = closed()
    const { orders } = JSON.parse(world.saved.get('ended:BTCUSDT')!) as { orders: unknown[] }
    const symbol = JSON.parse(world.saved.get('symbol:BTCUSDT')!) as { orders: unknown[] }
    const saved = new Map(world.saved)
    saved.delete('ended:BTCUSDT')
    saved.set('symbol:BTCUSDT', JSON.stringify({ ...symbol, orders: [...orders, ...symbol.orders] }))
    const next = createWorld({ saved })
    next.start()
    filledLate(next, target)
    expect(codes(next)).toContain('LATE_FILL')
  })

  test('are written when one ends, and not with every event', () => {
    const world = opened()
    const keys: string[] = []
    world.observe = (_, effects) => {
      for (const effect of effects) if (effect.kind === 'save') keys.push(effect.key)
    }
    world.run(at(3))
    world.command({ name: 'stop_entry', reason: 'a person' })
    expect(keys).not.toContain('ended:BTCUSDT')
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(6))
    expect(keys.filter((key) => key === 'ended:BTCUSDT')).toHaveLength(3)
    expect(JSON.parse(world.saved.get('ended:BTCUSDT')!)).toMatchObject({
      orders: [{ state: 'filled' }, { state: 'filled' }, { state: 'canceled' }, { state: 'canceled' }],
    })
  })
})

test('what an older program has saved, without all that is saved now, is read', () => {
  const saved = new Map(
    [...opened().saved].map(([key, text]) => {
      const { unclosed: _, adoptedAt: __, guessed: ___, ...older } = JSON.parse(text)
      return [key, JSON.stringify(older)]
    }),
  )
  const world = createWorld({ saved })
  world.start()
  expect(world.engine.states[0]!.trade?.position.toNumber()).toBe(0.041)
  expect(world.engine.states[0]!.adoptedAt).toBe(Number.NEGATIVE_INFINITY)
})

describe('a pair that the configuration names no more', () => {
  test.each([
    ['a position', (text: string) => text, 'XRPUSDT has a trade or an order, and exchange.pairs does not name it'],
    ['nothing', () => flatSymbol(), null],
  ])('left with %s', (_, edit, words) => {
    const good = opened().saved
    const saved = new Map([...good, ['symbol:XRPUSDT', edit(good.get('symbol:BTCUSDT')!)]])
    const start = (): unknown => createWorld({ saved }).start()
    if (words === null) expect(start).not.toThrow()
    else expect(start).toThrow(words)
  })

  const flatSymbol = (): string =>
    JSON.stringify({
      ...JSON.parse(opened().saved.get('symbol:BTCUSDT')!),
      signed: '0',
      entryPrice: '0',
      trade: null,
      orders: [],
    })
})

describe('what cannot be read', () => {
  test.each([
    ['account', '{', 'no JSON'],
    ['account', 'null', 'has format undefined'],
    ['account', '{"format":2}', 'has format 2'],
    ['account', '{"format":1}', 'account cannot be read: wallet'],
    ['symbol:BTCUSDT', '{"format":1,"signed":"x"}', 'BTCUSDT cannot be read: signed'],
    ['ended:BTCUSDT', '{"format":1,"orders":[{}]}', 'ended:BTCUSDT cannot be read: orders.0'],
  ])('%s: %s', (key, value, words) => {
    const good = opened().saved
    expect(() => createWorld({ saved: new Map([...good, [key, value]]) }).start()).toThrow(words)
  })

  test.each([
    ['account', '"wallet":"', '"wallet":"x', 'wallet'],
    ['account', '"highWater":', '"highWater":null,"was":', 'equity.highWater'],
    ['account', '"latches":[]', '"latches":[{"code":"WHAT"}]', 'latches.0.code'],
    ['account', '"intents":1', '"intents":"x"', 'intents'],
    ['symbol:BTCUSDT', '"direction":"LONG"', '"direction":"UP"', 'direction'],
    ['symbol:BTCUSDT', '"position":"', '"position":"NaN","was":"', 'trade.position'],
    ['symbol:BTCUSDT', '"state":"accepted"', '"state":"open"', 'state'],
    ['symbol:BTCUSDT', '"reduceOnly":true', '"reduceOnly":"no"', 'request.reduceOnly'],
  ])('%s where %s became %s', (key, from, to, path) => {
    const good = opened().saved
    const text = good.get(key)!
    expect(text).toContain(from)
    const saved = new Map([...good, [key, text.replace(from, to)]])
    expect(() => createWorld({ saved }).start()).toThrow(SavedStateError)
    expect(() => createWorld({ saved }).start()).toThrow(path)
  })
})

describe('saver', () => {
  test('writes when something has changed, and not for prices and looks that changed nothing', () => {
    const world = opened()
    let saves = 0
    world.observe = (_event, effects) => {
      saves += effects.filter((e) => e.kind === 'save').length
    }
    world.price(BTC, 50_010)
    world.price(ETH, 2_500)
    expect(saves).toBe(0)
    world.run(at(100))
    // Equity has moved with the price: the account once.
    expect(saves).toBeLessThanOrEqual(1)
    world.command({ name: 'stop_entry', reason: 'a person' })
    expect(saves).toBeLessThanOrEqual(2)
  })
})
