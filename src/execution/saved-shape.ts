import { z } from 'zod'
import { TRADE_EXITS } from '../domain/trade.ts'

/** A figure that is exact: a Decimal as text, finite. */
export const FIGURE = z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/, 'is no figure')
const AMOUNT = FIGURE.refine((text) => !text.startsWith('-'), 'is negative')
const ID = z.string().regex(/^[a-z0-9]{1,24}$/, 'is no order id')
const SIDE = z.enum(['LONG', 'SHORT'])
const LEG = z.enum(['entry', 'stop', 'target', 'exit'])
const count = z.number().int().nonnegative()

const restingLeg = z.object({ id: ID, price: AMOUNT, quantity: AMOUNT, accepted: z.boolean() })

/** A trade as `saveTrade` writes it. What is not looked at here is plain data for reports. */
export const TRADE_SHAPE = z.looseObject({
  id: z.string().min(1),
  instrument: z.string(),
  candidate: z.looseObject({ strategy: z.string(), direction: SIDE, entry: z.number() }),
  direction: SIDE,
  exitSide: z.enum(['buy', 'sell']),
  strategyNumber: count,
  epoch: count,
  intent: count,
  planned: AMOUNT,
  leverage: z.number().positive(),
  entryId: ID,
  submittedAt: z.number(),
  entryDone: z.boolean(),
  openedAt: z.number(),
  position: FIGURE,
  entryQuantity: AMOUNT,
  entryCost: AMOUNT,
  exitQuantity: AMOUNT,
  exitCost: AMOUNT,
  exitTime: z.number(),
  fees: FIGURE,
  funding: FIGURE,
  firstStop: AMOUNT,
  stopPrice: AMOUNT,
  targetPrice: AMOUNT,
  firstTarget: AMOUNT,
  targetSize: z.number().nullable(),
  stop: restingLeg.nullable(),
  target: restingLeg.nullable(),
  retiring: z.array(z.object({ id: ID, leg: LEG, quantity: AMOUNT, accepted: z.boolean() })),
  exitId: ID.nullable(),
  exitReason: z.enum(TRADE_EXITS).nullable(),
  exitFailures: count,
  lostLegs: count,
  exitDecidedAt: z.number().nullable(),
  unconfirmedStops: count,
  stopRefused: z.boolean(),
  breakEven: z.boolean(),
  revision: count,
  reopened: count,
})

/** An order as `saveOrder` writes it. */
export const ORDER_SHAPE = z.looseObject({
  request: z.looseObject({
    clientOrderId: ID,
    instrument: z.string(),
    side: z.enum(['buy', 'sell']),
    type: z.enum(['market', 'limit', 'stop_market', 'take_profit_market']),
    quantity: AMOUNT,
    price: AMOUNT.optional(),
    triggerPrice: AMOUNT.optional(),
    triggerBy: z.enum(['mark', 'last']).optional(),
    timeInForce: z.enum(['GTC', 'IOC', 'GTX']),
    reduceOnly: z.boolean(),
    leg: LEG,
    leverage: z.number().positive().optional(),
    tradeId: z.string().min(1),
  }),
  state: z.enum([
    'submitted',
    'accepted',
    'triggered',
    'partially_filled',
    'filled',
    'pending_cancel',
    'canceled',
    'rejected',
    'expired',
    'unknown',
  ]),
  filled: AMOUNT,
  submittedAt: z.number(),
  updatedAt: z.number(),
  fills: z.array(z.string()),
  cancelAsked: z.boolean(),
})
