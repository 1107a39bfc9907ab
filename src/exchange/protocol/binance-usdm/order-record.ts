import { Dec, ZERO, type Decimal } from '../../../domain/decimal.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { OrderSide } from '../../../domain/side.ts'
import type { Price, Quantity } from '../../../domain/unit.ts'

export type RegularStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'
export type AlgoStatus = 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'

interface RecordBase {
  /** Its name in the matching core. */
  readonly coreId: string
  readonly instrument: Instrument
  readonly side: OrderSide
  readonly quantity: Quantity
  readonly reduceOnly: boolean
  readonly createTime: number
  updateTime: number
  /** Until then, in market time, no list and no question shows it; 0: it is seen. */
  hiddenUntil: number
}

/** An order of the regular list. */
export interface RegularOrder extends RecordBase {
  readonly kind: 'regular'
  readonly orderId: number
  readonly clientOrderId: string
  readonly type: 'MARKET' | 'LIMIT' | 'LIQUIDATION'
  readonly timeInForce: string
  readonly price: Price | null
  /** `null` until the exchange has answered for it. */
  status: RegularStatus | null
  executed: Decimal
  /** Quote units of all executions. */
  cost: Decimal
  realised: Decimal
  /** The conditional order that this is the child of. */
  readonly parent: AlgoOrder | null
}

/** An order of the conditional list. */
export interface AlgoOrder extends RecordBase {
  readonly kind: 'algo'
  readonly algoId: number
  readonly clientAlgoId: string
  readonly type: 'STOP_MARKET' | 'TAKE_PROFIT_MARKET'
  readonly triggerPrice: Price
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE'
  /** `null` until the exchange has answered for it. */
  status: AlgoStatus | null
  triggerTime: number
  child: RegularOrder | null
}

export type OrderRecord = RegularOrder | AlgoOrder

export const isOpenRegular = (order: RegularOrder): boolean =>
  order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'
export const isOpenAlgo = (order: AlgoOrder): boolean => order.status === 'NEW'

export const averagePrice = (order: RegularOrder): Decimal =>
  order.executed.isZero() ? ZERO : order.cost.div(order.executed).toDecimalPlaces(8)

/** Ended orders kept for queries, in each list. */
const MAX_KEPT = 5_000

/** All orders of one account, in both lists, oldest first. */
export interface OrderRecords {
  readonly regular: ReadonlyMap<number, RegularOrder>
  readonly algo: ReadonlyMap<number, AlgoOrder>
  nextId(): number
  add(order: OrderRecord): void
  /** The order that the matching core calls so; of a triggered one its child. */
  byCore(coreId: string): OrderRecord | undefined
}

export function createOrderRecords(): OrderRecords {
  const regular = new Map<number, RegularOrder>()
  const algo = new Map<number, AlgoOrder>()
  const core = new Map<string, OrderRecord>()
  let sequence = 1_000

  function forget<T extends OrderRecord>(orders: Map<number, T>, isOpen: (order: T) => boolean): void {
    if (orders.size <= MAX_KEPT) return
    for (const [id, order] of orders) {
      if (isOpen(order)) continue
      orders.delete(id)
      if (core.get(order.coreId) === order) core.delete(order.coreId)
      return
    }
  }

  return {
    regular,
    algo,
    nextId: () => (sequence += 1),
    add(order) {
      core.set(order.coreId, order)
      if (order.kind === 'regular') {
        regular.set(order.orderId, order)
        forget(regular, isOpenRegular)
      } else {
        algo.set(order.algoId, order)
        forget(algo, isOpenAlgo)
      }
    },
    byCore: (coreId) => core.get(coreId),
  }
}

/** The child of a triggered conditional order: a market order of its own number. */
export function childOf(parent: AlgoOrder, orderId: number, time: number): RegularOrder {
  return {
    kind: 'regular',
    coreId: parent.coreId,
    instrument: parent.instrument,
    side: parent.side,
    quantity: parent.quantity,
    reduceOnly: parent.reduceOnly,
    createTime: time,
    updateTime: time,
    hiddenUntil: 0,
    orderId,
    clientOrderId: `algo_child_${orderId}`,
    type: 'MARKET',
    timeInForce: 'GTC',
    price: null,
    status: 'NEW',
    executed: ZERO,
    cost: ZERO,
    realised: ZERO,
    parent,
  }
}

export const dec = (text: string): Decimal | null => {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return null
  return new Dec(text)
}
