import { describe, expect, test } from 'vitest'
import type { Decimal } from '../../../src/domain/decimal.ts'
import type { AccountSnapshot, Elsewhere, EngineEvent, ExecutionReport } from '../../../src/domain/event.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import { epochMs, money, price, quantity, type Money } from '../../../src/domain/unit.ts'
import { BTC, PRICE } from '../../fixture/engine-scene.ts'
import { KIND } from '../../simulation/mischief.ts'
import { at, begun, books, codes, held, latches, ledger, opened, protection, sent } from '../../simulation/scene.ts'
import { ETH, createWorld, type World } from '../../simulation/world.ts'

describe('entries', () => {
  test('wait for the first comparison, and for the next one after each silence', () => {
    const world = createWorld()
    world.venue.mischief = { ...KIND, snapshotFails: () => true }
    world.start()
    world.run(at(5))
    world.enter()
    expect(sent(world, 'entry')).toBe(0)
    world.venue.mischief = KIND
    world.run(at(7))
    world.enter()
    expect(sent(world, 'entry')).toBe(1)
    world.connection('down')
    world.enter(ETH)
    expect(sent(world, 'entry')).toBe(1)
    expect(codes(world)).toContain('VENUE_DOWN')
    world.connection('up')
    world.enter(ETH)
    expect(sent(world, 'entry')).toBe(1)
    world.run(at(8))
    world.enter(ETH)
    expect(sent(world, 'entry')).toBe(2)
  })
})

describe('what is not the bot’s', () => {
  test('an order: told once, left alone, its symbol latched, the other free', () => {
    const world = begun()
    world.venue.foreignOrder(BTC, 'web_1')
    world.run(at(60))
    expect(latches(world)).toEqual(['FOREIGN'])
    expect(codes(world)).toEqual(['FOREIGN'])
    expect(world.venue.live(BTC)).toHaveLength(1)
    world.enter(BTC)
    world.enter(ETH)
    expect(world.venue.submitted.map((o) => o.instrument)).toEqual([ETH])
  })

  test('an order at market that one look shows alone is what a stop has become, under another name', () => {
    const world = opened()
    const looks: number[] = []
    world.observe = (event) => {
      if (event.kind === 'account_snapshot') looks.push(event.openOrders.filter((o) => o.type === 'market').length)
    }
    world.run(at(9))
    world.venue.foreignOrder(BTC, 'child_1', 'market')
    world.run(at(10.5))
    world.venue.removeForeign('child_1')
    world.run(at(30))
    expect(looks.filter((seen) => seen > 0)).toHaveLength(1)
    expect(latches(world)).toEqual([])
    world.venue.foreignOrder(BTC, 'web_1', 'market')
    world.run(at(60))
    expect(latches(world)).toEqual(['FOREIGN'])
    expect(codes(world)).toEqual(['FOREIGN'])
  })

  test('what is there is shown for as long as it is there', () => {
    const world = begun()
    const shown = (): readonly string[] => {
      const { orders, positions } = world.engine.foreign()
      return [...orders.map((each) => each.clientOrderId), ...positions.map((each) => each.quantity.toFixed())]
    }
    world.venue.foreignOrder(BTC, 'web_1')
    world.venue.manual(ETH, -10)
    world.run(at(60))
    expect(shown()).toEqual(['web_1', ETH.lotSize.times(10).toFixed()])
    world.venue.removeForeign('web_1')
    world.venue.manual(ETH, 10)
    world.run(at(80))
    expect(shown()).toEqual([])
  })

  test('something in a contract that is not traded: told once, shown while it is there, in the way of nothing', () => {
    const world = begun()
    const xrp: Elsewhere = { kind: 'position', symbol: 'XRPUSDT', side: 'sell', quantity: '120', price: '0.5' }
    const look = (elsewhere: readonly Elsewhere[]): void => {
      const time = epochMs(world.now)
      const nothing = { positions: [], openOrders: [], executions: [], fundings: [] }
      const wallet = money(world.venue.wallet)
      world.tell({ kind: 'account_snapshot', time, askedAt: time, historyFrom: time, wallet, ...nothing, elsewhere })
    }
    look([xrp])
    look([{ ...xrp, quantity: '121' }])
    expect(world.alerts.map(({ code, level }) => [code, level])).toEqual([['ELSEWHERE', 'warning']])
    expect(world.alerts[0]!.message).toContain('XRPUSDT position sell 120')
    expect(world.engine.foreign().elsewhere).toMatchObject([{ quantity: '121' }])
    world.enter()
    expect([sent(world, 'entry'), latches(world)]).toEqual([1, []])
    look([])
    expect(world.engine.foreign().elsewhere).toEqual([])
  })

  test('a position: told after the second look, left alone, and looked at no more often than else', () => {
    const world = begun()
    world.venue.manual(BTC, 10)
    let looks = 0
    world.observe = (event) => {
      if (event.kind === 'account_snapshot') looks++
    }
    world.run(at(10.5))
    expect(latches(world)).toEqual([])
    world.run(at(12))
    expect(latches(world)).toEqual(['FOREIGN'])
    looks = 0
    world.run(at(112))
    expect(looks).toBeLessThanOrEqual(11)
    expect(world.venue.submitted).toEqual([])
    expect(held(world)).toBe(0.01)
    expect(world.engine.account.venue).toBe('ready')
  })

  test.each([10, -10])(
    'a position of %i lots beside an entry that works: the entry goes, the position stays',
    (lots) => {
      const world = begun({ share: () => 0 }, { file: { entry: { order_type: 'limit', limit_timeout_secs: 3_600 } } })
      world.enter()
      world.run(at(3))
      world.venue.manual(BTC, lots)
      world.run(at(60))
      expect(latches(world)).toEqual(['FOREIGN'])
      expect(world.corrections).not.toContain('position_adjusted')
      expect(world.venue.live(BTC)).toEqual([])
      expect(world.venue.submitted.map(({ leg }) => leg)).toEqual(['entry'])
      expect(held(world)).toBe(BTC.lotSize.times(lots).toNumber())
    },
  )

  test('of ours, but of no trade: withdrawn', () => {
    const world = begun()
    world.venue.foreignOrder(BTC, 'l050zz00000001e001')
    world.run(at(12))
    expect(world.venue.live(BTC)).toEqual([])
    expect(world.corrections).toEqual(['stray_order'])
    expect(latches(world)).toEqual([])
  })
})

