import { describe, expect, test } from 'vitest'
import type { AccountSnapshot, ExecutionReport } from '../../../src/domain/event.ts'
import { BTC, PRICE } from '../../fixture/engine-scene.ts'
import { KIND } from '../../simulation/mischief.ts'
import { at, begun, books, codes, held, latches, ledger, opened, protection, sent } from '../../simulation/scene.ts'
import type { World } from '../../simulation/world.ts'

const START = 10_000
const FEE_RATIO = 0.0005

const guard = (world: World) => world.engine.account.guard
const equity = (world: World): number => world.engine.account.books.equity()
const lots = (world: World): number => Math.round(held(world) / BTC.lotSize.toNumber())

/** A person closes all, or so many lots, of the LONG while the bot sees no price but the one it was opened at. */
function closeUnseen(world: World, at: number, count = lots(world)): void {
  world.venue.price(BTC, at)
  world.venue.manual(BTC, -count)
  world.venue.price(BTC, PRICE)
}

/** Fees included. */
const resultAt = (exit: number, quantity: number): number =>
  quantity * (exit - PRICE) - quantity * (exit + PRICE) * FEE_RATIO

/** Share of the day's first equity that the loss limits see as left. */
const left = (world: World): number => equity(world) / guard(world).dayStart

describe('what was closed by hand is a result', () => {
  test('a loss is counted to the cent and trips the limits', () => {
    const world = opened({ file: { risk: { max_daily_loss_pct: 0.15, max_drawdown_pct: 0.15 } } })
    const quantity = held(world)
    const loss = resultAt(49_600, quantity)
    expect(loss).toBeLessThan(-0.0015 * START)
    closeUnseen(world, 49_600)
    world.run(at(30))
    expect(equity(world)).toBeCloseTo(START + loss, 6)
    expect([guard(world).dayStart, guard(world).highWater]).toEqual([START, START])
    expect(latches(world)).toEqual(['RECONCILE', 'DAILY_LOSS', 'MAX_DRAWDOWN'])
    expect(world.corrections).not.toContain('wallet_adjusted')
    const [trade] = world.trades
    expect(trade!.exitPrice.toNumber()).toBe(49_600)
    expect(trade!.pnl.toNumber()).toBeCloseTo(loss, 6)
    const { realised, fees } = world.engine.account.books
    expect(realised.minus(fees).toNumber()).toBeCloseTo(loss, 6)
    expect(books(world)).toEqual(ledger(world))
  })

  test('a profit raises the highest equity, not the day’s first', () => {
    const world = opened()
    const profit = resultAt(50_900, held(world))
    closeUnseen(world, 50_900)
    world.run(at(30))
    expect(guard(world).highWater).toBeCloseTo(START + profit, 6)
    expect(guard(world).dayStart).toBe(START)
    expect(books(world)).toEqual(ledger(world))
  })

  test('of a part, and then of another: each once', () => {
    const world = opened()
    const quantity = held(world)
    closeUnseen(world, 49_600, 20)
    world.run(at(30))
    closeUnseen(world, 50_400, lots(world))
    world.run(at(60))
    const lot = BTC.lotSize.toNumber()
    const result = resultAt(49_600, 20 * lot) + resultAt(50_400, quantity - 20 * lot)
    expect(equity(world)).toBeCloseTo(START + result, 6)
    expect(guard(world).dayStart).toBe(START)
    expect(world.corrections).not.toContain('wallet_adjusted')
    expect(world.trades[0]!.pnl.toNumber()).toBeCloseTo(result, 6)
    expect(books(world)).toEqual(ledger(world))
  })

  test('while no bot ran: the next one counts it', () => {
    const world = opened()
    const loss = resultAt(49_600, held(world))
    world.kill()
    closeUnseen(world, 49_600)
    world.run(at(60))
    world.start()
    world.run(at(90))
    expect(equity(world)).toBeCloseTo(START + loss, 6)
    expect(guard(world).dayStart).toBe(START)
    expect(world.corrections).not.toContain('wallet_adjusted')
  })

  test('while no bot ran, and only the first look reaches back as far: a withdrawal beside it is none', () => {
    const world = opened({ file: { risk: { max_daily_loss_pct: 5, max_drawdown_pct: 10 } } })
    const profit = resultAt(50_400, held(world))
    world.kill()
    closeUnseen(world, 50_400)
    world.venue.transfer(-2_000)
    world.run(at(3_600))
    const history = world.venue.executions as ExecutionReport[]
    let looks = 0
    world.observe = (event) => {
      if (event.kind === 'account_snapshot' && ++looks === 1) history.length = 0
    }
    world.start()
    world.run(at(3_660))
    expect(latches(world)).toEqual(['RECONCILE'])
    expect(world.trades[0]!.exitPrice.toNumber()).toBe(50_400)
    expect(world.trades[0]!.pnl.toNumber()).toBeCloseTo(profit, 6)
    expect(left(world)).toBeCloseTo((START + profit) / START, 9)
    expect(books(world)).toEqual(ledger(world))
  })

  test.each([2_000, -2_000])('beside a transfer of %i, which is none', (amount) => {
    const world = opened()
    const result = resultAt(49_600, held(world))
    closeUnseen(world, 49_600)
    world.venue.transfer(amount)
    world.run(at(30))
    expect(world.corrections).toContain('wallet_adjusted')
    expect(equity(world)).toBeCloseTo(START + result + amount, 6)
    expect(left(world)).toBeCloseTo((START + result) / START, 9)
    expect(equity(world) / guard(world).highWater).toBeCloseTo((START + result) / START, 9)
    expect(books(world)).toEqual(ledger(world))
  })
})

