import { describe, expect, test } from 'vitest'
import { epochMs, money, price, quantity } from '../../../src/domain/unit.ts'
import { BTC, engineScene, HOUR, kinds, PRICE, unhurried, wanted } from '../../fixture/engine-scene.ts'

const DAY = 24 * HOUR

describe('a trade from signal to close', () => {
  test('entry, protection in the event of the fill, target, books and record', () => {
    const scene = engineScene()
    scene.open()
    const [entry, stop, target] = scene.orders
    expect(entry).toMatchObject({ leg: 'entry', side: 'buy', timeInForce: 'IOC', reduceOnly: false })
    expect(stop).toMatchObject({ leg: 'stop', reduceOnly: true })
    expect(stop?.triggerPrice?.toNumber()).toBe(49_500)
    expect(target?.price?.toNumber()).toBe(51_000)
    const units = entry!.quantity
    scene.fill(target!.clientOrderId, 51_000)
    expect(scene.trades).toHaveLength(1)
    const [trade] = scene.trades
    // 1000 a unit gained, two fees of 0.5.
    expect(trade?.pnl.eq(units.times(1_000).minus(1))).toBe(true)
    expect(trade?.exitReason).toBe('target')
    expect(trade?.rMultiple).toBeCloseTo(trade!.pnl.toNumber() / (units.toNumber() * 500), 12)
    expect(scene.engine.account.books.wallet.eq(trade!.pnl.plus(10_000))).toBe(true)
    expect(scene.engine.account.openTrades).toBe(0)
    expect(scene.engine.account.margin[0]).toBe(0)
  })

  test.each([true, false])(
    'a position is worth what it costs now, not what the last one was left at; ticks: %s',
    (ticks) => {
      const scene = engineScene({ file: { entry: unhurried }, ticks })
      scene.open()
      scene.price(51_000)
      scene.fill(scene.newest('target').clientOrderId, 51_000)
      scene.hour(45_000)
      scene.wants = [wanted('LONG', { entry: 45_000, stop: 44_550, target: 45_900 })]
      scene.hour(45_000)
      scene.fill(scene.newest('entry').clientOrderId, 45_000)
      const { books } = scene.engine.account
      expect(books.exposed).toBe(true)
      expect(books.equity()).toBe(books.wallet.toNumber())
    },
  )

  test('an entry that does not fill leaves nothing behind', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.engine.account.exposure.working).toBe(1)
    scene.expired(scene.newest('entry').clientOrderId)
    expect(scene.engine.account.exposure.working).toBe(0)
    expect(scene.engine.account.openTrades).toBe(0)
    expect(scene.engine.states[0]?.trade).toBeNull()
    expect(scene.trades).toEqual([])
  })

  test('no second entry while a trade is on its way', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.wants = [wanted()]
    scene.hour()
    scene.wants = [wanted('SHORT')]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(scene.decisions.at(-1)?.refusals.map((r) => r.code)).toContain('POSITION_OPEN')
  })

  test('funding belongs to the trade and to the wallet', () => {
    const scene = engineScene()
    scene.open()
    const time = epochMs(scene.now)
    scene.process({
      kind: 'funding_paid',
      time,
      venueTime: time,
      instrument: BTC,
      rate: 0.0001,
      mark: price(PRICE),
      quantity: quantity('0.041'),
      direction: 'LONG',
      amount: money('-0.2'),
    })
    expect(scene.engine.account.books.funding.toString()).toBe('-0.2')
    scene.fill(scene.newest('target').clientOrderId, 51_000)
    expect(scene.trades[0]?.funding.toString()).toBe('-0.2')
    expect(scene.engine.account.books.wallet.eq(scene.trades[0]!.pnl.plus(10_000))).toBe(true)
  })
})

describe('time stop', () => {
  test('leaves at market at the end of the holding time, not before', () => {
    const scene = engineScene()
    scene.open()
    const opened = scene.engine.states[0]!.trade!.openedAt
    scene.now = opened + DAY - 1
    expect(kinds(scene.timer('time-stop:BTCUSDT'))).toEqual([])
    scene.now = opened + DAY
    expect(kinds(scene.timer('time-stop:BTCUSDT'))).toEqual(['submit'])
    expect(scene.newest('exit')).toMatchObject({ type: 'market', reduceOnly: true, side: 'sell' })
    expect(kinds(scene.timer('time-stop:BTCUSDT'))).toEqual([])
    scene.fill(scene.newest('exit').clientOrderId, 50_100)
    expect(scene.trades[0]?.exitReason).toBe('time_stop')
  })

  test('is asked for once, at the first fill', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    const { clientOrderId } = scene.newest('entry')
    const first = scene.fill(clientOrderId, PRICE, '0.02')
    const opened = scene.now
    expect(first.filter((e) => e.kind === 'schedule')).toEqual([
      { kind: 'schedule', id: 'time-stop:BTCUSDT', at: opened + DAY },
    ])
    expect(kinds(scene.fill(clientOrderId, PRICE, '0.01'))).not.toContain('schedule')
  })
})

