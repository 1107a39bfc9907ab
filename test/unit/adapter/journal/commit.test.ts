import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkChain } from '../../../../src/adapter/journal/sqlite/check.ts'
import type { SqliteJournal } from '../../../../src/adapter/journal/sqlite/journal.ts'
import type { Alert, ConclusionNote, CorrectionNote } from '../../../../src/domain/effect.ts'
import type { FundingPaid, PriceEvent, TimerEvent } from '../../../../src/domain/event.ts'
import { epochMs, money, price, quantity } from '../../../../src/domain/unit.ts'
import { BTC, HOUR, NOON } from '../../../fixture/engine-scene.ts'
import { accepted, fill, opened, orderId, save, scratch, submit } from '../../../fixture/journal-scene.ts'

const timer: TimerEvent = { kind: 'timer', time: epochMs(NOON), id: 't' }
const tick: PriceEvent = {
  kind: 'price',
  time: epochMs(NOON),
  venueTime: epochMs(NOON),
  instrument: BTC,
  last: 50_000,
  mark: 50_000,
  bid: Number.NaN,
  ask: Number.NaN,
}
const alert = (level: Alert['level']): Alert => ({ kind: 'alert', level, code: 'X', message: 'x' })

let place: ReturnType<typeof scratch>
let journal: SqliteJournal
let other: DatabaseSync

beforeEach(() => {
  place = scratch()
  journal = opened(place.file)
  other = new DatabaseSync(place.file)
})
afterEach(() => {
  other.close()
  journal.close()
  place.remove()
})

const rows = (sql: string): readonly Record<string, unknown>[] =>
  other
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))
const order = (): unknown => rows('SELECT state, filled FROM orders')[0]