describe('where no execution tells how', () => {
  test('a loss at the mark is counted, and so is what the wallet lacks beyond it', () => {
    const world = opened({ file: { risk: { max_daily_loss_pct: 0.15, max_drawdown_pct: 0.15 } } })
    const loss = resultAt(49_600, held(world))
    closeUnseen(world, 49_600)
    world.venue.forgetHistory()
    world.run(at(30))
    expect(equity(world)).toBeCloseTo(START + loss, 6)
    expect([guard(world).dayStart, guard(world).highWater]).toEqual([START, START])
    expect(latches(world)).toEqual(['RECONCILE', 'DAILY_LOSS', 'MAX_DRAWDOWN'])
    expect(world.alerts.find((a) => a.code === 'WALLET_ADJUSTED')!.message).toContain('as a loss')
    expect(books(world)).toEqual(ledger(world))
  })

  test.each(['go on', 'restart'])(
    'what the wallet lacks beyond the mark is a loss, also when the process is to %s',
    (how) => {
      const world = opened()
      const loss = resultAt(49_600, held(world))
      closeUnseen(world, 49_600)
      world.price(BTC, PRICE + 100)
      world.venue.forgetHistory()
      let restarts = how === 'restart' ? 1 : 0
      for (let seconds = 2.1; seconds < 40; seconds += 0.1) {
        world.run(at(seconds))
        if (restarts === 0 || !world.corrections.includes('position_adjusted')) continue
        restarts -= 1
        expect(world.corrections).not.toContain('wallet_adjusted')
        world.kill()
        world.start()
      }
      expect(restarts).toBe(0)
      expect(guard(world).dayStart).toBe(START)
      expect(equity(world)).toBeCloseTo(START + loss, 6)
      expect(books(world)).toEqual(ledger(world))
    },
  )

  test('what is listed later was taken over with the position, also for the next process', () => {
    const world = opened()
    const history = world.venue.executions as ExecutionReport[]
    closeUnseen(world, 49_600, 20)
    const late = history.splice(-1)
    world.run(at(20))
    expect(world.corrections).toContain('wallet_adjusted')
    const before = equity(world)
    history.push(...late)
    world.kill()
    closeUnseen(world, 50_400)
    const profit = held(world) === 0 ? resultAt(50_400, 0.021) : Number.NaN
    world.start()
    world.run(at(60))
    expect(world.corrections.filter((kind) => kind === 'wallet_adjusted')).toHaveLength(1)
    expect(equity(world)).toBeCloseTo(before + profit - 0.021 * PRICE * -FEE_RATIO, 6)
    expect(books(world)).toEqual(ledger(world))
  })

  test('a profit at the mark is a profit', () => {
    const world = opened()
    const quantity = held(world)
    world.price(BTC, 50_900)
    world.venue.manual(BTC, -lots(world))
    world.venue.forgetHistory()
    world.run(at(30))
    expect(equity(world)).toBeCloseTo(START + resultAt(50_900, quantity), 6)
    expect(guard(world).dayStart).toBe(START)
    expect(books(world)).toEqual(ledger(world))
  })

  test('a deposit beside a loss allows no further loss', () => {
    const world = opened()
    const quantity = held(world)
    world.price(BTC, 49_600)
    world.venue.manual(BTC, -lots(world))
    world.venue.forgetHistory()
    world.venue.transfer(2_000)
    world.run(at(30))
    const atMark = START + quantity * (49_600 - PRICE) - quantity * PRICE * FEE_RATIO
    expect(left(world)).toBeCloseTo(atMark / START, 9)
    expect(books(world)).toEqual(ledger(world))
  })

  test('after the wallet has been taken over, a withdrawal is a transfer again', () => {
    const world = opened()
    closeUnseen(world, 49_600)
    world.venue.forgetHistory()
    let before: number | undefined
    world.observe = () => {
      if (before !== undefined || !world.corrections.includes('wallet_adjusted')) return
      before = left(world)
      world.venue.transfer(-2_000)
    }
    world.run(at(60))
    expect(before).toBeLessThan(0.9983)
    expect(left(world)).toBeCloseTo(before!, 9)
    expect(books(world)).toEqual(ledger(world))
  })

  test('where the mark was right to the cent, a later withdrawal is a transfer', () => {
    const world = opened()
    world.venue.transfer(held(world) * PRICE * FEE_RATIO)
    closeUnseen(world, PRICE)
    world.venue.forgetHistory()
    world.run(at(30))
    const before = left(world)
    expect(world.corrections).not.toContain('wallet_adjusted')
    world.venue.transfer(-2_000)
    world.run(at(60))
    expect(left(world)).toBeCloseTo(before, 9)
    expect(books(world)).toEqual(ledger(world))
  })

  test('more of it: what it cost is no transfer', () => {
    const world = opened()
    world.venue.manual(BTC, 10)
    world.venue.forgetHistory()
    world.run(at(30))
    expect(guard(world).dayStart).toBe(START)
    expect(books(world)).toEqual(ledger(world))
  })
})