describe('break-even', () => {
  const stopNow = (scene: ReturnType<typeof engineScene>): number => scene.engine.states[0]!.trade!.stopPrice.toNumber()

  test('moves once at 1 R, to entry plus costs, by a new stop before the old one goes', () => {
    const scene = engineScene()
    scene.open()
    expect(kinds(scene.price(50_499.9))).toEqual([])
    const first = scene.newest('stop')
    expect(kinds(scene.price(50_500))).toEqual(['submit'])
    const moved = scene.newest('stop')
    expect(moved.triggerPrice!.toNumber()).toBeGreaterThan(PRICE)
    expect(moved.triggerPrice!.toNumber()).toBeLessThan(50_250)
    expect(moved.quantity.eq(first.quantity)).toBe(true)
    expect(scene.accept(moved.clientOrderId)).toMatchObject([{ kind: 'cancel', clientOrderId: first.clientOrderId }])
    const at = stopNow(scene)
    for (const last of [50_900, 50_400, 50_700, 50_100, 50_990]) scene.price(last)
    expect(scene.count('stop')).toBe(2)
    expect(stopNow(scene)).toBe(at)
    scene.fill(moved.clientOrderId, at)
    expect(scene.trades[0]?.exitReason).toBe('break_even_stop')
  })

  test('the mirror image', () => {
    const scene = engineScene()
    scene.open(wanted('SHORT'))
    expect(kinds(scene.price(49_500.1))).toEqual([])
    expect(kinds(scene.price(49_500))).toEqual(['submit'])
    expect(stopNow(scene)).toBeLessThan(PRICE)
    expect(stopNow(scene)).toBeGreaterThan(49_750)
  })

  test('waits for room of half an ATR between stop and price', () => {
    const scene = engineScene({ file: { stop: { break_even_min_atr: 1.5 } } })
    scene.open()
    expect(kinds(scene.price(50_500))).toEqual([])
    expect(kinds(scene.price(50_990))).toEqual(['submit'])
  })

  test('switched off it never moves', () => {
    const scene = engineScene({ file: { stop: { break_even_r: null } } })
    scene.open()
    expect(kinds(scene.price(50_990))).toEqual([])
  })
})

describe('resting entry', () => {
  const file = { entry: { order_type: 'limit', limit_timeout_secs: 600 } } as const

  test('is withdrawn after its time, not before', () => {
    const scene = engineScene({ file })
    scene.wants = [wanted()]
    const effects = scene.hour()
    const sent = scene.now
    const entry = scene.newest('entry')
    expect(entry).toMatchObject({ timeInForce: 'GTC' })
    expect(effects.filter((e) => e.kind === 'schedule')).toEqual([
      { kind: 'schedule', id: 'entry-timeout:BTCUSDT', at: sent + 600_000 },
    ])
    scene.now = sent + 599_999
    expect(kinds(scene.timer('entry-timeout:BTCUSDT'))).toEqual([])
    scene.now = sent + 600_000
    expect(scene.timer('entry-timeout:BTCUSDT')).toMatchObject([{ kind: 'cancel', clientOrderId: entry.clientOrderId }])
  })

  test('that has filled is left alone by that timer', () => {
    const scene = engineScene({ file })
    scene.open()
    scene.now += HOUR
    expect(kinds(scene.timer('entry-timeout:BTCUSDT'))).toEqual([])
  })
})

describe('a breach of the daily loss', () => {
  test('withdraws what has not filled of a resting entry, and leaves the stop', () => {
    const scene = engineScene({ file: { entry: { ...unhurried, order_type: 'limit' } } })
    scene.wants = [wanted()]
    scene.hour()
    scene.wants = []
    const { clientOrderId } = scene.newest('entry')
    scene.accept(clientOrderId)
    scene.fill(clientOrderId, PRICE, '0.02')
    scene.accept(scene.newest('stop').clientOrderId)
    // 300 of 10,000 are 3 %, and the fee is 0.5.
    expect(kinds(scene.price(PRICE - 14_970))).not.toContain('cancel')
    const effects = scene.price(PRICE - 14_980)
    expect(scene.alerts.at(-1)?.code).toBe('DAILY_LOSS')
    expect(effects.filter(({ kind }) => kind === 'cancel')).toMatchObject([{ clientOrderId }])
  })
})

