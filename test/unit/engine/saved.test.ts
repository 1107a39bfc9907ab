import { describe, expect, test } from 'vitest'
import { createIdMemory } from '../../../src/domain/id-memory.ts'
import type { ClientOrderId, OrderRequest } from '../../../src/domain/order.ts'
import { epochMs, money, quantity } from '../../../src/domain/unit.ts'
import { createEndedSaver } from '../../../src/engine/saved-ended.ts'
import { readIds, saveIds, SIGNALS } from '../../../src/engine/saved-ids.ts'
import { SavedStateError } from '../../../src/engine/saved-text.ts'
import { createOrderTracker } from '../../../src/execution/order-tracker.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { olderState } from '../../simulation/older-state.ts'
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
    const known = world.saved.get('signal:0')
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
    const symbol = JSON.parse(world.saved.get('symbol:BTCUSDT')!) as { orders: unknown[] }
    const saved = new Map([...world.saved].filter(([key]) => !key.startsWith('order:')))
    const orders = endedOf(world)
    expect(orders).toHaveLength(4)
    saved.set('symbol:BTCUSDT', JSON.stringify({ ...symbol, orders: [...orders, ...symbol.orders] }))
    const next = createWorld({ saved })
    next.start()
    filledLate(next, target)
    expect(codes(next)).toContain('LATE_FILL')
  })

  test('are each written when it ends, and not with every event', () => {
    const world = opened()
    const keys: string[] = []
    world.observe = (_, effects) => {
      for (const effect of effects) if (effect.kind === 'save') keys.push(effect.key)
    }
    const written = (): readonly string[] => keys.filter((key) => key.startsWith('order:'))
    world.run(at(3))
    world.command({ name: 'stop_entry', reason: 'a person' })
    expect(written()).toEqual([])
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(6))
    expect(written()).toHaveLength(3)
    expect(new Set(written()).size).toBe(3)
    expect(endedOf(world)).toMatchObject([
      { request: { leg: 'entry' }, state: 'filled' },
      { request: { leg: 'exit' }, state: 'filled' },
      { request: { leg: 'stop' }, state: 'canceled' },
      { request: { leg: 'target' }, state: 'canceled' },
    ])
  })

  test('are written again when late news change them', () => {
    const { world, target } = closed()
    const key = `order:${target.clientOrderId}`
    const before = world.saved.get(key)
    filledLate(world, target)
    expect(JSON.parse(before!).order).toMatchObject({ state: 'canceled', fills: [] })
    expect(JSON.parse(world.saved.get(key)!).order).toMatchObject({ fills: ['late'] })
  })

  test('are dropped when there are more than 64, and when one lives again', () => {
    const tracker = createOrderTracker()
    const saved = new Map<string, string>()
    const save = createEndedSaver({ orders: tracker }, saved)
    const write = (): void => save((key, value) => void (value === null ? saved.delete(key) : saved.set(key, value)))
    const { target } = closed()
    const news = (i: number) => ({
      clientOrderId: `o${i}` as ClientOrderId,
      instrument: BTC,
      time: epochMs(i),
      venueTime: epochMs(i),
    })
    for (let i = 0; i < 100; i += 1) {
      tracker.submitted({ ...target, clientOrderId: `o${i}` as ClientOrderId }, epochMs(i))
      tracker.apply({ kind: 'order_rejected', ...news(i), code: 'NEVER_ACCEPTED', message: '' })
      write()
    }
    expect([...saved.keys()]).toEqual(Array.from({ length: 64 }, (_, i) => `order:o${36 + i}`))
    tracker.apply({ kind: 'order_accepted', ...news(50) })
    write()
    expect([saved.has('order:o50'), saved.size]).toEqual([false, 63])
    tracker.apply({ kind: 'order_canceled', ...news(50), reason: 'requested' })
    write()
    expect(JSON.parse(saved.get('order:o50')!).order).toMatchObject({ state: 'canceled' })
  })

  const endedOf = (world: World) =>
    [...world.saved]
      .filter(([key]) => key.startsWith('order:'))
      .map(([, text]) => JSON.parse(text).order as { request: { leg: string }; state: string })
      .toSorted((a, b) => (a.request.leg < b.request.leg ? -1 : 1))
})

