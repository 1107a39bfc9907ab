import { afterEach, describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { startEmbeddedBot, type EmbeddedBot, type EmbeddedBotOptions } from '../../fixture/embedded-bot.ts'
import { BTC, T0 } from '../../unit/exchange/fixture.ts'

/** The venue shuts for a while, and settles funding while nobody can hear it. */

let bot: EmbeddedBot
const started = async (options?: EmbeddedBotOptions): Promise<EmbeddedBot> => (bot = await startEmbeddedBot(options))
afterEach(() => bot.close())

const resting = (): readonly string[] =>
  [...bot.server.account.orders.algo.values()]
    .filter(({ status }) => status === 'NEW')
    .map(({ triggerPrice }) => triggerPrice.toFixed())
const held = (): string => bot.server.account.position(bot.server.instruments[0]!).signed.toFixed()
const codes = (): readonly string[] => [...new Set(bot.alerts.map(({ code }) => code))]
function agree(): void {
  expect(bot.engine.account.books.position(bot.instrument).signed.toFixed()).toBe(held())
  expect(bot.engine.account.books.wallet.toFixed(2)).toBe(bot.server.account.wallet().toFixed(2))
  expect(bot.engine.account.latches.latches).toEqual([])
}
/** Until the bot has compared its books after this. */
async function reconciled(): Promise<void> {
  const from = bot.server.now
  for (let i = 0; i < 120 && bot.engine.reconciledAt() <= from; i++) await bot.run(bot.now + 500)
  expect(bot.engine.reconciledAt()).toBeGreaterThan(from)
}

const SHUT_MS = 20_000

describe('maintenance', () => {
  it('leaves the stop where it is, lets no entry through, asks little, and ends in a comparison of the books', async () => {
    await started()
    bot.server.addFault({ kind: 'maintenance', for_ms: SHUT_MS })
    const before = bot.server.received
    await bot.run(bot.now + 1_500)
    await bot.enter()
    expect(bot.refusals.map(({ code }) => code)).toEqual(['VENUE_DOWN'])
    await bot.run(bot.now + SHUT_MS - 3_000)
    // A few attempts to be heard again, and nothing else.
    expect(bot.server.received - before).toBeLessThan(40)
    await bot.run(bot.now + 3_000)
    await reconciled()
    expect(bot.submitted).toEqual([])
    await bot.enter({}, 'SHORT')
    expect(resting()).toEqual(['50500'])
    expect(codes()).toEqual(['VENUE_DOWN'])
    agree()
  })

  it('of which an exit came to nothing: it is not sent blindly again, the stop rests on, and it is made good', async () => {
    await started()
    await bot.enter()
    bot.server.addFault({ kind: 'maintenance', for_ms: 1_200 })
    const before = bot.server.received
    await bot.forceExit()
    await bot.run(bot.now + 500)
    expect(bot.submitted.filter(({ leg }) => leg === 'exit')).toHaveLength(1)
    expect(resting()).toEqual(['49500'])
    expect(bot.server.received - before).toBeLessThan(30)
    // The time within which what was sent might still arrive.
    await bot.stall(bot.now + 10_000)
    for (let i = 0; i < 60 && held() !== '0'; i++) await bot.run(bot.now + 500)
    expect(held()).toBe('0')
    expect(resting()).toEqual([])
    expect(bot.trades.map(({ exitReason }) => exitReason)).toEqual(['forced'])
    agree()
  })
})

describe('funding that is settled', () => {
  const SETTLED_MS = 6_000
  const fundings = [
    { kind: 'funding', time: epochMs(T0 + SETTLED_MS), instrument: BTC, rate: 0.01, mark: 50_000 },
  ] as const
  /** 0.041 × 50 000 × 1 %, paid by longs. */
  const PAID = '20.50'
  const paid = (): string =>
    bot.server.account.incomes
      .filter(({ type }) => type === 'FUNDING_FEE')
      .map(({ amount }) => (-Number(amount)).toFixed(2))
      .join()

  it('while the stream is silent becomes a correction of its own, and no wallet that differs', async () => {
    await started({ fundings })
    await bot.enter()
    bot.server.addFault({ kind: 'silence', on: true })
    await bot.run(SETTLED_MS + 15_000)
    expect([paid(), bot.corrections, codes()]).toEqual([PAID, ['missed_funding'], []])
    agree()
  })

  it('while the way to the venue is broken and an exit’s fate is open: both are found out, and nothing is adjusted', async () => {
    await started({ fundings })
    await bot.enter()
    bot.server.addFault({ method: 'POST', path: '/fapi/v1/order', when: 'after', answer: 'reset', late_ms: 3_000 })
    bot.server.addFault({ kind: 'lose', count: 20 })
    await bot.run(SETTLED_MS - 1_000)
    await bot.forceExit()
    // The settlement comes before the way is open again, and the exit arrives after that.
    await bot.loseStream(SETTLED_MS + 500)
    expect(held()).not.toBe('0')
    await bot.run(SETTLED_MS + 12_000)
    await reconciled()
    expect([paid(), held()]).toEqual([PAID, '0'])
    expect(bot.corrections).not.toContain('wallet_adjusted')
    expect(bot.corrections).not.toContain('position_adjusted')
    expect(bot.submitted.filter(({ leg }) => leg === 'exit')).toHaveLength(1)
    expect(bot.trades.map(({ exitReason, funding }) => `${exitReason} ${funding.toFixed(2)}`)).toEqual([
      `forced -${PAID}`,
    ])
    agree()
  })

  it('while the venue is shut is booked once it opens', async () => {
    await started({ fundings })
    await bot.enter()
    await bot.run(SETTLED_MS - 1_000)
    bot.server.addFault({ kind: 'maintenance', for_ms: 8_000 })
    await bot.run(SETTLED_MS + 8_000)
    await reconciled()
    expect(paid()).toBe(PAID)
    expect(bot.corrections).toEqual(['missed_funding'])
    expect(codes()).toEqual(['VENUE_DOWN'])
    agree()
  })
})