describe('the position', () => {
  test('more of it than is known: taken over at the venue’s entry price and protected; entries stop', () => {
    const world = opened()
    world.price(BTC, 50_200)
    const before = world.engine.states[0]!.trade!
    const [quantity, cost] = [before.entryQuantity, before.entryCost]
    world.venue.manual(BTC, 10)
    world.run(at(15))
    const trade = world.engine.states[0]!.trade!
    expect(trade.position.minus(quantity).toString()).toBe('0.01')
    expect(trade.entryCost.minus(cost).toNumber()).toBeCloseTo(502, 6)
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(latches(world)).toEqual(['RECONCILE'])
    world.price(BTC, 51_000)
    world.run(at(40))
    expect(books(world)).toEqual(ledger(world))
  })

  test('half of it closed by hand: the rest is protected to the lot', () => {
    const world = opened()
    world.venue.manual(BTC, -20)
    world.run(at(15))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(world.corrections).toContain('position_adjusted')
  })

  test('one look is not enough, and none that is older than the latest news', () => {
    const world = opened()
    let seen = 0
    world.observe = (event) => {
      if (event.kind === 'account_snapshot' && ++seen === 1) expect(world.corrections).toEqual([])
    }
    world.venue.manual(BTC, -20)
    world.run(at(15))
    expect(seen).toBeGreaterThanOrEqual(2)
    expect(world.corrections).toContain('position_adjusted')
  })
})