describe('late news', () => {
  test('a cancelled entry that had filled gets its trade back, protected', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    scene.wants = []
    const { clientOrderId } = scene.newest('entry')
    scene.cancelled(clientOrderId)
    expect(scene.engine.states[0]?.trade).toBeNull()
    scene.fill(clientOrderId)
    expect(scene.alerts.map((a) => [a.level, a.code])).toEqual([['critical', 'LATE_FILL']])
    expect(scene.count('stop')).toBe(1)
    expect(scene.count('target')).toBe(1)
    expect(scene.engine.account.openTrades).toBe(1)
    scene.fill(scene.newest('stop').clientOrderId, 49_500)
    expect(scene.trades).toHaveLength(1)
    expect(scene.engine.account.openTrades).toBe(0)
  })

  test('an entry that fills after its trade was stopped is left at market, as a record of its own', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    scene.wants = []
    const { clientOrderId } = scene.newest('entry')
    scene.fill(clientOrderId, PRICE, '0.02')
    scene.cancelled(clientOrderId)
    scene.fill(scene.newest('stop').clientOrderId, 49_500)
    scene.fill(clientOrderId, PRICE, '0.01')
    expect(scene.newest('exit').quantity.toString()).toBe('0.01')
    scene.fill(scene.newest('exit').clientOrderId, 49_400)
    expect(scene.trades.map((t) => [t.quantity.toString(), t.exitReason])).toEqual([
      ['0.02', 'stop'],
      ['0.01', 'stop'],
    ])
    expect(scene.trades[0]?.id).not.toBe(scene.trades[1]?.id)
    expect(new Set(scene.orders.map((o) => o.clientOrderId)).size).toBe(scene.orders.length)
    const total = scene.trades[0]!.pnl.plus(scene.trades[1]!.pnl)
    expect(scene.engine.account.books.wallet.eq(total.plus(10_000))).toBe(true)
  })

  test('a leg that comes to rest after its trade is over is withdrawn', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    scene.fill(scene.newest('entry').clientOrderId)
    scene.accept(scene.newest('target').clientOrderId)
    scene.fill(scene.newest('target').clientOrderId, 51_000)
    const stop = scene.newest('stop').clientOrderId
    expect(scene.accept(stop)).toMatchObject([{ kind: 'cancel', clientOrderId: stop }])
    expect(scene.cancelled(stop)).toEqual([])
  })

  test('an order of somebody else is told and left alone', () => {
    const scene = engineScene()
    const time = epochMs(scene.now)
    const effects = scene.process({
      kind: 'order_accepted',
      time,
      venueTime: time,
      instrument: BTC,
      clientOrderId: 'web_1' as never,
    })
    expect(effects).toMatchObject([{ kind: 'alert', code: 'FOREIGN_ORDER' }])
  })

  test('a fill that is told twice is booked once', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    const { clientOrderId } = scene.newest('entry')
    scene.fill(clientOrderId, PRICE, '0.02', 'same')
    expect(scene.fill(clientOrderId, PRICE, '0.02', 'same')).toEqual([])
    expect(scene.engine.account.books.position(BTC).signed.toString()).toBe('0.02')
    expect(scene.engine.account.books.fees.toString()).toBe('0.5')
  })

  test('an order of unknown fate is asked about and never sent again', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    const entry = scene.newest('entry')
    const time = epochMs(scene.now)
    const effects = scene.process({
      kind: 'order_unknown',
      time,
      venueTime: time,
      instrument: BTC,
      clientOrderId: entry.clientOrderId,
      message: 'timeout',
    })
    expect(effects).toMatchObject([{ kind: 'query', clientOrderId: entry.clientOrderId }])
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    // It did exist.
    scene.fill(entry.clientOrderId)
    expect(scene.count('stop')).toBe(1)
  })
})

describe('closed by the venue', () => {
  const forced = (scene: ReturnType<typeof engineScene>, tradeId = 'adl-1') => {
    const time = epochMs(scene.now)
    const held = scene.engine.account.books.position(BTC).signed.abs()
    return scene.process({
      kind: 'position_forced',
      time,
      venueTime: time,
      instrument: BTC,
      cause: 'adl',
      tradeId,
      side: 'sell',
      price: price(48_000),
      quantity: quantity(held),
      fee: money(0),
    })
  }

  test('is recorded under its cause, the legs go, no exit is sent', () => {
    const scene = engineScene()
    scene.open()
    const effects = forced(scene)
    expect(effects.filter((e) => e.kind === 'cancel').map((e) => e.clientOrderId)).toEqual([
      scene.newest('stop').clientOrderId,
      scene.newest('target').clientOrderId,
    ])
    expect(scene.count('exit')).toBe(0)
    expect(scene.trades[0]?.exitReason).toBe('adl')
    expect(scene.engine.counters.forced).toBe(1)
  })

  test('told twice it is booked once', () => {
    const scene = engineScene()
    scene.open()
    const units = scene.engine.account.books.position(BTC).signed
    forced(scene)
    const { wallet } = scene.engine.account.books
    const time = epochMs(scene.now)
    expect(
      scene.process({
        kind: 'position_forced',
        time,
        venueTime: time,
        instrument: BTC,
        cause: 'adl',
        tradeId: 'adl-1',
        side: 'sell',
        price: price(48_000),
        quantity: quantity(units),
        fee: money(0),
      }),
    ).toEqual([])
    expect(scene.engine.account.books.wallet.eq(wallet)).toBe(true)
    expect(scene.engine.account.books.position(BTC).signed.isZero()).toBe(true)
  })
})

