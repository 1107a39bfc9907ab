import { openReadOnly } from '../../src/adapter/journal/sqlite/read-only.ts'
import { verifyAudit } from '../../src/adapter/journal/sqlite/verify.ts'
import { isProbe } from '../../src/adapter/venue/ccxt/probe-stop.ts'
import { Dec } from '../../src/domain/decimal.ts'
import { isOpenAlgo, isOpenRegular } from '../../src/exchange/protocol/binance-usdm/order-record.ts'
import type { BinanceServer } from '../../src/exchange/protocol/binance-usdm/server.ts'
import type { Execution, JournalBooks, Span, VenueBooks, VenueOrder } from './evidence.ts'

const shortest = (text: string): string => new Dec(text).toFixed()

/** The exchange's own books. Children of conditional orders are these orders' own affair. */
export function venueBooks({ account, instruments, now }: BinanceServer, absences: readonly Span[]): VenueBooks {
  const orders: VenueOrder[] = []
  const fills = new Map<number, number>()
  for (const { orderId } of account.trades) fills.set(orderId, (fills.get(orderId) ?? 0) + 1)
  for (const order of [...account.orders.regular.values(), ...account.orders.algo.values()]) {
    // Neither accepted nor refused: it is on its way.
    if (order.status === null || (order.kind === 'regular' && order.parent !== null)) continue
    const isOpen = order.kind === 'algo' ? isOpenAlgo(order) : isOpenRegular(order)
    const id = order.kind === 'algo' ? order.clientAlgoId : order.clientOrderId
    // A stop that asked a question at start is no part of a day; one that was left behind is.
    if (isProbe(id) && !isOpen) continue
    orders.push({
      id,
      side: order.side,
      reduceOnly: order.reduceOnly,
      isStop: order.type === 'STOP_MARKET',
      quantity: order.quantity.toNumber(),
      state: order.status === 'REJECTED' ? 'refused' : isOpen ? 'open' : 'ended',
      placedAt: order.createTime,
      endedAt: order.updateTime,
      fills: fills.get((order.kind === 'algo' ? order.child : order)?.orderId ?? 0) ?? 0,
    })
  }
  return {
    orders: orders.toSorted((a, b) => a.placedAt - b.placedAt),
    executions: account.trades.map((trade) => ({
      id: String(trade.id),
      side: trade.side.toLowerCase(),
      price: shortest(trade.price),
      quantity: shortest(trade.quantity),
      fee: shortest(trade.fee),
      time: trade.time,
    })),
    wallet: account.wallet().toFixed(),
    isFlat: instruments.every((instrument) => account.position(instrument).signed.isZero()),
    now,
    absences,
  }
}

/** What is in a journal; a text says why it cannot be read. */
export function journalBooks(path: string): JournalBooks | string {
  const opening = openReadOnly(path)
  if (opening.kind !== 'ok') return opening.kind === 'none' ? 'there is no journal' : opening.message
  const { database } = opening
  const rows = (sql: string): Record<string, unknown>[] => database.prepare(sql).all()
  const executions = rows('SELECT trade_id, side, price, quantity, fee FROM fills').map((row): Execution => ({
    id: shortest(String(row['trade_id']).replace(/\D/g, '')),
    side: String(row['side']),
    price: shortest(String(row['price'])),
    quantity: shortest(String(row['quantity'])),
    fee: shortest(String(row['fee'])),
  }))
  const intents = rows('SELECT client_order_id FROM intents').map((row) => String(row['client_order_id']))
  const orders = rows('SELECT client_order_id, state FROM orders').map(
    (row) => [String(row['client_order_id']), String(row['state'])] as const,
  )
  database.close()
  const audit = verifyAudit(path)
  return {
    intents,
    orders,
    executions,
    audit: audit.kind === 'whole' ? null : audit.kind === 'broken' ? audit.message : audit.kind,
  }
}
