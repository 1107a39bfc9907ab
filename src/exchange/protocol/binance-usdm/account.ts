import { Dec, ZERO, type Decimal } from '../../../domain/decimal.ts'
import type { AccountEvent, FundingPaid, OrderEvent, OrderFilled, PositionForced } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { EmbeddedExchange } from '../../exchange.ts'
import { applyToPosition, entryPriceOf, flatPosition, type Position } from '../../position.ts'
import { createCountdowns, type Countdowns } from './countdown.ts'
import { childOf, createOrderRecords, type AlgoOrder, type OrderRecords, type RegularOrder } from './order-record.ts'
import { algoFrame, orderFrame, type Execution } from './order-shape.ts'

export type Frame = Readonly<Record<string, unknown>>

/** A row of `userTrades`. */
export interface TradeRow {
  readonly id: number
  readonly orderId: number
  readonly instrument: Instrument
  readonly side: 'BUY' | 'SELL'
  readonly price: string
  readonly quantity: string
  readonly quote: string
  readonly realised: string
  readonly fee: string
  readonly maker: boolean
  readonly time: number
}

/** A row of `income`. */
export interface IncomeRow {
  readonly type: 'FUNDING_FEE' | 'COMMISSION' | 'REALIZED_PNL' | 'INSURANCE_CLEAR'
  readonly instrument: Instrument
  readonly amount: string
  readonly time: number
  readonly id: number
  readonly tradeId: string
}

/** One account of the exchange in the protocol's words: its orders, executions and incomes, told as they happen. */
export interface Account {
  readonly exchange: EmbeddedExchange
  readonly orders: OrderRecords
  readonly trades: readonly TradeRow[]
  readonly incomes: readonly IncomeRow[]
  readonly forced: readonly RegularOrder[]
  readonly leverage: Map<string, number>
  hedged: boolean
  readonly countdowns: Countdowns
  /** Orders whose end no frame tells, by their name in the matching core. */
  readonly muted: Set<string>
  wallet(): Decimal
  position(instrument: Instrument): Position
  /** What an event of the matching core means: brings the records up to date and returns the frames to send, in order. */
  onEvent(event: AccountEvent): readonly Frame[]
  /** Why the core refused an order, once. */
  takeRefusal(coreId: string): { readonly code: string; readonly message: string } | undefined
}

const MAX_ROWS = 20_000
const MAX_REFUSALS = 1_000
const SIDE = { buy: 'BUY', sell: 'SELL' } as const

function keep<T>(rows: T[], row: T): void {
  rows.push(row)
  if (rows.length > MAX_ROWS) rows.splice(0, rows.length - MAX_ROWS)
}

