import { Dec, ZERO, type Decimal } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderRequest } from '../domain/order.ts'
import { epochMs, type Price, type Quantity } from '../domain/unit.ts'
import { nothingPutOff, type OpenTrade, type RestingLeg } from './open-trade.ts'
import { trackedOrder, type TrackedOrder } from './order-tracker.ts'

/** JSON knows no Decimals, no NaN and no instruments: exact figures become text, the rest null or a symbol. */
type Saved<T> = T extends string | number | boolean | null
  ? T
  : T extends Decimal
    ? string
    : T extends Instrument
      ? string
      : T extends readonly (infer E)[]
        ? readonly Saved<E>[]
        : T extends object
          ? { readonly [K in keyof T]: Saved<T[K]> }
          : T

export type SavedTrade = Saved<OpenTrade>
export type SavedOrder = Saved<Omit<TrackedOrder, 'seenAt' | 'checkedAt'>>

/** Most figures of a new trade are the one zero. */
const text = (value: Decimal): string => (value === ZERO ? '0' : value.toFixed())

const saveLeg = (leg: RestingLeg | null): SavedTrade['stop'] =>
  leg && { id: leg.id, price: text(leg.price), quantity: text(leg.quantity), accepted: leg.accepted }

/** The trade as text and plain figures, complete. */
export const saveTrade = (trade: OpenTrade): SavedTrade => ({
  ...trade,
  instrument: trade.instrument.symbol,
  planned: text(trade.planned),
  position: text(trade.position),
  entryQuantity: text(trade.entryQuantity),
  entryCost: text(trade.entryCost),
  exitQuantity: text(trade.exitQuantity),
  exitCost: text(trade.exitCost),
  fees: text(trade.fees),
  funding: text(trade.funding),
  firstStop: text(trade.firstStop),
  stopPrice: text(trade.stopPrice),
  targetPrice: text(trade.targetPrice),
  firstTarget: text(trade.firstTarget),
  stop: saveLeg(trade.stop),
  target: saveLeg(trade.target),
  retiring: trade.retiring.map((old) => ({ ...old, quantity: text(old.quantity) })),
})

const dec = (saved: string): Decimal => new Dec(saved)
const restoreLeg = (leg: SavedTrade['stop']): RestingLeg | null =>
  leg && {
    id: leg.id as RestingLeg['id'],
    price: dec(leg.price) as Price,
    quantity: dec(leg.quantity) as Quantity,
    accepted: leg.accepted,
  }

/** The trade as it was saved. Throws where a figure is none. */
export const restoreTrade = (saved: SavedTrade, instrument: Instrument): OpenTrade => ({
  ...saved,
  instrument,
  // Plain data in both forms; NaN, where it can stand, became null.
  candidate: saved.candidate as OpenTrade['candidate'],
  entryId: saved.entryId as OpenTrade['entryId'],
  submittedAt: epochMs(saved.submittedAt),
  openedAt: epochMs(saved.openedAt),
  exitTime: epochMs(saved.exitTime),
  planned: dec(saved.planned) as Quantity,
  position: dec(saved.position),
  entryQuantity: dec(saved.entryQuantity),
  entryCost: dec(saved.entryCost),
  exitQuantity: dec(saved.exitQuantity),
  exitCost: dec(saved.exitCost),
  fees: dec(saved.fees),
  funding: dec(saved.funding),
  firstStop: dec(saved.firstStop) as Price,
  stopPrice: dec(saved.stopPrice) as Price,
  targetPrice: dec(saved.targetPrice) as Price,
  firstTarget: dec(saved.firstTarget) as Price,
  targetSize: saved.targetSize ?? Number.NaN,
  stop: restoreLeg(saved.stop),
  target: restoreLeg(saved.target),
  retiring: saved.retiring.map((old) => ({
    ...old,
    id: old.id as RestingLeg['id'],
    quantity: dec(old.quantity) as Quantity,
  })),
  exitId: saved.exitId as OpenTrade['exitId'],
  // Pauses end with the process: the next one places what is missing at its first look.
  putOff: nothingPutOff(),
  nakedSince: null,
  exitDecidedAt: saved.exitDecidedAt === null ? null : epochMs(saved.exitDecidedAt),
})

/**
 * Every field by name, because leaving fields out of a copy is slow, and this stands on the way of every order. What is
 * absent is `undefined` here and left out by JSON.
 */
export const saveOrder = (order: TrackedOrder): SavedOrder => ({
  request: saveRequest(order.request),
  state: order.state,
  filled: text(order.filled),
  submittedAt: order.submittedAt,
  updatedAt: order.updatedAt,
  fills: [...order.fills],
  // What an earlier process asked and did not find proves nothing to the next one.
  asks: 0,
  absences: 0,
  lastAbsence: epochMs(0),
  cancelAsked: order.cancelAsked,
})

type SavedRequest = SavedOrder['request']

function saveRequest(request: OrderRequest): SavedRequest {
  const { price, triggerPrice } = request
  const saved: { readonly [K in keyof Required<SavedRequest>]: SavedRequest[K] | undefined } = {
    clientOrderId: request.clientOrderId,
    side: request.side,
    type: request.type,
    triggerBy: request.triggerBy,
    timeInForce: request.timeInForce,
    reduceOnly: request.reduceOnly,
    leg: request.leg,
    leverage: request.leverage,
    tradeId: request.tradeId,
    instrument: request.instrument.symbol,
    quantity: text(request.quantity),
    price: price && text(price),
    triggerPrice: triggerPrice && text(triggerPrice),
  }
  return saved as SavedRequest
}

/** The order as it was saved. Throws where a figure is none. */
export function restoreOrder(saved: SavedOrder, instrument: Instrument): TrackedOrder {
  const { price, triggerPrice, ...rest } = saved.request
  const request: OrderRequest = {
    ...rest,
    clientOrderId: rest.clientOrderId as OrderRequest['clientOrderId'],
    instrument,
    quantity: dec(rest.quantity) as Quantity,
    ...(price !== undefined && { price: dec(price) as Price }),
    ...(triggerPrice !== undefined && { triggerPrice: dec(triggerPrice) as Price }),
  }
  return {
    ...trackedOrder(request, epochMs(saved.submittedAt)),
    state: saved.state,
    filled: dec(saved.filled) as Quantity,
    updatedAt: epochMs(saved.updatedAt),
    fills: [...saved.fills],
    cancelAsked: saved.cancelAsked,
  }
}
