import { expect, it } from 'vitest'
import { createKnownOrders } from '../../../../../src/adapter/venue/ccxt/known-order.ts'
import { createSnapshotTaker, type SnapshotQuestions } from '../../../../../src/adapter/venue/ccxt/snapshot.ts'
import { epochMs, money } from '../../../../../src/domain/unit.ts'
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
