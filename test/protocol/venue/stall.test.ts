import { afterEach, describe, expect, it } from 'vitest'
import { startEmbeddedBot, type EmbeddedBot } from '../../fixture/embedded-bot.ts'

/** The bot's loop stands still for half a minute (a blocked process, a sleeping machine) and the market does not. */

let bot: EmbeddedBot
afterEach(() => bot.close())

const STALL_MS = 30_000
/** A refusal is recorded once a want. */
const stale = (): number => bot.engine.counters.refusals.get('PRICE_STALE') ?? 0
const stopsResting = (): number =>
  [...bot.server.account.orders.algo.values()].filter(({ status }) => status === 'NEW').length
const held = (): string => bot.server.account.position(bot.server.instruments[0]!).signed.toFixed()

describe('after a stall', () => {
  it('no entry is decided on a price of before, nor on one that waited in the socket meanwhile', async () => {
    bot = await startEmbeddedBot()
    await bot.stall(bot.now + STALL_MS)
    await bot.enter()
    expect(stale()).toBe(1)
    // Received now, and told by the exchange half a minute ago.
    bot.hearPrice(STALL_MS - 1_000)
    await bot.enter({}, 'SHORT')
    expect(stale()).toBe(2)
    expect(bot.submitted).toEqual([])
    bot.hearPrice(0)
    await bot.enter()
    expect(held()).toBe('0.041')
  })

  it('a stop that went meanwhile is missed and placed again, and what is over is booked', async () => {
    bot = await startEmbeddedBot()
    await bot.enter()
    expect(stopsResting()).toBe(1)
    bot.server.addFault({
      kind: 'cancel_silently',
      client_id: bot.submitted.find(({ leg }) => leg === 'stop')!.clientOrderId,
    })
    await bot.stall(bot.now + STALL_MS)
    expect(stopsResting()).toBe(0)
    const back = bot.now
    for (let s = 1; s <= 5 && stopsResting() === 0; s++) await bot.run(back + s * 1_000)
    expect(stopsResting()).toBe(1)
    bot.move(49_400)
    await bot.stall(bot.now + STALL_MS)
    expect(held()).toBe('0')
    await bot.run(bot.now + 3_000)
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['stop'])
    expect(bot.submitted.filter(({ leg }) => leg === 'exit')).toEqual([])
    expect(bot.engine.account.books.wallet.toFixed(2)).toBe(bot.server.account.wallet().toFixed(2))
  })

  it('working entries past their time are withdrawn at once', async () => {
    bot = await startEmbeddedBot({ file: { entry: { order_type: 'limit', limit_timeout_secs: 20 } } })
    await bot.enter({ entry: 49_900, stop: 49_400 })
    const resting = (): number =>
      [...bot.server.account.orders.regular.values()].filter(({ status }) => status === 'NEW').length
    expect(resting()).toBe(1)
    await bot.stall(bot.now + STALL_MS)
    await bot.run(bot.now + 1_000)
    expect(resting()).toBe(0)
    expect(held()).toBe('0')
  })
})
