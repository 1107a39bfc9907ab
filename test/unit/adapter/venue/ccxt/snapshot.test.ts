import { expect, it } from 'vitest'
import { createKnownOrders } from '../../../../../src/adapter/venue/ccxt/known-order.ts'
import type { VenueOrder } from '../../../../../src/adapter/venue/ccxt/dialect.ts'
import { createSnapshotTaker, type SnapshotQuestions } from '../../../../../src/adapter/venue/ccxt/snapshot.ts'
import { epochMs, money, quantity } from '../../../../../src/domain/unit.ts'
import { BTC, NOON } from '../../../../fixture/engine-scene.ts'

/** An empty account with so much in its wallet. */
const account = (wallet: string): SnapshotQuestions => ({
  settings: () => Promise.resolve(new Map()),
  isHedged: () => Promise.resolve(false),
  wallet: () => Promise.resolve(money(wallet)),
  openOrders: () => Promise.resolve([]),
  fundingsSince: () => Promise.resolve([]),
  executionsSince: () => Promise.resolve([]),
  positions: () => Promise.resolve([]),
  history: () => Promise.resolve([]),
})

it('is urgent until the account has been seen once, and never again', async () => {
  let fails = true
  const first: SnapshotQuestions = {
    ...account('1'),
    positions: () => (fails ? Promise.reject(new Error('asked too often')) : Promise.resolve([])),
  }
  const orders = createKnownOrders(false)
  const now = () => epochMs(NOON)
  const take = createSnapshotTaker({ first, later: account('2'), instruments: [BTC], orders, now, historyFrom: now() })
  await expect(take()).rejects.toThrow('asked too often')
  fails = false
  expect((await take()).snapshot.wallet.toFixed()).toBe('1')
  expect((await take()).snapshot.wallet.toFixed()).toBe('2')
})

it('tells what happened before the first look in the second as well, and from then on reaches back to the last but one', async () => {
  const minute = 60_000
  const asked: number[] = []
  const questions: SnapshotQuestions = {
    ...account('1'),
    executionsSince: (_, since) => {
      asked.push(since - NOON)
      return Promise.resolve([])
    },
  }
  const clock = { now: NOON }
  const take = createSnapshotTaker({
    first: questions,
    later: questions,
    instruments: [BTC],
    orders: createKnownOrders(false),
    now: () => epochMs(clock.now),
    historyFrom: epochMs(NOON - 600 * minute),
  })
  for (let i = 0; i < 4; i++) {
    await take()
    clock.now += 20 * minute
  }
  expect(asked).toEqual([-600 * minute, -600 * minute, -5 * minute, 15 * minute])
})

it('tells no order of its own of what a stop has become, whatever name that goes by', async () => {
  const orders = createKnownOrders(true)
  const stop = 'l050zz00000001s001'
  const order = (venueId: string, clientOrderId: string): VenueOrder => ({
    namespace: 'regular',
    venueId,
    clientOrderId,
    instrument: BTC,
    side: 'sell',
    type: 'market',
    quantity: quantity(1),
    filled: quantity(0),
    price: null,
    triggerPrice: null,
    reduceOnly: true,
    status: 'open',
    childId: null,
    reason: 'new',
    forced: null,
    venueTime: epochMs(NOON),
  })
  const known = orders.of({ ...order('7', stop), namespace: 'conditional' }, epochMs(NOON))!
  orders.bindChild(known, '1001')
  const questions: SnapshotQuestions = {
    ...account('1'),
    openOrders: () => Promise.resolve([order('1001', 'venues_own_name'), order('1002', 'web_1')]),
  }
  const now = () => epochMs(NOON)
  const take = createSnapshotTaker({
    first: questions,
    later: questions,
    instruments: [BTC],
    orders,
    now,
    historyFrom: now(),
  })
  const { snapshot } = await take()
  expect(snapshot.openOrders.map((each) => each.clientOrderId)).toEqual(['web_1'])
})