export function createAccount(exchange: EmbeddedExchange, leverage: number, marginMode: 'isolated' | 'cross'): Account {
  const orders = createOrderRecords()
  const trades: TradeRow[] = []
  const incomes: IncomeRow[] = []
  const forced: RegularOrder[] = []
  const refusals = new Map<string, { code: string; message: string }>()
  const positions = new Map<string, Position>()
  const muted = new Set<string>()
  let wallet = exchange.ledger.startingBalance
  let incomeSequence = 0

  const position = (instrument: Instrument): Position => {
    const known = positions.get(instrument.symbol)
    if (known) return known
    const flat = flatPosition()
    positions.set(instrument.symbol, flat)
    return flat
  }

  function income(type: IncomeRow['type'], instrument: Instrument, amount: Decimal, time: number, tradeId = ''): void {
    if (amount.isZero()) return
    incomeSequence += 1
    keep(incomes, { type, instrument, amount: amount.toFixed(), time, id: incomeSequence, tradeId })
  }

  const accountFrame = (
    reason: string,
    instrument: Instrument,
    change: Decimal,
    time: number,
    withPosition: boolean,
  ): Frame => {
    const held = position(instrument)
    const own = {
      s: instrument.symbol,
      pa: held.signed.toFixed(),
      ep: entryPriceOf(held).toFixed(),
      bep: entryPriceOf(held).toFixed(),
      cr: exchange.ledger.realised.toFixed(),
      up: '0',
      mt: marginMode,
      iw: '0',
      ps: 'BOTH',
    }
    return {
      e: 'ACCOUNT_UPDATE',
      E: time,
      T: time,
      a: {
        m: reason,
        B: [{ a: instrument.quote, wb: wallet.toFixed(), cw: wallet.toFixed(), bc: change.toFixed() }],
        P: withPosition ? [own] : [],
      },
    }
  }

  /** Books an execution; `reason` as the balance's frame names it. */
  function execute(order: RegularOrder, event: OrderFilled | PositionForced): Execution {
    const { instrument, price, quantity, fee } = event
    const sign = event.side === 'buy' ? 1 : -1
    const { realised } = applyToPosition(position(instrument), sign, price, quantity)
    wallet = wallet.plus(realised).minus(fee)
    const tradeId = Number(event.tradeId.slice(1))
    const maker = event.kind === 'order_filled' && event.liquidity === 'maker'
    order.executed = order.executed.plus(quantity)
    order.cost = order.cost.plus(price.times(quantity))
    order.realised = order.realised.plus(realised)
    order.updateTime = event.venueTime
    keep(trades, {
      id: tradeId,
      orderId: order.orderId,
      instrument,
      side: SIDE[event.side],
      price: price.toFixed(),
      quantity: quantity.toFixed(),
      quote: price.times(quantity).toFixed(),
      realised: realised.toFixed(),
      fee: fee.toFixed(),
      maker,
      time: event.venueTime,
    })
    income('REALIZED_PNL', instrument, realised, event.venueTime, String(tradeId))
    income('COMMISSION', instrument, fee.neg(), event.venueTime, String(tradeId))
    return {
      tradeId,
      quantity: quantity.toFixed(),
      price: price.toFixed(),
      fee: fee.toFixed(),
      maker,
      realised: realised.toFixed(),
      asset: instrument.quote,
    }
  }

  function onFill(order: RegularOrder, event: OrderFilled): Frame[] {
    const trade = execute(order, event)
    order.status = event.done ? 'FILLED' : 'PARTIALLY_FILLED'
    const frames = [
      orderFrame(order, 'TRADE', event.venueTime, trade),
      accountFrame('ORDER', event.instrument, ZERO, event.venueTime, true),
    ]
    if (event.done && order.parent) frames.push(finish(order.parent, event.venueTime))
    return frames
  }

  function finish(parent: AlgoOrder, time: number): Frame {
    parent.status = 'FINISHED'
    parent.updateTime = time
    return algoFrame(parent, time)
  }

  function trigger(algo: AlgoOrder, time: number): Frame[] {
    algo.triggerTime = time
    algo.updateTime = time
    algo.status = 'TRIGGERING'
    const first = algoFrame(algo, time)
    const child = childOf(algo, orders.nextId(), time)
    algo.child = child
    algo.status = 'TRIGGERED'
    orders.add(child)
    return [first, algoFrame(algo, time), orderFrame(child, 'NEW', time)]
  }

  function end(
    record: RegularOrder | AlgoOrder,
    status: 'CANCELED' | 'EXPIRED',
    reason: string,
    time: number,
  ): Frame[] {
    record.updateTime = time
    record.status = status
    if (muted.delete(record.coreId)) return []
    if (record.kind === 'algo') return [algoFrame(record, time, status === 'EXPIRED' ? reason : '')]
    const frames = [orderFrame(record, status, time)]
    if (record.parent) frames.push(finish(record.parent, time))
    return frames
  }

  function onOrder(event: OrderEvent): readonly Frame[] {
    const record = orders.byCore(event.clientOrderId)
    if (!record) return []
    const time = event.venueTime
    switch (event.kind) {
      case 'order_accepted':
        if (record.status !== null) return []
        record.status = 'NEW'
        record.updateTime = time
        return [record.kind === 'algo' ? algoFrame(record, time) : orderFrame(record, 'NEW', time)]
      case 'order_rejected':
        record.status = 'REJECTED'
        refusals.set(record.coreId, { code: event.code, message: event.message })
        if (refusals.size > MAX_REFUSALS) refusals.delete(refusals.keys().next().value!)
        return []
      case 'order_triggered':
        return record.kind === 'algo' && record.child === null ? trigger(record, time) : []
      case 'order_filled':
        return record.kind === 'regular' ? onFill(record, event) : []
      case 'order_canceled':
        return end(record, event.reason === 'requested' ? 'CANCELED' : 'EXPIRED', event.reason, time)
      case 'order_expired':
        return end(record, 'EXPIRED', event.reason, time)
      case 'order_unknown':
        return []
    }
  }

  function onFunding(event: FundingPaid): readonly Frame[] {
    wallet = wallet.plus(event.amount)
    income('FUNDING_FEE', event.instrument, event.amount, event.venueTime)
    return [accountFrame('FUNDING_FEE', event.instrument, event.amount, event.venueTime, false)]
  }

  /** The exchange's own order: it has a name of its own and is never anybody's. */
  function onForced(event: PositionForced): readonly Frame[] {
    const time = event.venueTime
    const prefix =
      event.cause === 'liquidation' ? 'autoclose-' : event.cause === 'adl' ? 'adl_autoclose' : 'settlement_autoclose-'
    const orderId = orders.nextId()
    const order: RegularOrder = {
      kind: 'regular',
      coreId: `forced-${orderId}`,
      instrument: event.instrument,
      side: event.side,
      quantity: event.quantity,
      reduceOnly: true,
      createTime: time,
      updateTime: time,
      hiddenUntil: 0,
      orderId,
      clientOrderId: `${prefix}${orderId}`,
      type: event.cause === 'liquidation' ? 'LIQUIDATION' : 'MARKET',
      timeInForce: 'IOC',
      price: event.price,
      status: 'FILLED',
      executed: ZERO,
      cost: ZERO,
      realised: ZERO,
      parent: null,
    }
    orders.add(order)
    keep(forced, order)
    const trade = execute(order, event)
    return [orderFrame(order, 'CALCULATED', time, trade), accountFrame('ORDER', event.instrument, ZERO, time, true)]
  }

  return {
    exchange,
    orders,
    trades,
    incomes,
    forced,
    leverage: new Map(exchange.instruments.map(({ symbol }) => [symbol, leverage])),
    hedged: false,
    countdowns: createCountdowns(),
    muted,
    wallet: () => new Dec(wallet),
    position,
    onEvent(event) {
      switch (event.kind) {
        case 'funding_paid':
          return onFunding(event)
        case 'position_forced':
          return onForced(event)
        case 'order_absent':
        case 'order_seen':
        case 'account_snapshot':
        case 'snapshot_failed':
        case 'connection':
        case 'venue_alarm':
        case 'contract_changed':
          return []
        default:
          return onOrder(event)
      }
    },
    takeRefusal(coreId) {
      const refusal = refusals.get(coreId)
      refusals.delete(coreId)
      return refusal
    },
  }
}
