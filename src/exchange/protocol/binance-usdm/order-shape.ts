import { ZERO } from '../../../domain/decimal.ts'
import { averagePrice, type AlgoOrder, type RegularOrder } from './order-record.ts'

const SIDE = { buy: 'BUY', sell: 'SELL' } as const

/** A regular order as REST answers it. */
export const regularBody = (order: RegularOrder): Readonly<Record<string, unknown>> => ({
  orderId: order.orderId,
  symbol: order.instrument.symbol,
  status: order.status,
  clientOrderId: order.clientOrderId,
  price: (order.price ?? ZERO).toFixed(),
  avgPrice: averagePrice(order).toFixed(),
  origQty: order.quantity.toFixed(),
  executedQty: order.executed.toFixed(),
  cumQuote: order.cost.toFixed(),
  timeInForce: order.timeInForce,
  type: order.type,
  origType: order.parent ? order.parent.type : order.type,
  side: SIDE[order.side],
  positionSide: 'BOTH',
  reduceOnly: order.reduceOnly,
  closePosition: false,
  stopPrice: '0',
  workingType: 'CONTRACT_PRICE',
  priceProtect: false,
  priceMatch: 'NONE',
  selfTradePreventionMode: 'EXPIRE_MAKER',
  goodTillDate: 0,
  time: order.createTime,
  updateTime: order.updateTime,
})

/** A conditional order as REST answers it. */
export const algoBody = (order: AlgoOrder): Readonly<Record<string, unknown>> => ({
  algoId: order.algoId,
  clientAlgoId: order.clientAlgoId,
  algoType: 'CONDITIONAL',
  orderType: order.type,
  symbol: order.instrument.symbol,
  side: SIDE[order.side],
  positionSide: 'BOTH',
  timeInForce: 'GTC',
  quantity: order.quantity.toFixed(),
  algoStatus: order.status,
  triggerPrice: order.triggerPrice.toFixed(),
  price: '0.00',
  workingType: order.workingType,
  priceMatch: 'NONE',
  selfTradePreventionMode: 'EXPIRE_MAKER',
  closePosition: false,
  priceProtect: false,
  reduceOnly: order.reduceOnly,
  activatePrice: '',
  callbackRate: '',
  createTime: order.createTime,
  updateTime: order.updateTime,
  triggerTime: order.triggerTime,
  goodTillDate: 0,
  actualOrderId: order.child ? String(order.child.orderId) : '',
  actualPrice: order.child ? averagePrice(order.child).toFixed() : '0.00000',
  ...(order.child && { actualQty: order.child.executed.toFixed(), actualType: order.child.type }),
})

/** What an execution adds to an order's frame. */
export interface Execution {
  readonly tradeId: number
  readonly quantity: string
  readonly price: string
  readonly fee: string
  readonly maker: boolean
  readonly realised: string
  readonly asset: string
}

/** ORDER_TRADE_UPDATE for one transition. */
export const orderFrame = (
  order: RegularOrder,
  execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'CALCULATED',
  time: number,
  trade?: Execution,
): Readonly<Record<string, unknown>> => ({
  e: 'ORDER_TRADE_UPDATE',
  E: time,
  T: time,
  o: {
    s: order.instrument.symbol,
    c: order.clientOrderId,
    S: SIDE[order.side],
    o: order.type,
    f: order.timeInForce,
    q: order.quantity.toFixed(),
    p: (order.price ?? ZERO).toFixed(),
    ap: averagePrice(order).toFixed(),
    sp: '0',
    x: execution,
    X: order.status,
    i: order.orderId,
    l: trade?.quantity ?? '0',
    z: order.executed.toFixed(),
    L: trade?.price ?? '0',
    ...(trade && { n: trade.fee, N: trade.asset }),
    T: time,
    t: trade?.tradeId ?? 0,
    b: '0',
    a: '0',
    m: trade?.maker ?? false,
    R: order.reduceOnly,
    wt: 'CONTRACT_PRICE',
    ot: order.parent ? order.parent.type : order.type,
    ps: 'BOTH',
    cp: false,
    rp: trade?.realised ?? '0',
    pP: false,
    si: 0,
    ss: 0,
    V: 'EXPIRE_MAKER',
    pm: 'NONE',
    gtd: 0,
  },
})

/** ALGO_UPDATE for one transition. */
export const algoFrame = (order: AlgoOrder, time: number, reason = ''): Readonly<Record<string, unknown>> => {
  const told = order.status === 'TRIGGERING' ? null : order.child
  const finished = order.status === 'FINISHED' && told !== null
  return {
    e: 'ALGO_UPDATE',
    E: time,
    T: time,
    o: {
      caid: order.clientAlgoId,
      aid: order.algoId,
      at: 'CONDITIONAL',
      o: order.type,
      s: order.instrument.symbol,
      S: SIDE[order.side],
      ps: 'BOTH',
      f: 'GTC',
      q: order.quantity.toFixed(),
      X: order.status,
      ai: told ? String(told.orderId) : '',
      ...(told && {
        ap: finished ? averagePrice(told).toFixed() : '0',
        aq: finished ? told.executed.toFixed() : '0',
        act: told.type,
      }),
      tp: order.triggerPrice.toFixed(),
      p: '0',
      V: 'EXPIRE_MAKER',
      wt: order.workingType,
      pm: 'NONE',
      cp: false,
      pP: false,
      R: order.reduceOnly,
      tt: order.triggerTime,
      gtd: 0,
      rm: reason,
    },
  }
}