describe('what differs otherwise at every look', () => {
  test('stops entries until a look leaves nothing open; exits go on', () => {
    const world = opened()
    const another = (): void => {
      world.venue.manual(ETH, 1)
      if (world.now < at(60)) world.at(world.now + 700, another)
    }
    world.at(at(10), another)
    world.run(at(12))
    expect(world.engine.account.venue).toBe('ready')
    world.run(at(20))
    expect(world.engine.account.venue).toBe('reconciling')
    expect(codes(world)).toEqual(['UNRECONCILED'])
    const before = world.venue.submitted.length
    world.enter(ETH)
    expect(world.venue.submitted).toHaveLength(before)
    world.price(BTC, 49_400)
    world.run(at(22))
    expect(held(world)).toBe(0)
    expect(world.trades.map(({ exitReason }) => exitReason)).toEqual(['stop'])
    world.run(at(70))
    expect(codes(world).filter((code) => code === 'UNRECONCILED')).toHaveLength(1)
    expect(latches(world)).toEqual(['FOREIGN'])
    expect(world.engine.account.venue).toBe('ready')
  })

  test('and so does an account that cannot be looked at for six times the usual interval', () => {
    const world = begun()
    world.venue.mischief = { ...KIND, snapshotFails: () => true }
    world.run(at(55))
    expect(world.engine.account.venue).toBe('ready')
    world.run(at(70))
    expect(world.engine.account.venue).toBe('reconciling')
    expect(codes(world)).toEqual(['UNRECONCILED'])
    world.venue.mischief = KIND
    world.run(at(73))
    expect(world.engine.account.venue).toBe('ready')
  })

  test('in the wallet is taken over after six looks, and stops nothing', () => {
    const world = begun()
    const another = (): void => {
      world.venue.transfer(-10)
      if (world.now < at(60)) world.at(world.now + 700, another)
    }
    world.at(at(10), another)
    let ready = true
    world.observe = () => {
      ready &&= world.engine.account.venue === 'ready'
    }
    world.run(at(14))
    expect(world.corrections).toEqual([])
    world.run(at(20))
    expect(world.corrections).toEqual(['wallet_adjusted'])
    world.run(at(90))
    expect(ready).toBe(true)
    expect(world.engine.account.guard.dayStart).toBeCloseTo(world.venue.wallet.toNumber(), 6)
    expect(books(world)).toEqual(ledger(world))
  })
})

describe('money', () => {
  test('a transfer is no drawdown and no profit, and is taken over after two looks', () => {
    const world = begun({}, { file: { risk: { max_drawdown_pct: 10 } } })
    world.venue.transfer(-5_000)
    world.run(at(10.5))
    expect(world.corrections).toEqual([])
    world.run(at(13))
    expect(world.corrections).toEqual(['wallet_adjusted'])
    expect(books(world)).toEqual(ledger(world))
    world.enter()
    world.run(at(15))
    expect(latches(world)).toEqual([])
    expect(sent(world, 'entry')).toBe(1)
  })

  test('a cent of rounding is nothing', () => {
    const world = begun()
    world.venue.transfer(0.01)
    world.run(at(40))
    expect(world.corrections).toEqual([])
  })

  test('funding that nobody told is booked once, by this process or the next', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.fund(BTC, 0.001)
    world.run(at(12))
    expect(world.corrections).toEqual(['missed_funding'])
    expect(books(world)).toEqual(ledger(world))
    world.kill()
    world.start()
    world.run(at(40))
    expect(world.corrections).toEqual(['missed_funding'])
    expect(books(world)).toEqual(ledger(world))
  })

  test('funding that is told by the look that tells of the end of its trade is part of the result', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.fund(BTC, 0.001)
    world.price(BTC, 51_000)
    world.run(at(30))
    const { wallet } = world.engine.account.books
    expect(world.corrections).toContain('missed_funding')
    expect(world.trades[0]!.pnl.toFixed(8)).toBe(wallet.minus(10_000).toFixed(8))
    expect(books(world)).toEqual(ledger(world))
  })

  test('funding of an earlier trade that is told late is not the next one’s', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: (event) => (event.kind === 'funding_paid' ? [3_000] : [0]) }
    world.venue.fund(BTC, 0.001)
    world.price(BTC, 51_000)
    world.run(at(3))
    world.enter(BTC, 'SHORT')
    world.run(at(8))
    expect(world.engine.states[0]!.trade!.funding.toNumber()).toBe(0)
    expect(books(world)).toEqual(ledger(world))
  })

  test('funding from before the books began is in the wallet they began with, also after a restart', () => {
    const world = createWorld()
    world.venue.manual(BTC, 10)
    world.venue.fund(BTC, 0.001)
    world.venue.manual(BTC, -10)
    world.run(at(1))
    world.start()
    world.run(at(20))
    // The difference to the configured balance is taken over as a whole, once.
    expect(world.corrections).toEqual(['wallet_adjusted'])
    world.kill()
    world.start()
    world.run(at(60))
    expect(world.corrections).toEqual(['wallet_adjusted'])
    expect(books(world)).toEqual(ledger(world))
  })
})

test('a partial closing by the venue that nobody told is booked as such, once', () => {
  const world = opened()
  world.venue.mischief = { ...KIND, news: () => [] }
  world.venue.force(BTC, 0.5, 'adl')
  const told: unknown[] = []
  world.observe = (_event, effects) => {
    for (const effect of effects)
      if (effect.kind === 'note' && effect.note.kind === 'correction') told.push(effect.note.figures)
  }
  world.run(at(14))
  // What the journal keeps the fill by.
  expect(told).toContainEqual(expect.objectContaining({ cause: 'adl', execution: expect.any(String) }))
  expect(world.corrections).toContain('missed_execution')
  expect(world.corrections).not.toContain('position_adjusted')
  expect(world.engine.counters.forced).toBe(1)
  expect(protection(world)).toEqual(['stop', 'target'])
  world.kill()
  world.start()
  world.run(at(40))
  expect(world.engine.counters.forced).toBe(0)
  expect(books(world)).toEqual(ledger(world))
})