describe('ids of signals and zones', () => {
  test('cost a long-lived account one short text each, and the next process goes on with them', () => {
    const memory = createIdMemory()
    const saved = new Map<string, string>()
    const lengths: number[] = []
    const keep = (key: string, value: string | null): void => {
      saved.set(key, value!)
      lengths.push(value!.length)
    }
    let from = 0
    for (let i = 0; i < 1_200; i += 1) {
      memory.add(`id ${i}`)
      from = saveIds(SIGNALS, memory, from, keep)
    }
    expect([lengths.length, Math.max(...lengths) < 60, saved.size]).toEqual([1_200, true, 512])
    const past = readIds(SIGNALS, saved)!
    expect(past).toEqual({ ids: memory.recent(), count: 1_200 })
    const next = createIdMemory(past)
    expect(saveIds(SIGNALS, next, past.count, keep)).toBe(1_200)
    next.add('one more')
    saveIds(SIGNALS, next, past.count, keep)
    expect(readIds(SIGNALS, saved)).toEqual({ ids: [...memory.recent().slice(1), 'one more'], count: 1_201 })
    expect(lengths).toHaveLength(1_201)
  })

  test('that were added many at a time are saved as far as there are places', () => {
    const memory = createIdMemory()
    for (let i = 0; i < 700; i += 1) memory.add(`id ${i}`)
    const saved = new Map<string, string>()
    expect(saveIds(SIGNALS, memory, 3, (key, value) => saved.set(key, value!))).toBe(700)
    expect(readIds(SIGNALS, saved)).toEqual({ ids: memory.recent(), count: 700 })
  })
})

describe('what a program of the format before has saved', () => {
  test('is read, and written anew with the next change', () => {
    const world = opened()
    world.run(at(3))
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(6))
    const older = olderState(world.saved)
    expect([...older.keys()].toSorted()).toEqual(['account', 'ended:BTCUSDT', 'symbol:BTCUSDT', 'symbol:ETHUSDT'])
    const next = createWorld({ saved: older })
    next.start()
    expect(next.engine.account.risk.signals.recent()).toEqual(world.engine.account.risk.signals.recent())
    next.run(at(8))
    expect([...next.saved.keys()].toSorted()).toEqual([...world.saved.keys()].toSorted())
    for (const key of ['signal:0', ...[...world.saved.keys()].filter((each) => each.startsWith('order:'))])
      expect(next.saved.get(key)).toBe(world.saved.get(key))
  })

  test('tells the zones that were traded, the closings and the settlements', () => {
    const older = olderState(opened().saved)
    const edit = (key: string, change: object): void =>
      void older.set(key, JSON.stringify({ ...JSON.parse(older.get(key)!), ...change }))
    edit('account', { forced: ['BTCUSDT 7'], fundings: ['BTCUSDT 1'] })
    edit('symbol:ETHUSDT', { usedClusters: ['a', 'b'] })
    for (const process of ['the first that reads it', 'the one after that']) {
      const world = createWorld({ saved: older })
      world.start()
      expect(world.engine.states[1]!.history.usedClusters.recent(), process).toEqual(['a', 'b'])
      world.run(at(3))
      expect(JSON.parse(world.saved.get('booked')!), process).toMatchObject({
        forced: ['BTCUSDT 7'],
        fundings: ['BTCUSDT 1'],
      })
      for (const [key, text] of world.saved) older.set(key, text)
    }
    expect(older.has('cluster:ETHUSDT:1')).toBe(true)
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
    ['account', '{"format":3}', 'has format 3; this program reads 1 to 2'],
    ['account', '{"format":0}', 'has format 0'],
    ['account', '{"format":1}', 'account cannot be read: wallet'],
    ['account', '{"format":2}', 'account cannot be read: wallet'],
    ['symbol:BTCUSDT', '{"format":1,"signed":"x"}', 'BTCUSDT cannot be read: signed'],
    ['ended:BTCUSDT', '{"format":1,"orders":[{}]}', 'ended:BTCUSDT cannot be read: orders.0'],
    ['order:x1', '{"format":2,"order":{}}', 'order:x1 cannot be read: order.request'],
    ['signal:3', '{"format":2,"n":-1,"id":"x"}', 'signal:3 cannot be read: n'],
    ['cluster:BTCUSDT:3', '{"format":2,"n":3}', 'cluster:BTCUSDT:3 cannot be read: id'],
    ['booked', '{"format":2,"forced":[]}', 'booked cannot be read: fundings'],
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