describe('what a commit keeps', () => {
  test('an intent is readable by another process once the commit is durable', () => {
    const id = orderId(1)
    expect(journal.commit(tick, [submit(id)])).toEqual({ kind: 'durable' })
    expect(rows('SELECT client_order_id, trade_id, leg, symbol, epoch, time FROM intents')).toEqual([
      { client_order_id: id, trade_id: 'trade-1', leg: 'entry', symbol: 'BTCUSDT', epoch: 1, time: NOON },
    ])
    expect(JSON.parse(String(rows('SELECT request FROM intents')[0]?.['request']))).toEqual({
      clientOrderId: id,
      instrument: 'BTCUSDT',
      side: 'buy',
      type: 'limit',
      quantity: '0.3',
      price: '50000.1',
      timeInForce: 'GTC',
      reduceOnly: false,
      leg: 'entry',
      tradeId: 'trade-1',
    })
    expect(order()).toEqual({ state: 'submitted', filled: '0' })
  })

  test('of a market event only when and where, and only with a consequence that must survive', () => {
    journal.commit(tick, [alert('warning'), { kind: 'schedule', id: 'a', at: epochMs(NOON) }])
    journal.commit(timer, [])
    expect(journal.sequence).toBe(1)
    journal.commit(tick, [alert('critical')])
    expect(journal.sequence).toBe(2)
    const body: unknown = JSON.parse(String(rows('SELECT body FROM events WHERE sequence = 2')[0]?.['body']))
    expect(body).toEqual({
      effects: [{ code: 'X', kind: 'alert', level: 'critical', message: 'x' }],
      event: { kind: 'price', symbol: 'BTCUSDT', time: NOON },
    })
  })

  test('a correction is told in the audit', () => {
    const correction = {
      kind: 'correction',
      correction: 'wallet_adjusted',
      symbol: null,
      message: 'differs',
      figures: { venue: '1', books: '2' },
    } as const
    journal.commit(timer, [{ kind: 'note', time: epochMs(NOON), note: correction }])
    const body = JSON.parse(String(rows('SELECT body FROM events WHERE sequence = 2')[0]?.['body'])) as object
    expect(body).toMatchObject({ effects: [correction] })
  })

  test('a fill that is told twice counts once, and parts add up exactly', () => {
    const id = orderId(1)
    journal.commit(tick, [submit(id)])
    journal.commit(accepted(id), [])
    journal.commit(fill(id, 'f1', '0.1', '0.1'), [])
    journal.commit(fill(id, 'f1', '0.1', '0.1'), [])
    expect(order()).toEqual({ state: 'partially_filled', filled: '0.1' })
    journal.commit(fill(id, 'f2', '0.2', '0.3', true), [])
    expect(order()).toEqual({ state: 'filled', filled: '0.3' })
    expect(rows('SELECT count(*) AS n FROM fills')).toEqual([{ n: 2 }])
  })

  test('news in the wrong order takes nothing back', () => {
    const id = orderId(1)
    journal.commit(tick, [submit(id)])
    journal.commit(fill(id, 'f1', '0.3', '0.3', true), [])
    journal.commit(accepted(id), [])
    journal.commit({ ...accepted(id), kind: 'order_unknown', message: 'timeout' }, [])
    expect(order()).toEqual({ state: 'filled', filled: '0.3' })
  })

  test('what the engine concluded of an order is its state, and one taken for never accepted may come back', () => {
    const id = orderId(1)
    const conclude = (state: ConclusionNote['state']): void =>
      void journal.commit(timer, [
        {
          kind: 'note',
          time: epochMs(NOON),
          note: { kind: 'conclusion', symbol: 'BTCUSDT', clientOrderId: id, state, message: 'no trace of it' },
        },
      ])
    journal.commit(tick, [submit(id)])
    conclude('rejected')
    expect(order()).toEqual({ state: 'rejected', filled: '0' })
    conclude('accepted')
    expect(order()).toEqual({ state: 'accepted', filled: '0' })
    journal.commit(timer, [{ kind: 'cancel', clientOrderId: id, instrument: BTC }])
    conclude('canceled')
    conclude('accepted')
    expect(order()).toEqual({ state: 'canceled', filled: '0' })
    const [body] = rows("SELECT body FROM events WHERE kind = 'timer' ORDER BY sequence")
    expect(JSON.parse(String(body?.['body']))).toMatchObject({ effects: [{ clientOrderId: id, state: 'rejected' }] })
  })

  test('an order taken for never accepted that fills in part works', () => {
    const id = orderId(1)
    journal.commit(tick, [submit(id)])
    journal.commit({ ...accepted(id), kind: 'order_rejected', code: 'NEVER_ACCEPTED', message: 'no trace of it' }, [])
    journal.commit(fill(id, 'f1', '0.1', '0.1'), [{ kind: 'cancel', clientOrderId: id, instrument: BTC }])
    expect(order()).toEqual({ state: 'pending_cancel', filled: '0.1' })
    journal.commit({ ...accepted(id), kind: 'order_canceled', reason: 'requested' }, [])
    expect(order()).toEqual({ state: 'canceled', filled: '0.1' })
  })

  test('an execution that only the account snapshot tells of is added once, with a row of its own in the audit', () => {
    const id = orderId(1)
    journal.commit(tick, [submit(id)])
    const { kind: _, ...filled } = fill(id, 'f1', '0.3', '0.3', true)
    const execution = { ...filled, forced: null }
    const snapshot = {
      kind: 'account_snapshot',
      time: epochMs(NOON + 9),
      askedAt: epochMs(NOON + 8),
      wallet: fill(id, '', '0', '0').fee,
      positions: [],
      openOrders: [],
      executions: [execution, { ...execution, clientOrderId: 'web_abc', tradeId: 'foreign' }],
      fundings: [],
      historyFrom: epochMs(NOON),
    } as const
    journal.commit(snapshot, [{ kind: 'schedule', id: 'a', at: epochMs(NOON) }])
    journal.commit(snapshot, [{ kind: 'schedule', id: 'a', at: epochMs(NOON) }])
    expect(order()).toEqual({ state: 'filled', filled: '0.3' })
    expect(rows('SELECT kind FROM events ORDER BY sequence')).toEqual([
      { kind: 'opened' },
      { kind: 'price' },
      { kind: 'fill_recovered' },
    ])
  })

  test('of closings by the venue that only the account snapshot tells of, those that were booked are fills with their cause', () => {
    const { kind: _, ...closed } = fill(orderId(1), 'f1', '0.3', '0.3', true)
    const execution = { ...closed, clientOrderId: '', forced: 'adl' as const }
    const snapshot = {
      kind: 'account_snapshot',
      time: epochMs(NOON + 9),
      askedAt: epochMs(NOON + 8),
      wallet: execution.fee,
      positions: [],
      openOrders: [],
      executions: [execution, { ...execution, tradeId: 'of somebody else' }],
      fundings: [],
      historyFrom: epochMs(NOON),
    } as const
    const correction: CorrectionNote = {
      kind: 'correction',
      correction: 'missed_execution',
      symbol: 'BTCUSDT',
      message: 'closing f1 by the venue (adl) had not been told',
      figures: { execution: 'f1', cause: 'adl' },
    }
    journal.commit(snapshot, [{ kind: 'note', time: epochMs(NOON), note: correction }])
    journal.commit(snapshot, [])
    expect(rows('SELECT trade_id, client_order_id, cause, quantity FROM fills')).toEqual([
      { trade_id: 'f1', client_order_id: '', cause: 'adl', quantity: '0.3' },
    ])
  })

  test('a settlement that stream and history tell with different milliseconds is one', () => {
    const funding = (at: number): FundingPaid => ({
      kind: 'funding_paid',
      time: epochMs(at),
      venueTime: epochMs(at),
      instrument: BTC,
      rate: 0.0001,
      mark: price(50_000),
      quantity: quantity(1),
      direction: 'LONG',
      amount: money('-5'),
    })
    for (const at of [NOON, NOON + 7, NOON + 8 * HOUR]) journal.commit(funding(at), [])
    expect(rows('SELECT symbol, time, amount FROM fundings ORDER BY time')).toEqual([
      { symbol: 'BTCUSDT', time: NOON, amount: '-5' },
      { symbol: 'BTCUSDT', time: NOON + 8 * HOUR, amount: '-5' },
    ])
  })

  test('what is saved alone is memory, not history: the audit tells nothing of it', () => {
    journal.commit(timer, [save('account', 'a')])
    expect(journal.sequence).toBe(1)
    expect(rows('SELECT value FROM state')).toEqual([{ value: 'a' }])
    journal.commit(timer, [save('account', 'b'), { kind: 'query', clientOrderId: orderId(1), instrument: BTC }])
    const [row] = rows('SELECT body FROM events WHERE sequence = 2')
    expect(JSON.parse(String(row?.['body']))).toMatchObject({ effects: [{ key: 'account' }, { kind: 'query' }] })
  })

  test('saves are there for the next opening; null takes one away', () => {
    journal.commit(timer, [save('account', '{"a":1}'), save('other', 'x')])
    journal.commit(timer, [save('other', null)])
    expect(Object.fromEntries(journal.saved)).toEqual({ account: '{"a":1}' })
    journal.close()
    journal = opened(place.file)
    expect(Object.fromEntries(journal.saved)).toEqual({ account: '{"a":1}' })
    expect(journal.epoch).toBe(2)
  })

  test('an order id that is used twice throws and leaves no trace', () => {
    journal.commit(tick, [submit(orderId(1))])
    const before = journal.sequence
    expect(() => journal.commit(tick, [submit(orderId(2)), submit(orderId(1))])).toThrow(orderId(1))
    expect(() => journal.commit(tick, [submit(orderId(2)), submit(orderId(2))])).toThrow(orderId(2))
    expect(rows('SELECT count(*) AS n FROM intents')).toEqual([{ n: 1 }])
    journal.commit(tick, [submit(orderId(3))])
    expect(journal.sequence).toBe(before + 1)
    expect(checkChain(other)).toMatchObject({ kind: 'whole', rows: before + 1 })
  })
})