describe('market exits that fail', () => {
  test('are asked for again by a timer, and the timer of an earlier trade does nothing', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.open()
    scene.command({ name: 'force_exit', tradeId: 'all' })
    const effects = scene.reject(scene.newest('exit').clientOrderId)
    expect(effects).toContainEqual({ kind: 'schedule', id: 'exit-retry:BTCUSDT', at: scene.now + 500 })
    scene.timer('exit-retry:BTCUSDT')
    expect(scene.count('exit')).toBe(2)
    scene.fill(scene.newest('exit').clientOrderId, 50_000)
    expect(scene.trades[0]?.exitReason).toBe('forced')
    scene.hour()
    scene.open(wanted('SHORT'))
    expect(scene.timer('exit-retry:BTCUSDT')).toEqual([])
    // Not even where a part of it has been closed at the target.
    scene.fill(scene.newest('target').clientOrderId, 49_000, '0.01')
    expect(scene.timer('exit-retry:BTCUSDT')).toEqual([])
  })
})

describe('commands', () => {
  test('stop_entry refuses entries until resume_entry, exits pass', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.open()
    scene.command({ name: 'stop_entry', reason: 'maintenance' })
    expect(kinds(scene.command({ name: 'force_exit', tradeId: scene.engine.states[0]!.trade!.id }))).toEqual(['submit'])
    scene.fill(scene.newest('exit').clientOrderId)
    scene.hour()
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(scene.decisions.at(-1)?.refusals.map((r) => r.code)).toEqual(['ENTRIES_STOPPED'])
    scene.command({ name: 'resume_entry', by: 'me', reason: 'done' })
    scene.price(PRICE)
    // 16:00 is a funding settlement.
    scene.hour()
    scene.hour()
    expect(scene.count('entry')).toBe(2)
  })

  test('force_exit of another trade does nothing', () => {
    const scene = engineScene()
    scene.open()
    expect(scene.command({ name: 'force_exit', tradeId: 'BTCUSDT-1-99' })).toEqual([])
  })

  test('kill withdraws a working entry, leaves stop and target, and no entry follows', () => {
    const scene = engineScene({ file: { entry: { ...unhurried, order_type: 'limit' } } })
    scene.wants = [wanted()]
    scene.hour()
    const entry = scene.newest('entry')
    scene.accept(entry.clientOrderId)
    scene.fill(entry.clientOrderId, PRICE, '0.01')
    const effects = scene.command({ name: 'kill', reason: 'test' })
    expect(effects).toMatchObject([
      { kind: 'alert', level: 'critical', code: 'KILL' },
      { kind: 'cancel', clientOrderId: entry.clientOrderId },
    ])
    expect(scene.count('exit')).toBe(0)
    scene.cancelled(entry.clientOrderId)
    expect(scene.engine.states[0]?.trade?.stop).not.toBeNull()
    scene.fill(scene.newest('stop').clientOrderId, 49_500)
    scene.wants = []
    scene.hour()
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(scene.decisions.at(-1)?.refusals.map((r) => r.code)).toEqual(['KILL_LATCH'])
  })

  test('a part that fills after kill is protected, not left', () => {
    const scene = engineScene({ file: { entry: { order_type: 'limit' } } })
    scene.wants = [wanted()]
    scene.hour()
    scene.command({ name: 'kill', reason: 'test' })
    scene.fill(scene.newest('entry').clientOrderId, PRICE, '0.01')
    expect(scene.newest('stop').quantity.toString()).toBe('0.01')
    expect(scene.count('exit')).toBe(0)
  })

  test('finish closes what is open as end_of_data and lets nothing in', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.open()
    scene.command({ name: 'finish' })
    scene.fill(scene.newest('exit').clientOrderId, 50_010)
    expect(scene.trades[0]?.exitReason).toBe('end_of_data')
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
  })

  test('finish with an entry on its way: withdrawn, and a fill that comes all the same is closed', () => {
    const scene = engineScene()
    scene.wants = [wanted()]
    scene.hour()
    const entry = scene.newest('entry')
    expect(scene.command({ name: 'finish' })).toMatchObject([{ kind: 'cancel', clientOrderId: entry.clientOrderId }])
    scene.fill(entry.clientOrderId)
    scene.fill(scene.newest('exit').clientOrderId, 50_010)
    expect(scene.trades[0]?.exitReason).toBe('end_of_data')
  })
})
