import { afterEach, expect, it } from 'vitest'
import { signed } from './crowded-account.ts'
import { lodestone } from './run-cli.ts'
import { bot, clearStage, scratch, serve, serveWith } from './served-bot.ts'

afterEach(clearStage)

/** What the bot says of itself; a number while there is none to ask. */
async function statusOf(environment: Readonly<Record<string, string>>): Promise<unknown> {
  const { code, out } = await lodestone(['status', '--json'], environment)
  return code === 0 ? JSON.parse(out) : code
}

it("a stranger's order keeps entries off its symbol until it is gone and a person has said so", async () => {
  const served = await serve(1)
  const dataDir = scratch()
  const environment = { LODESTONE__DATA_DIR: dataDir }
  bot(served, dataDir, '30d', { speed: '20', environment: { XDG_STATE_HOME: scratch() } })
  const status = (): Promise<unknown> => statusOf(environment)
  const clear = (...named: readonly string[]): ReturnType<typeof lodestone> =>
    lodestone(['clear-latch', ...named, '--reason', 'cancelled by hand'], environment)
  const free = { source: 'bot', trading_state: 'ACTIVE', latches: [] }
  const held = { source: 'bot', trading_state: 'REDUCING', latches: [{ code: 'FOREIGN', symbol: 'BTCUSDT' }] }
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(free)

  const { markPrice } = (await (await fetch(`${served.origin}/fapi/v1/premiumIndex?symbol=BTCUSDT`)).json()) as {
    readonly markPrice: string
  }
  const { orderId } = (await signed(served, 'POST', '/fapi/v1/order', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    price: (Number(markPrice) * 0.8).toFixed(0),
    quantity: '0.01',
  })) as { readonly orderId: number }
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(held)
  const listed = async (what: 'orders' | 'positions'): Promise<unknown> =>
    JSON.parse((await lodestone([what, '--json'], environment)).out)
  expect(await listed('orders')).toMatchObject([{ symbol: 'BTCUSDT', quantity: '0.01', foreign: true, trade_id: null }])
  expect(await clear('FOREIGN', 'ETHUSDT')).toMatchObject({
    code: 2,
    err: 'There is no latch FOREIGN ETHUSDT. Latches: FOREIGN BTCUSDT.\n',
  })

  expect(await clear('FOREIGN')).toMatchObject({ code: 0 })
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(held)

  await signed(served, 'DELETE', '/fapi/v1/order', { symbol: 'BTCUSDT', orderId: String(orderId) })
  expect(await clear('FOREIGN', 'BTC/USDT')).toMatchObject({ code: 0 })
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(free)
  expect(await listed('orders')).toEqual([])
  const { reconciled_at: before } = (await status()) as { readonly reconciled_at: string }
  const later = async (): Promise<string> => ((await status()) as { readonly reconciled_at: string }).reconciled_at
  await expect.poll(later, { timeout: 60_000 }).not.toBe(before)
  expect(await status()).toMatchObject(free)

  await signed(served, 'POST', '/fapi/v1/order', { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.01' })
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(held)
  expect(await listed('positions')).toMatchObject([
    { symbol: 'BTCUSDT', direction: 'SHORT', quantity: '0.01', foreign: true, trade_id: null, protected: false },
  ])
  const { out } = await lodestone(['positions'], environment)
  expect(out).toContain('FOREIGN')
  expect(await lodestone(['force-exit', 'all'], environment)).toMatchObject({
    out: expect.stringContaining('no trade of the bot was open'),
  })
  await expect.poll(later, { timeout: 60_000 }).not.toBe(before)
  expect(await listed('positions')).toMatchObject([{ quantity: '0.01', foreign: true }])
})

it('a position in a contract that is not traded is shown, and keeps the bot out of nothing', async () => {
  const served = await serveWith(['BTCUSDT', 'ETHUSDT', '--speed', 'lock-step', '--seed', '1'])
  const environment = { LODESTONE__DATA_DIR: scratch() }
  const running = bot(served, environment.LODESTONE__DATA_DIR, '30d', {
    speed: '20',
    environment: { XDG_STATE_HOME: scratch() },
  })
  const free = { source: 'bot', trading_state: 'ACTIVE', latches: [] }
  await expect.poll(() => statusOf(environment), { timeout: 60_000 }).toMatchObject(free)
  await signed(served, 'POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'SELL', type: 'MARKET', quantity: '0.1' })
  const positions = async (): Promise<unknown> =>
    JSON.parse((await lodestone(['positions', '--json'], environment)).out)
  await expect
    .poll(positions, { timeout: 60_000 })
    .toMatchObject([{ symbol: 'ETHUSDT', direction: 'SHORT', quantity: '0.1', foreign: true, trade_id: null }])
  expect(running.err()).toMatch(/WARNING ELSEWHERE: the account also has ETHUSDT position sell 0\.1/)
  expect(await statusOf(environment)).toMatchObject(free)
})

it('an alarm of the exchange that a person clears comes back for as long as its cause is there', async () => {
  const served = await serveWith(['BTCUSDT', '--speed', 'lock-step', '--seed', '1', '--accept-faults'])
  const environment = { LODESTONE__DATA_DIR: scratch() }
  bot(served, environment.LODESTONE__DATA_DIR, '30d', { speed: '20', environment: { XDG_STATE_HOME: scratch() } })
  const status = (): Promise<unknown> => statusOf(environment)
  const hedge = (on: boolean): Promise<Response> =>
    fetch(`${served.origin}/control/faults`, { method: 'POST', body: JSON.stringify({ kind: 'hedge_mode', on }) })
  const clear = (): ReturnType<typeof lodestone> =>
    lodestone(['clear-latch', 'VENUE_ALARM', '--reason', 'looked at it'], environment)
  const held = { trading_state: 'REDUCING', latches: [{ code: 'VENUE_ALARM', symbol: null }] }
  const free = { source: 'bot', venue: 'ready', trading_state: 'ACTIVE', latches: [] }
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(free)

  await hedge(true)
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(held)
  const { latches: before } = (await status()) as { readonly latches: readonly { readonly since: string }[] }
  expect(await clear()).toMatchObject({ code: 0 })
  const since = async (): Promise<string | undefined> =>
    ((await status()) as { readonly latches: readonly { readonly since: string }[] }).latches[0]?.since
  await expect.poll(since, { timeout: 60_000 }).not.toBe(before[0]!.since)
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(held)

  await hedge(false)
  expect(await clear()).toMatchObject({ code: 0 })
  await expect.poll(status, { timeout: 60_000 }).toMatchObject(free)
})
