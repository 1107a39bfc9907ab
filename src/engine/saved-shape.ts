import { z } from 'zod'
import { TRADE_EXITS } from '../domain/trade.ts'
import { FIGURE, ORDER_SHAPE, TRADE_SHAPE } from '../execution/saved-shape.ts'
import { LATCH_CODES } from '../risk/latch.ts'

const time = z.number()

/** What `saveAccount` writes. */
export const ACCOUNT_SHAPE = z.looseObject({
  wallet: FIGURE,
  fees: FIGURE,
  funding: FIGURE,
  realised: FIGURE,
  equity: z.looseObject({ day: time, dayStart: z.number(), highWater: z.number(), last: z.number() }),
  latches: z.array(
    z.looseObject({
      code: z.string().refine((code) => LATCH_CODES.has(code), 'is no latch'),
      symbol: z.string().nullable(),
      since: time,
      reason: z.string(),
      until: time.nullable(),
    }),
  ),
  entries: z.array(z.tuple([z.string(), z.array(time)])),
  signals: z.array(z.string()).optional(),
  forced: z.array(z.string()).optional(),
  fundings: z.array(z.string()).optional(),
  booksFrom: time,
  guessed: z.boolean().optional(),
  epoch: z.number().int().nonnegative(),
  intents: z.number().int().nonnegative(),
})

/** What `saveSymbol` writes. */
export const SYMBOL_SHAPE = z.looseObject({
  signed: FIGURE,
  entryPrice: FIGURE,
  trade: TRADE_SHAPE.nullable(),
  ended: TRADE_SHAPE.nullable(),
  unclosed: z.boolean().optional(),
  adoptedAt: time.optional(),
  guessedAt: time.optional(),
  orders: z.array(ORDER_SHAPE),
  lastExit: z.looseObject({ time, reason: z.enum(TRADE_EXITS), decidedAt: time.nullable() }).nullable(),
  lastStop: z.looseObject({ LONG: time.nullable(), SHORT: time.nullable() }),
  entries: z.array(time),
  fired: z.array(z.string()),
  usedClusters: z.array(z.string()).optional(),
})

/** What `saveBooked` writes. */
export const BOOKED_SHAPE = z.looseObject({ forced: z.array(z.string()), fundings: z.array(z.string()) })

/** One id of a memory. */
export const ID_SHAPE = z.looseObject({ n: z.number().int().nonnegative(), id: z.string() })

/** An order that is over, and the older list of them. */
export const ENDED_SHAPE = z.looseObject({ order: ORDER_SHAPE })
export const ENDED_LIST_SHAPE = z.looseObject({ orders: z.array(ORDER_SHAPE) })