test.each(['liquidation', 'adl'] as const)('a trade that the venue ended untold ends by %s', (cause) => {
  const world = opened()
  world.venue.mischief = { ...KIND, news: () => [] }
  world.venue.force(BTC, 1, cause)
  world.run(at(14))
  expect(world.trades.map(({ exitReason }) => exitReason)).toEqual([cause])
  expect(world.corrections).toContain('missed_execution')
  expect(latches(world)).not.toContain('RECONCILE')
  expect(books(world)).toEqual(ledger(world))
})

describe('a closing by the venue', () => {
  const closing = (instrument: Instrument, tradeId: string, units: Decimal, when: number): EngineEvent => ({
    kind: 'position_forced',
    time: epochMs(when),
    venueTime: epochMs(when),
    instrument,
    cause: 'adl',
    tradeId,
    side: 'sell',
    price: price(50_000),
    quantity: quantity(units),
    fee: money(0),
  })
  const ours = (world: World, instrument: Instrument) => world.engine.account.books.position(instrument).signed

  test('that is told under another name after all was closed does not turn the books round', () => {
    const world = opened()
    const units = ours(world, BTC)
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.force(BTC, 1, 'adl')
    world.run(at(14))
    expect(ours(world, BTC).toFixed()).toBe('0')
    let looks = 0
    world.observe = (_, effects) => {
      looks += effects.filter(({ kind }) => kind === 'snapshot').length
    }
    world.tell(closing(BTC, 'another', units, at(3)))
    expect(looks).toBe(1)
    expect(world.engine.counters.forced).toBe(1)
    expect(books(world)).toEqual(ledger(world))
  })

  test('of more than the books hold is left to a look at the account', () => {
    const world = opened()
    const units = ours(world, BTC)
    world.tell(closing(BTC, 'another', units.times(2), at(2)))
    expect(world.engine.counters.forced).toBe(0)
    world.run(at(40))
    expect(books(world)).toEqual(ledger(world))
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('has the number of a closing of another symbol and is booked all the same', () => {
    const world = opened()
    world.enter(ETH)
    world.run(at(4))
    const before = [ours(world, BTC), ours(world, ETH)]
    for (const instrument of [BTC, ETH]) world.tell(closing(instrument, '7', instrument.lotSize, at(4)))
    expect(world.engine.counters.forced).toBe(2)
    expect([ours(world, BTC), ours(world, ETH)].map((after, i) => before[i]!.minus(after).toFixed())).toEqual([
      BTC.lotSize.toFixed(),
      ETH.lotSize.toFixed(),
    ])
  })

  test('that was saved without its symbol is not booked again', () => {
    const world = opened()
    world.venue.force(BTC, 0.5, 'adl')
    world.run(at(14))
    world.kill()
    const saved = world.saved as Map<string, string>
    const booked = JSON.parse(saved.get('booked')!) as { forced: string[] }
    const [name] = booked.forced
    expect(name).toMatch(/^BTCUSDT /)
    saved.set('booked', JSON.stringify({ ...booked, forced: [name!.split(' ')[1]] }))
    world.start()
    world.run(at(40))
    expect(world.engine.counters.forced).toBe(0)
    expect(books(world)).toEqual(ledger(world))
  })

  test('in parts, of which the last is listed late, is a liquidation and nobody else’s doing', () => {
    const world = opened()
    world.run(at(7))
    world.venue.mischief = { ...KIND, news: () => [] }
    const executions = world.venue.executions as ExecutionReport[]
    for (const [i, share] of [0.4, 0.2, 1].entries()) {
      world.at(at(7.01 + i * 0.02), () => {
        world.venue.force(BTC, share, 'liquidation')
        if (share < 1) return
        const last = executions.pop()!
        world.at(world.now + 800, () => executions.push(last))
      })
    }
    world.run(at(60))
    expect(world.trades.map(({ exitReason }) => exitReason)).toEqual(['liquidation'])
    expect([latches(world), world.corrections.includes('position_adjusted')]).toEqual([[], false])
    expect(world.engine.counters.forced).toBe(3)
    expect(books(world)).toEqual(ledger(world))
  })

  test('that is listed after the position was taken over is counted in it', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.force(BTC, 0.3, 'adl')
    const executions = world.venue.executions as ExecutionReport[]
    const late = executions.pop()!
    world.run(at(30))
    expect(world.corrections).toContain('position_adjusted')
    const { wallet } = world.engine.account.books
    executions.push(late)
    world.run(at(60))
    expect(world.engine.counters.forced).toBe(0)
    expect(world.engine.account.books.wallet.toFixed()).toBe(wallet.toFixed())
    expect(books(world)).toEqual(ledger(world))
  })
})

describe('a closing by the venue that is not of the present position', () => {
  /** Stop and target of the whole rest, at a venue that holds what the books hold. */
  function protectedTrade(world: World): void {
    expect(held(world)).not.toBe(0)
    expect(books(world)).toEqual(ledger(world))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(latches(world)).toEqual([])
  }

  test('but of one that a person opened while no bot ran: an open trade is not booked as closed by it', () => {
    const world = begun()
    world.kill()
    world.venue.manual(BTC, 41)
    world.venue.force(BTC, 1, 'liquidation')
    const history = world.venue.executions as ExecutionReport[]
    const old = history.splice(0)
    world.run(at(600))
    world.start()
    world.run(at(700))
    world.enter()
    world.run(at(760))
    expect(held(world)).toBe(0.041)
    // The first looks of a process reach back a week.
    history.unshift(...old)
    world.kill()
    world.start()
    for (let time = 760.2; time < 780; time += 0.5) {
      world.run(at(time))
      protectedTrade(world)
    }
    expect(world.trades).toEqual([])
    expect(codes(world)).not.toContain('POSITION_FORCED')
  })

  test('but of earlier trades, in more parts than are remembered', () => {
    const world = opened()
    for (let i = 0; i < 41; i++) {
      world.venue.force(BTC, 0.0001, 'adl')
      world.run(at(2.1 + i * 0.05))
    }
    world.run(at(30))
    world.enter(BTC, 'SHORT')
    world.run(at(40))
    for (let i = 0; i < 41; i++) {
      world.venue.force(BTC, 0.0001, 'adl')
      world.run(at(40.1 + i * 0.05))
    }
    world.run(at(3 * 3600))
    expect(world.trades).toHaveLength(2)
    world.enter()
    for (let time = 3 * 3600 + 1; time < 3 * 3600 + 30; time += 0.5) {
      world.run(at(time))
      protectedTrade(world)
    }
    expect(world.trades).toHaveLength(2)
  })

  test('because the position has not changed: it was told under another name', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.force(BTC, 0.5, 'adl')
    const [closing] = world.venue.executions.filter(({ forced }) => forced !== null)
    const { liquidity: _, forced: __, clientOrderId: ___, ...rest } = closing!
    world.tell({ kind: 'position_forced', ...rest, time: world.now as never, tradeId: 'another', cause: 'adl' })
    world.venue.mischief = KIND
    for (let time = 3; time < 60; time += 0.5) {
      world.run(at(time))
      protectedTrade(world)
    }
    expect(world.engine.counters.forced).toBe(1)
    expect(world.corrections).toEqual([])
  })

  test('because it is in a position that was taken over before it was listed', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.force(BTC, 0.5, 'adl')
    world.venue.mischief = KIND
    const history = world.venue.executions as ExecutionReport[]
    const late = history.splice(-1)
    world.run(at(30))
    expect(world.corrections).toContain('position_adjusted')
    const rest = held(world)
    history.push(...late)
    world.venue.manual(BTC, 30)
    history.pop()
    world.run(at(60))
    expect(held(world)).toBeCloseTo(rest + 0.03, 9)
    expect(books(world)).toEqual(ledger(world))
    expect(world.engine.counters.forced).toBe(0)
  })
})

