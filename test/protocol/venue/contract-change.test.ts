import { afterEach, describe, expect, it } from 'vitest'
import type { OrderRequest } from '../../../src/domain/order.ts'
import { startEmbeddedBot, type EmbeddedBot, type EmbeddedBotOptions } from '../../fixture/embedded-bot.ts'

/** What the venue changes of its contracts while a bot trades them: over sockets, with the engine that decides. */

let bot: EmbeddedBot
const started = async (options?: EmbeddedBotOptions): Promise<EmbeddedBot> => (bot = await startEmbeddedBot(options))
afterEach(() => bot.close())

/** By then everything listed has been looked at once more. */
const LOOKED_MS = 310_000

const held = (): string => bot.server.account.position(bot.server.instruments[0]!).signed.toFixed()
/** Type, quantity and price of what rests at the exchange. */
function resting(): readonly string[] {
  const { regular, algo } = bot.server.account.orders
  return [
    ...[...algo.values()]
      .filter(({ status }) => status === 'NEW')
      .map((o) => `stop ${o.quantity} at ${o.triggerPrice}`),
    ...[...regular.values()]
      .filter(({ status }) => status === 'NEW' || status === 'PARTIALLY_FILLED')
      .map((o) => `limit ${o.quantity} at ${o.price?.toString()}`),
  ]
}
const codes = (): readonly string[] => bot.alerts.map(({ code }) => code)
function agree(): void {
  expect(bot.engine.account.books.position(bot.instrument).signed.toFixed()).toBe(held())
  expect(bot.engine.account.books.wallet.toFixed(2)).toBe(bot.server.account.wallet().toFixed(2))
}

const sent = (leg: OrderRequest['leg']): number => bot.submitted.filter((order) => order.leg === leg).length
const COARSE = {
  kind: 'change_filters',
  symbol: 'BTCUSDT',
  tick_size: '5',
  step_size: '0.1',
  min_quantity: '0.1',
} as const
/** An order sent now has met the market, and what follows from it has not. */
const BETWEEN_MS = 60

describe('new filters', () => {
  it('are read in time: what protects the position is placed anew on them, and closes it without turning it', async () => {
    await started()
    await bot.enter({ stop: 49_500.3, target: 51_000.7 })
    expect(resting()).toEqual(['stop 0.041 at 49500.3', 'limit 0.041 at 51000.7'])
    bot.server.addFault(COARSE)
    await bot.stall(LOOKED_MS)
    await bot.run(LOOKED_MS + 3_000)
    expect(resting()).toEqual(['stop 0.1 at 49505', 'limit 0.1 at 51000'])
    expect(codes()).toEqual(['CONTRACT_CHANGED'])
    bot.move(49_400)
    await bot.run(bot.now + 3_000)
    expect(held()).toBe('0')
    expect(bot.trades.map(({ exitReason, quantity }) => `${exitReason} ${quantity}`)).toEqual(['stop 0.041'])
    expect(resting()).toEqual([])
    agree()
  })

  it('that a stop was made without are read at once, and the stop is placed again instead of leaving', async () => {
    await started()
    bot.server.addFault({ ...COARSE, after_ms: BETWEEN_MS })
    await bot.enter({ stop: 49_500.3, target: 51_000.7 })
    await bot.run(bot.now + 2_000)
    expect(bot.rejected.map(({ code }) => code)).toEqual(['TICK_SIZE', 'TICK_SIZE'])
    expect(resting()).toEqual(['stop 0.1 at 49505', 'limit 0.1 at 51000'])
    expect(sent('exit')).toBe(0)
    agree()
  })

  it('that an exit was made without: the next one closes everything', async () => {
    await started()
    await bot.enter()
    bot.server.addFault(COARSE)
    await bot.forceExit()
    await bot.run(bot.now + 3_000)
    expect(bot.rejected.map(({ code }) => code)).toEqual(['MIN_QUANTITY'])
    expect(codes()).toEqual(['CONTRACT_CHANGED', 'EXIT_FAILED'])
    expect(held()).toBe('0')
    expect(bot.trades).toHaveLength(1)
    agree()
  })

  it('that an entry was made without refuse it with the reason, and the next is made for them', async () => {
    await started()
    bot.server.addFault({ kind: 'change_filters', symbol: 'BTCUSDT', min_notional: '100000' })
    await bot.enter()
    await bot.run(bot.now + 2_000)
    expect(bot.rejected.map(({ code }) => code)).toEqual(['MIN_NOTIONAL'])
    expect(held()).toBe('0')
    await bot.enter()
    expect(bot.refusals.map(({ code }) => code)).toEqual(['BELOW_MINIMUM'])
    expect(sent('entry')).toBe(1)
    bot.server.addFault({ kind: 'change_filters', symbol: 'BTCUSDT', min_notional: '100' })
    await bot.stall(LOOKED_MS)
    await bot.run(LOOKED_MS + 2_000)
    await bot.enter()
    expect(held()).toBe('0.041')
    agree()
  })
})

