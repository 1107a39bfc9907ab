import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { bot, clearStage, scratch, serve, serveWith, type Bot, type Served } from './served-bot.ts'

afterEach(clearStage)

// Seed 1 under the literal rules goes short at 00:05 and is in the market until 10:09.
const ENTRY = /BTCUSDT SHORT .* liquidation_hunt/
const LONGEST_EXIT_MS = 20_000
/** Ten hours of the market take a minute. */
const UNHURRIED = '600'

interface Position {
  readonly positionAmt: string
}
interface Conditional {
  readonly orderType: string
  readonly reduceOnly: boolean
  readonly quantity: string
  readonly side: string
}

/** Asks the exchange itself, as another client of the account. */
async function ask<T>(served: Served, path: string): Promise<readonly T[]> {
  const { serverTime } = (await (await fetch(`${served.origin}/fapi/v1/time`)).json()) as { serverTime: number }
  const query = `symbol=BTCUSDT&timestamp=${serverTime}`
  const signature = createHmac('sha256', served.secret).update(query).digest('hex')
  const answer = await fetch(`${served.origin}${path}?${query}&signature=${signature}`, {
    headers: { 'x-mbx-apikey': served.key },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as readonly T[]
}

/** The position, and what rests beside it in both lists. */
async function heldAt(served: Served): Promise<{ position: number; stops: readonly Conditional[]; resting: number }> {
  const positions = await ask<Position>(served, '/fapi/v3/positionRisk')
  const conditional = await ask<Conditional>(served, '/fapi/v1/openAlgoOrders')
  const regular = await ask<unknown>(served, '/fapi/v1/openOrders')
  return {
    position: positions.reduce((sum, { positionAmt }) => sum + Number(positionAmt), 0),
    stops: conditional.filter(({ orderType }) => orderType === 'STOP_MARKET'),
    resting: conditional.length + regular.length,
  }
}

/** Waits until the bot is in the market, and asks it to end; how long it took, and what it said. */
async function terminate(running: Bot): Promise<{ tookMs: number; summary: TradingSummary }> {
  await expect.poll(running.err, { timeout: 60_000, interval: 5 }).toMatch(ENTRY)
  const begun = performance.now()
  running.child.kill('SIGTERM')
  expect([await running.ended, running.err()]).toEqual([0, expect.any(String)])
  return { tookMs: performance.now() - begun, summary: JSON.parse(running.out()) as TradingSummary }
}

describe('a bot that is told to end', () => {
  it('leaves its position behind a stop of the same size', async () => {
    const served = await serve(1)
    const { tookMs, summary } = await terminate(bot(served, scratch(), '10h', { speed: UNHURRIED }))
    expect(tookMs).toBeLessThan(LONGEST_EXIT_MS)
    expect(summary).toMatchObject({ ended: 'interrupted', open_positions: 1, ledger_agrees: true })
    const { position, stops } = await heldAt(served)
    expect(position).toBeLessThan(0)
    expect(stops).toMatchObject([{ side: 'BUY', reduceOnly: true }])
    expect(Number(stops[0]!.quantity)).toBe(-position)
  })

  it('closes its position and leaves no order where the policy says so', async () => {
    const served = await serve(1)
    const environment = { LODESTONE__SHUTDOWN: 'flatten' }
    const { tookMs, summary } = await terminate(bot(served, scratch(), '10h', { speed: UNHURRIED, environment }))
    expect(tookMs).toBeLessThan(LONGEST_EXIT_MS)
    expect(summary).toMatchObject({ ended: 'interrupted', trades: 1, open_positions: 0, ledger_agrees: true })
    expect(await heldAt(served)).toEqual({ position: 0, stops: [], resting: 0 })
  })
})

it('a bot that could not close its position says so, and ends with a code of its own', async () => {
  const served = await serveWith(['BTCUSDT', '--speed', 'lock-step', '--seed', '1', '--accept-faults'])
  const environment = { LODESTONE__SHUTDOWN: 'flatten' }
  const running = bot(served, scratch(), '10h', { speed: UNHURRIED, environment })
  await expect.poll(running.err, { timeout: 60_000, interval: 5 }).toMatch(ENTRY)
  const answer = { status: 503, body: { code: -1001, msg: 'Internal error; unable to process your request.' } }
  const fault = { method: 'POST', path: '/fapi/v1/order', when: 'before', count: 500, answer }
  const posted = await fetch(`${served.origin}/control/faults`, { method: 'POST', body: JSON.stringify(fault) })
  expect(posted.status).toBe(200)
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(5)
  expect(running.err()).toMatch(/NOT FLAT: BTCUSDT SHORT [\d.]+.*\n.*panic/)
  const { position, stops } = await heldAt(served)
  expect(Number(stops[0]!.quantity)).toBe(-position)
})

describe('a bot whose exchange is killed', () => {
  it('ends with a sentence', async () => {
    const served = await serve(1)
    const running = bot(served, scratch(), '10h', { speed: UNHURRIED })
    await expect.poll(running.err, { timeout: 60_000, interval: 5 }).toMatch(ENTRY)
    const begun = performance.now()
    served.child.kill('SIGKILL')
    expect(await running.ended).toBe(1)
    expect(performance.now() - begun).toBeLessThan(LONGEST_EXIT_MS)
    expect(running.err()).toMatch(/The exchange is gone: .+/)
  })
})

it('a bot whose exchange hangs ends all the same, and says that it has verified nothing', async () => {
  const served = await serve(1)
  const running = bot(served, scratch(), '10h', { speed: UNHURRIED })
  await expect.poll(running.err, { timeout: 60_000, interval: 5 }).toMatch(ENTRY)
  served.child.kill('SIGSTOP')
  const begun = performance.now()
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(5)
  // Twenty seconds to settle, and the time in which a supervisor does not yet kill.
  expect(performance.now() - begun).toBeLessThan(LONGEST_EXIT_MS + 10_000)
  expect(running.err()).toContain('NOT VERIFIED: the exchange did not answer at the end')
  expect(JSON.parse(running.out())).toMatchObject({ ended: 'interrupted', ledger_agrees: null })
})
