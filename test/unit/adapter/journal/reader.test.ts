import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournalReader } from '../../../../src/adapter/journal/sqlite/reader.ts'
import type { SqliteJournal } from '../../../../src/adapter/journal/sqlite/journal.ts'
import { createAccountView, type AccountView } from '../../../../src/app/account-view.ts'
import type { AccountReader, StatusReport } from '../../../../src/domain/account-report.ts'
import { Dec } from '../../../../src/domain/decimal.ts'
import type { Trade } from '../../../../src/domain/trade.ts'
import { epochMs, money, price, quantity } from '../../../../src/domain/unit.ts'
import { engineScene, HOUR, NOON, PRICE, wanted, type EngineScene } from '../../../fixture/engine-scene.ts'
import { opened, scratch } from '../../../fixture/journal-scene.ts'

const ALL = { symbol: null, since: null, limit: 100 }

let place: ReturnType<typeof scratch>
let journal: SqliteJournal
let scene: EngineScene
/** The running bot's own answers. */
/** Of the running bot's journal. */
let disk: { refusal: string | null }
let view: AccountView

beforeEach(() => {
  place = scratch()
  journal = opened(place.file)
  scene = engineScene({ saved: journal.saved })
  const { engine } = scene
  disk = { refusal: null }
  const now = (): ReturnType<typeof epochMs> => epochMs(scene.now)
  view = createAccountView({
    engine,
    account: 'acct-1',
    mode: 'testnet',
    configHash: 'config-1',
    burnInDays: 30,
    now,
    journal: disk,
    earlier: [],
  })
  const process = scene.process.bind(scene)
  scene.process = (event) => {
    const effects = process(event)
    journal.commit(event, effects)
    for (const effect of effects)
      if (effect.kind === 'note' && effect.note.kind === 'trade') view.add(effect.note.trade)
    return effects
  }
  scene.process({ kind: 'connection', time: epochMs(NOON), channel: 'account', state: 'up', message: '' })
  const time = epochMs(scene.now)
  const nothing = { positions: [], openOrders: [], executions: [], fundings: [] }
  scene.process({ kind: 'account_snapshot', time, askedAt: time, historyFrom: time, wallet: money(10_000), ...nothing })
})
afterEach(() => {
  journal.close()
  place.remove()
})

function fromJournal<T>(read: (reader: AccountReader) => T): T {
  const opening = openJournalReader(place.file)
  if (opening.kind !== 'ok') throw new Error(opening.kind)
  try {
    return read(opening.reader)
  } finally {
    opening.close()
  }
}

/** What both say alike: equity moves with every price, and a journal reconciles with nobody. */
function common({
  source: _,
  as_of: _at,
  reconciled_at: _by,
  venue: _v,
  equity: _e,
  day_pnl: _d,
  ...rest
}: StatusReport): unknown {
  return rest
}

function expectAgreement(): void {
  // A journal knows no price and no margin brackets.
  const unpriced = view.positions().map((row) => ({ ...row, unrealised_pnl: null, liquidation_price: null }))
  expect(fromJournal((reader) => common(reader.status()))).toEqual(common(view.status()))
  expect(fromJournal((reader) => reader.orders())).toEqual(view.orders())
  expect(fromJournal((reader) => reader.positions())).toEqual(unpriced)
  expect(fromJournal((reader) => reader.trades(ALL))).toEqual(view.trades(ALL))
}

test('tells of orders, positions and trades what the running bot tells', () => {
  scene.wants = [wanted()]
  scene.hour()
  scene.wants = []
  expect(view.orders()).toHaveLength(1)
  expectAgreement()

  const entry = scene.newest('entry')
  scene.accept(entry.clientOrderId)
  scene.fill(entry.clientOrderId, PRICE)
  scene.accept(scene.newest('stop').clientOrderId)
  scene.accept(scene.newest('target').clientOrderId)
  expect(view.positions()).toMatchObject([{ protected: true, liquidation_price: '40160.6' }])
  expectAgreement()

  scene.fill(scene.newest('target').clientOrderId, PRICE * 1.02)
  scene.cancelled(scene.newest('stop').clientOrderId)
  expect(view.trades(ALL)).toHaveLength(1)
  expect(view.positions()).toEqual([])
  expectAgreement()
})