test('more of a position is guarded, although the fate of an exit is open', () => {
  const world = opened()
  world.run(at(9))
  world.venue.mischief = {
    ...KIND,
    order: ({ leg }) => (leg === 'exit' ? { kind: 'lose_request', told: true } : { kind: 'none' }),
  }
  world.venue.manual(BTC, 20)
  world.command({ name: 'force_exit', tradeId: 'all' })
  world.run(at(14))
  expect(world.engine.states[0]!.trade!.exitId).not.toBeNull()
  expect(protection(world)).toContain('stop')
})

test('a position turned round by hand is left, although exits of the former one keep getting lost', () => {
  let exits = 0
  const world = opened()
  world.venue.mischief = {
    ...KIND,
    order: ({ leg }) =>
      leg === 'exit' && exits++ < 20 && exits % 3 === 2 ? { kind: 'lose_request', told: true } : { kind: 'none' },
  }
  world.venue.manual(BTC, -2 * lots(world))
  world.run(at(12))
  expect(held(world)).toBe(0)
  expect(latches(world)).toEqual(['RECONCILE'])
  world.run(at(90))
  expect(books(world)).toEqual(ledger(world))
})

test('a wallet that tells of a closing before the position does is no transfer', () => {
  const world = opened()
  const loss = resultAt(49_600, held(world))
  let now: AccountSnapshot | undefined
  world.observe = (event) => {
    if (event.kind === 'account_snapshot') now = event
  }
  world.run(at(20))
  const before = now!
  world.venue.mischief = { ...KIND, snapshotFails: () => true }
  closeUnseen(world, 49_600)
  world.run(at(30))
  world.tell({ ...before, time: world.now as never, askedAt: world.now as never, wallet: world.venue.wallet as never })
  world.venue.mischief = KIND
  world.run(at(60))
  expect(codes(world)).not.toContain('WALLET_ADJUSTED')
  expect(equity(world)).toBeCloseTo(START + loss, 6)
  expect(guard(world).dayStart).toBe(START)
})

describe('fills of the bot’s own orders that the venue lists late', () => {
  const silent = { ...KIND, news: (event: { kind: string }) => (event.kind === 'order_filled' ? [] : [0]) }
  const history = (world: World) => world.venue.executions as ExecutionReport[]

  /** An entry that has filled, which neither news nor records tell. */
  function filledUnseen(
    direction: 'LONG' | 'SHORT',
    file: { readonly [key: string]: unknown } = {},
  ): { world: World; late: ExecutionReport[] } {
    const world = begun(silent, { file })
    world.enter(BTC, direction)
    world.run(at(1.5))
    return { world, late: history(world).splice(0) }
  }

  test('as late as it may: the position is not taken over', () => {
    const world = opened()
    world.run(at(9.5))
    world.venue.mischief = { ...KIND, news: () => [] }
    world.price(BTC, 49_400)
    const late = history(world).splice(-1)
    world.run(at(14))
    history(world).push(...late)
    world.run(at(30))
    expect(world.corrections).not.toContain('position_adjusted')
    expect(latches(world)).toEqual([])
    expect(world.trades.map((trade) => trade.exitReason)).toEqual(['stop'])
    expect(world.trades[0]!.pnl.toFixed(8)).toBe(world.venue.wallet.minus(START).toFixed(8))
    expect(books(world)).toEqual(ledger(world))
  })

  test.each([
    ['goes on', 'LONG'],
    ['is another one', 'SHORT'],
  ] as const)('after the position was taken over, and the process %s: a %s counts once', (how, direction) => {
    const { world, late } = filledUnseen(direction)
    world.run(at(12))
    expect(latches(world)).toEqual(['RECONCILE'])
    expect(protection(world)).toEqual(['stop', 'target'])
    if (how !== 'goes on') {
      world.kill()
      world.start()
    }
    history(world).push(...late)
    world.run(at(40))
    expect(world.corrections.filter((kind) => kind === 'position_adjusted')).toHaveLength(1)
    expect(sent(world, 'stop')).toBe(1)
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(world.engine.states[0]!.trade!.position.toNumber()).toBe(Math.abs(held(world)))
    expect(world.corrections.filter((kind) => kind === 'wallet_adjusted')).toHaveLength(1)
    expect(books(world)).toEqual(ledger(world))
  })

  test('never: what was taken over is held no longer than any other', () => {
    const { world } = filledUnseen('LONG', { entry: { max_holding_hours: 1 } })
    world.run(at(12))
    expect(held(world)).toBeGreaterThan(0)
    world.run(at(3_700))
    expect([sent(world, 'exit'), held(world)]).toEqual([1, 0])
  })
})