describe('a contract that is not traded any more', () => {
  it('has no entries; its position stays behind its stop, and what the venue settles is booked', async () => {
    await started()
    await bot.enter()
    bot.server.addFault({ kind: 'contract_status', symbol: 'BTCUSDT', status: 'SETTLING' })
    await bot.stall(LOOKED_MS)
    await bot.run(LOOKED_MS + 3_000)
    expect(bot.alerts).toEqual([
      {
        kind: 'alert',
        level: 'critical',
        code: 'NOT_TRADING',
        message:
          'BTCUSDT is not traded at the venue: its status is SETTLING; no entries, and the position of 0.041 stays behind its stop until it is traded again or the venue settles it',
      },
    ])
    expect(resting()[0]).toBe('stop 0.041 at 49500')
    bot.server.addFault({ kind: 'force_close', symbol: 'BTCUSDT', cause: 'settlement' })
    await bot.run(bot.now + 13_000)
    expect(held()).toBe('0')
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['settlement'])
    expect(resting()).toEqual([])
    await bot.enter()
    expect(bot.refusals.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'NOT_TRADING: BTCUSDT is not traded at the venue: its status is SETTLING',
    ])
    expect([sent('entry'), sent('exit')]).toEqual([1, 0])
    agree()
  })

  it('is settled while the stream is silent: found by the comparison, as a correction', async () => {
    await started()
    await bot.enter()
    bot.server.addFault({ kind: 'silence', on: true })
    bot.server.addFault({ kind: 'contract_status', symbol: 'BTCUSDT', status: 'SETTLING' })
    bot.server.addFault({ kind: 'force_close', symbol: 'BTCUSDT', cause: 'settlement' })
    await bot.stall(bot.now + 10_000)
    await bot.run(bot.now + 3_000)
    expect(bot.corrections).toEqual(['missed_execution'])
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['settlement'])
    expect(sent('exit')).toBe(0)
    agree()
  })

  it('refuses an exit: it is tried again, ever less often, until the contract is traded again', async () => {
    await started()
    await bot.enter()
    bot.server.addFault({ kind: 'contract_status', symbol: 'BTCUSDT', status: 'BREAK' })
    await bot.forceExit()
    await bot.run(bot.now + 4_000)
    expect(new Set(bot.rejected.map(({ code }) => code))).toEqual(new Set(['NOT_TRADING']))
    expect(sent('exit')).toBeGreaterThan(2)
    expect(sent('exit')).toBeLessThan(6)
    expect(resting()).toContain('stop 0.041 at 49500')
    bot.server.addFault({ kind: 'contract_status', symbol: 'BTCUSDT', status: 'TRADING' })
    await bot.run(bot.now + 4_500)
    expect(held()).toBe('0')
    agree()
  })
})

describe('a contract that is not traded when a bot starts again', () => {
  const STATUS = { kind: 'contract_status', symbol: 'BTCUSDT', status: 'SETTLING' } as const
  async function restarted(meanwhile: () => void): Promise<void> {
    await started()
    await bot.enter()
    await bot.run(bot.now + 2_000)
    await bot.kill()
    bot.server.addFault(STATUS)
    meanwhile()
    await started({ after: bot })
  }

  it('keeps its position behind its stop, is told, has no entries, and its settlement is booked', async () => {
    await restarted(() => undefined)
    expect(bot.alerts).toMatchObject([
      {
        code: 'NOT_TRADING',
        message: expect.stringMatching(
          /status is SETTLING; no entries, and the position of 0\.041 stays behind its stop/,
        ),
      },
    ])
    await bot.run(bot.now + 15_000)
    expect(resting()).toEqual(['stop 0.041 at 49500', 'limit 0.041 at 51000'])
    expect(bot.submitted).toEqual([])
    agree()
    bot.server.addFault({ kind: 'force_close', symbol: 'BTCUSDT', cause: 'settlement' })
    await bot.run(bot.now + 13_000)
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['settlement'])
    expect(resting()).toEqual([])
    await bot.enter()
    expect(bot.refusals.map(({ code }) => code)).toEqual(['NOT_TRADING'])
    agree()
  })

  it('that was left without a stop: one is tried, and the position is closed as soon as anybody can', async () => {
    await restarted(() => {
      const stop = bot.submitted.find(({ leg }) => leg === 'stop')!
      bot.server.addFault({ kind: 'cancel_silently', client_id: stop.clientOrderId })
    })
    await bot.run(bot.now + 5_000)
    expect(held()).toBe('0.041')
    expect([sent('stop'), new Set(bot.rejected.map(({ code }) => code))]).toEqual([1, new Set(['NOT_TRADING'])])
    expect(new Set(codes())).toEqual(new Set(['NOT_TRADING', 'STOP_REJECTED', 'EXIT_FAILED']))
    bot.server.addFault({ ...STATUS, status: 'TRADING' })
    await bot.run(bot.now + 4_500)
    expect(held()).toBe('0')
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['unprotected'])
    expect(resting()).toEqual([])
    agree()
  })
})

describe('the venue’s bounds around the mark', () => {
  it('are kept by the gate: an entry outside of them is refused with the reason, and none is sent', async () => {
    await started()
    bot.server.addFault({ kind: 'change_filters', symbol: 'BTCUSDT', multiplier_up: '1.001' })
    await bot.enter()
    await bot.run(bot.now + 1_000)
    expect(bot.rejected.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^PRICE_BAND .*-4016.*Limit price can't be higher than 50050/),
    ])
    await bot.enter()
    expect(bot.refusals.map(({ code }) => code)).toEqual(['PRICE_BAND'])
    expect(sent('entry')).toBe(1)
    await bot.enter({}, 'SHORT')
    expect(held()).not.toBe('0')
  })

  it('refuse a market exit: the stop stays, it is told, and tried again until there is somebody to trade with', async () => {
    await started()
    await bot.enter()
    bot.move(47_000, 50_000)
    await bot.run(bot.now + 1_000)
    await bot.forceExit()
    await bot.run(bot.now + 5_000)
    expect(new Set(bot.rejected.map(({ code }) => code))).toEqual(new Set(['PRICE_BAND']))
    expect(new Set(codes())).toEqual(new Set(['EXIT_FAILED']))
    expect(resting()).toContain('stop 0.041 at 49500')
    bot.move(49_900)
    await bot.run(bot.now + 10_000)
    expect(held()).toBe('0')
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['forced'])
    agree()
  })
})
