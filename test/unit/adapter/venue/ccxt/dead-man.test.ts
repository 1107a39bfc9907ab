import { beforeEach, describe, expect, it } from 'vitest'
import { createDeadMan, type DeadMan } from '../../../../../src/adapter/venue/ccxt/dead-man.ts'
import type { AccountEvent, OrderReport, PositionReport } from '../../../../../src/domain/event.ts'
import type { OrderRequest } from '../../../../../src/domain/order.ts'
import { BTC } from '../../../exchange/fixture.ts'

let now = 0
let said: number[] = []
let fails = false
let warnings: string[] = []
let deadMan: DeadMan
beforeEach(() => {
  now = 1_000_000
  said = []
  fails = false
  warnings = []
  deadMan = createDeadMan({
    instruments: [BTC],
    afterMs: 60_000,
    set: (_, ms) => {
      said.push(ms)
      return fails ? Promise.reject(new Error('no')) : Promise.resolve()
    },
    now: () => now,
    warn: (message) => warnings.push(message),
  })
})

async function tick(afterMs = 50): Promise<void> {
  now += afterMs
  deadMan.tick()
  await new Promise((resolve) => setImmediate(resolve))
}
const order = (id: string, leg: string, more: object = {}): OrderRequest =>
  ({ instrument: BTC, clientOrderId: id, leg, type: 'limit', timeInForce: 'GTC', ...more }) as OrderRequest
const event = (kind: string, id: string, more: object = {}): AccountEvent =>
  ({ kind, instrument: BTC, clientOrderId: id, ...more }) as AccountEvent
const HELD = { instrument: BTC } as PositionReport
const snapshot = (positions: readonly PositionReport[]): AccountEvent =>
  ({ kind: 'account_snapshot', positions, openOrders: [] as readonly OrderReport[], askedAt: now }) as AccountEvent

describe('the dead man’s switch', () => {
  it('takes off what an earlier process has left, and then is silent', async () => {
    for (let i = 0; i < 100; i++) await tick(1_000)
    expect(said).toEqual([0])
  })

  it('is renewed three times within its time while an entry rests, and taken off when it is gone', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    for (let i = 0; i < 60; i++) await tick(1_000)
    expect(said).toEqual([0, 60_000, 60_000, 60_000, 60_000])
    deadMan.told(event('order_canceled', 'e'))
    await tick()
    await tick(60_000)
    expect(said.slice(5)).toEqual([0])
  })

  it.each([
    ['an IOC entry', order('e', 'entry', { timeInForce: 'IOC' })],
    ['a market entry', order('e', 'entry', { type: 'market' })],
    ['a stop', order('s', 'stop', { type: 'stop_market' })],
  ])('is not armed for %s', async (_, sent) => {
    await tick()
    deadMan.submitted(sent)
    await tick()
    expect(said).toEqual([0])
  })

  it('is off with the first fill, and stays off for another entry until the position is known to be gone', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    deadMan.told(event('order_filled', 'e', { done: false }))
    await tick()
    expect(said).toEqual([0, 60_000, 0])
    deadMan.submitted(order('f', 'entry'))
    deadMan.told(snapshot([HELD]))
    await tick(60_000)
    expect(said).toHaveLength(3)
    deadMan.told(snapshot([]))
    await tick()
    expect(said).toEqual([0, 60_000, 0, 60_000])
  })

  it('is off while an exit rests, whoever has the position', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    await tick()
    expect(said).toEqual([0, 60_000, 0])
    deadMan.told(event('order_canceled', 's'))
    await tick()
    expect(said).toEqual([0, 60_000, 0, 60_000])
  })

  it('forgets an entry that the venue does not list a minute later', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    await tick(59_000)
    deadMan.told(snapshot([]))
    await tick()
    expect(said.at(-1)).toBe(60_000)
    now += 2_000
    deadMan.told(snapshot([]))
    await tick()
    expect(said.at(-1)).toBe(0)
  })

  it('tries again each second where it fails, and says so once', async () => {
    fails = true
    for (let i = 0; i < 4; i++) await tick(500)
    expect([said, warnings]).toEqual([[0, 0], [expect.stringContaining('could not be set: no')]])
    fails = false
    for (let i = 0; i < 4; i++) await tick(500)
    expect(said).toEqual([0, 0, 0])
  })
})