describe('a position that went out of the books by none of the bot’s orders, and is still there,', () => {
  /** News of a liquidation that never was. */
  function tellLiquidation(world: World): void {
    const time = epochMs(world.now)
    const [size, at, fee] = [quantity(held(world)), price(PRICE), money(0)]
    const what = { instrument: BTC, tradeId: 'x', side: 'sell', price: at, quantity: size, fee } as const
    world.tell({ kind: 'position_forced', time, venueTime: time, ...what, cause: 'liquidation' })
    expect(world.engine.states[0]!.trade).toBeNull()
  }

  function closedBySelf(world: World): void {
    expect(codes(world)).toContain('ORPHAN')
    expect(codes(world)).not.toContain('FOREIGN')
    expect(latches(world)).toEqual(['RECONCILE'])
    expect(world.venue.submitted.at(-1)).toMatchObject({ leg: 'exit', side: 'sell', reduceOnly: true })
    expect(held(world)).toBe(0)
    expect(world.venue.live(BTC)).toEqual([])
    expect(books(world)).toEqual(ledger(world))
  }

  test('is not foreign: it is taken back and closed at market', () => {
    const world = opened()
    world.run(at(10.5))
    tellLiquidation(world)
    world.run(at(16))
    expect(held(world)).toBe(0)
    world.run(at(40))
    closedBySelf(world)
  })

  test('by the next process, too', () => {
    const world = opened()
    world.run(at(10.5))
    tellLiquidation(world)
    world.kill()
    world.start()
    world.run(at(40))
    closedBySelf(world)
  })

  test('because two looks had not shown it', () => {
    const world = opened()
    let seen: AccountSnapshot | undefined
    world.observe = (event) => {
      if (event.kind === 'account_snapshot') seen = event
    }
    world.run(at(11))
    for (const seconds of [13, 18.5]) {
      world.run(at(seconds))
      const now = epochMs(world.now)
      world.venue.mischief = { ...KIND, snapshotFails: () => true }
      world.tell({ ...seen!, time: now, askedAt: now, positions: [] })
    }
    expect(world.engine.states[0]!.trade).toBeNull()
    world.venue.mischief = KIND
    world.run(at(60))
    closedBySelf(world)
  })

  test('is foreign all the same where executions by others made it', () => {
    const world = opened()
    world.venue.force(BTC, 1, 'liquidation')
    world.run(at(2.1))
    expect(world.engine.states[0]!.trade).toBeNull()
    world.venue.manual(BTC, 41)
    world.run(at(40))
    expect(latches(world)).toEqual(['FOREIGN'])
    expect(held(world)).toBe(0.041)
  })

  test('is foreign once the venue has been seen without it', () => {
    const world = opened()
    world.venue.force(BTC, 1, 'liquidation')
    world.run(at(40))
    world.venue.manual(BTC, 41)
    world.venue.forgetHistory()
    world.run(at(80))
    expect(latches(world)).toEqual(['FOREIGN'])
    expect(held(world)).toBe(0.041)
  })
})