test('tells of latches, and that it is the journal that speaks', () => {
  scene.command({ name: 'kill', reason: 'drill' })
  const status = fromJournal((reader) => reader.status())
  expect(status).toMatchObject({
    account: 'acct-1',
    mode: 'testnet',
    source: 'journal',
    trading_state: 'HALTED',
    equity: '10000.00',
    latches: [{ code: 'KILL', reason: 'drill' }],
    config_hash: 'config-1',
  })
  expectAgreement()
})

test('finds trades by symbol and time, the newest of them, oldest first', () => {
  for (let i = 0; i < 3; i++) {
    const trade: Trade = {
      id: `t${i}`,
      symbol: i === 1 ? 'ETHUSDT' : 'BTCUSDT',
      strategy: 'scripted',
      direction: 'LONG',
      entryTime: epochMs(NOON),
      entryPrice: price(new Dec(1).div(3)),
      quantity: quantity(1),
      stopPrice: price(1),
      targetPrice: price(1),
      exitTime: epochMs(NOON + i * HOUR),
      exitPrice: price(1),
      exitReason: 'target',
      fees: money(0),
      funding: money(0),
      pnl: money(i),
      rMultiple: 1,
      anchor: null,
      reason: '',
    }
    const note = { kind: 'trade', trade } as const
    journal.commit({ kind: 'timer', time: epochMs(NOON), id: 't' }, [{ kind: 'note', time: epochMs(NOON), note }])
  }
  const found = (filter: Partial<typeof ALL> | { symbol: string } | { since: number }): readonly string[] =>
    fromJournal((reader) => reader.trades({ ...ALL, ...filter }).map(({ id }) => id))
  expect(found({})).toEqual(['t0', 't1', 't2'])
  expect(found({ limit: 2 })).toEqual(['t1', 't2'])
  expect(found({ symbol: 'BTCUSDT' })).toEqual(['t0', 't2'])
  expect(found({ since: NOON + HOUR })).toEqual(['t1', 't2'])
  expect(fromJournal((reader) => reader.trades(ALL)[0]?.entry_price)).toBe('0.33333333')
})

test('an empty journal and a missing one', () => {
  const other = `${place.file}.other`
  opened(other).close()
  const opening = openJournalReader(other)
  expect(opening.kind === 'ok' && opening.reader.status()).toMatchObject({
    wallet: null,
    open_orders: 0,
    as_of: '2025-06-11T12:00:00.000Z',
  })
  if (opening.kind === 'ok') opening.close()
  expect(openJournalReader(`${place.file}.none`)).toEqual({ kind: 'none' })
})

test('a running bot whose journal takes nothing says so, and that it does not enter', () => {
  expect(view.status()).toMatchObject({ trading_state: 'ACTIVE', journal_refuses: null })
  disk.refusal = 'the disk is full'
  expect(view.status()).toMatchObject({ trading_state: 'REDUCING', journal_refuses: 'the disk is full' })
})

test('a running bot shows what the account has in contracts that it does not trade', () => {
  const time = epochMs(scene.now)
  const nothing = { positions: [], openOrders: [], executions: [], fundings: [] }
  scene.process({
    ...{ kind: 'account_snapshot', time, askedAt: time, historyFrom: time, wallet: money(10_000), ...nothing },
    elsewhere: [
      { kind: 'position', symbol: 'XRPUSDT', side: 'sell', quantity: '120', price: '0.5' },
      { kind: 'order', symbol: 'ADAUSDT', side: null, quantity: '3', price: null },
    ],
  })
  expect(view.positions()).toMatchObject([
    { symbol: 'XRPUSDT', direction: 'SHORT', quantity: '120', entry_price: '0.5', foreign: true, trade_id: null },
  ])
  expect(view.orders()).toMatchObject([{ symbol: 'ADAUSDT', side: '-', quantity: '3', price: null, foreign: true }])
})
