import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Dec, ZERO, type Decimal } from '../../../domain/decimal.ts'
import { canonicalJson } from './canonical.ts'
import { hashOf } from './chain.ts'
import { stateAfter, stateAfterFill } from './order-state.ts'
import type { Change, FillRow, JournalRecord } from './record.ts'
import { text, whole } from './column.ts'

/** Writes within the transaction that the caller holds. */
export interface Writer {
  write(record: JournalRecord): void
  /** A change that no audit row tells. */
  apply(change: Change, time: number): void
  /** A row of the audit alone. */
  append(time: number, kind: string, body: string): void
  /** The transaction is on disk. */
  settle(): void
  /** The transaction was rolled back. */
  rewind(): void
  /** Of the last row in the audit that is on disk. */
  readonly sequence: number
}

/** `epoch`: of this process; its intents bear it. */
export function createWriter(database: DatabaseSync, epoch: number): Writer {
  const insertEvent = database.prepare(
    'INSERT INTO events (sequence, time, kind, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const moveHead = database.prepare('UPDATE head SET sequence = ?, hash = ?')
  const insertIntent = database.prepare(
    'INSERT INTO intents (client_order_id, trade_id, leg, symbol, request, epoch, time) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const insertOrder = database.prepare(
    "INSERT INTO orders (client_order_id, state, quantity, filled, updated) VALUES (?, 'submitted', ?, '0', ?)",
  )
  const selectOrder = database.prepare('SELECT state, quantity FROM orders WHERE client_order_id = ?')
  const updateState = database.prepare('UPDATE orders SET state = ?, updated = ? WHERE client_order_id = ?')
  const updateFilled = database.prepare(
    'UPDATE orders SET state = ?, filled = ?, updated = ? WHERE client_order_id = ?',
  )
  const insertFill = database.prepare(
    `INSERT INTO fills (symbol, trade_id, client_order_id, side, price, quantity, fee, liquidity, cause, time)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const selectFills = database.prepare('SELECT quantity FROM fills WHERE client_order_id = ?')
  const insertFunding = database.prepare(
    'INSERT INTO fundings (symbol, time, amount) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const insertDecision = database.prepare(
    'INSERT INTO decisions (time, symbol, strategy, outcome, body) VALUES (?, ?, ?, ?, ?)',
  )
  const insertTrade = database.prepare(
    'INSERT INTO trades (id, symbol, exit_time, pnl, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const putState = database.prepare(
    `INSERT INTO state (key, value, digest) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, digest = excluded.digest`,
  )
  const dropState = database.prepare('DELETE FROM state WHERE key = ?')

  const head = database.prepare('SELECT sequence, hash FROM head').get()
  let sequence = whole(head?.['sequence'])
  let hash = text(head?.['hash'])
  const settled = { sequence, hash }

  function append(time: number, kind: string, body: string): void {
    const row = { sequence: sequence + 1, time, kind, body, previous: hash }
    const next = hashOf(row)
    insertEvent.run(row.sequence, time, kind, body, hash, next)
    moveHead.run(row.sequence, next)
    sequence = row.sequence
    hash = next
  }

  function writeFill(fill: FillRow, done: boolean, recovered: boolean, time: number): void {
    const { symbol, tradeId, clientOrderId, side, price, quantity, fee, liquidity, cause, venueTime } = fill
    const known =
      insertFill.run(symbol, tradeId, clientOrderId, side, price, quantity, fee, liquidity, cause, venueTime)
        .changes === 0
    if (known) return
    if (recovered) append(time, 'fill_recovered', canonicalJson(fill))
    const order = clientOrderId === '' ? undefined : selectOrder.get(clientOrderId)
    if (!order) return
    const filled = total(selectFills, clientOrderId)
    const complete = done || filled.gte(text(order['quantity']))
    const after = stateAfterFill(text(order['state']), complete)
    updateFilled.run(after, filled.toFixed(), time, clientOrderId)
  }

  function apply(change: Change, time: number): void {
    switch (change.kind) {
      case 'intent': {
        const { id, tradeId, leg, symbol, quantity, request } = change
        insertIntent.run(id, tradeId, leg, symbol, request, epoch, time)
        insertOrder.run(id, quantity, time)
        return
      }
      case 'state': {
        const order = selectOrder.get(change.id)
        if (!order) return
        const before = text(order['state'])
        const after = stateAfter(before, change.state)
        if (after !== before) updateState.run(after, time, change.id)
        return
      }
      case 'fill':
        writeFill(change.fill, change.done, change.recovered, time)
        return
      case 'funding':
        insertFunding.run(change.symbol, change.venueTime, change.amount)
        return
      case 'decision': {
        const { note, symbol } = change
        insertDecision.run(note.time, symbol, note.strategy, note.outcome, note.body)
        return
      }
      case 'trade':
        insertTrade.run(change.id, change.symbol, change.exitTime, change.pnl, change.body)
        return
      case 'save':
        if (change.value === null) dropState.run(change.key)
        else putState.run(change.key, change.value, change.digest)
        return
    }
  }

  return {
    get sequence() {
      return settled.sequence
    },
    append,
    apply,
    settle() {
      settled.sequence = sequence
      settled.hash = hash
    },
    rewind() {
      sequence = settled.sequence
      hash = settled.hash
    },
    write(record) {
      if (record.body !== null) append(record.time, record.kind, record.body)
      for (const change of record.changes) apply(change, record.time)
    },
  }
}

function total(fills: StatementSync, clientOrderId: string): Decimal {
  let sum = ZERO
  for (const row of fills.iterate(clientOrderId)) sum = sum.plus(new Dec(text(row['quantity'])))
  return sum
}