test('a closing by the venue that is listed before the position shows it waits for the next look', () => {
  const world = opened()
  world.venue.price(BTC, 49_900)
  world.venue.mischief = { ...KIND, news: () => [] }
  let before: AccountSnapshot | undefined
  world.observe = (event) => {
    if (event.kind === 'account_snapshot') before ??= event
  }
  world.run(at(14))
  world.venue.force(BTC, 1, 'liquidation')
  const { executions, wallet } = world.venue
  const now = epochMs(world.now)
  world.tell({ ...before!, time: now, askedAt: now, executions: [...executions], wallet: wallet as Money })
  expect(world.trades).toEqual([])
  world.run(at(40))
  expect(world.trades.map(({ exitReason, exitPrice }) => [exitReason, exitPrice.toNumber()])).toEqual([
    ['liquidation', 49_900],
  ])
  expect(latches(world)).toEqual([])
  expect(books(world)).toEqual(ledger(world))
})

describe('a position that a person has opened after the bot’s was liquidated', () => {
  const SECONDS_OF_8_DAYS = 8 * 86_400
  const foreign = (): World => {
    const world = opened()
    world.run(at(10.5))
    world.venue.force(BTC, 1, 'liquidation')
    world.run(at(14))
    world.venue.manual(BTC, 30)
    world.run(at(40))
    expect(latches(world)).toEqual(['FOREIGN'])
    return world
  }

  test('stays that person’s when the record that told so is gone at a later start', () => {
    const world = foreign()
    world.venue.forgetHistory()
    world.kill()
    world.run(at(SECONDS_OF_8_DAYS))
    world.start()
    world.run(at(SECONDS_OF_8_DAYS + 40))
    expect(held(world)).toBe(0.03)
  })

  test('stays that person’s however much is executed on other symbols', () => {
    const world = foreign()
    world.venue.forgetHistory()
    for (let i = 0; i < 1_100; i++) world.venue.manual(ETH, i % 2 === 0 ? -1 : 1)
    world.venue.manual(ETH, 1)
    world.run(at(80))
    expect(held(world)).toBe(0.03)
  })
})
