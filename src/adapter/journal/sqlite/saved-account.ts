import { z } from 'zod'

/** What a person is told of the state that the engine saves under `account`; the rest of it is the engine's own. */
const savedAccount = z.object({
  wallet: z.string(),
  equity: z.object({ dayStart: z.number(), last: z.number() }),
  latches: z.array(
    z.object({
      code: z.string(),
      symbol: z.string().nullable(),
      since: z.number(),
      until: z.number().nullable(),
      reason: z.string(),
    }),
  ),
})

const restingLeg = z.object({ price: z.string(), quantity: z.string(), accepted: z.boolean() })

const savedOrder = z.object({
  request: z.object({
    clientOrderId: z.string(),
    side: z.string(),
    type: z.string(),
    leg: z.string(),
    quantity: z.string(),
    price: z.string().optional(),
    triggerPrice: z.string().optional(),
    reduceOnly: z.boolean(),
    tradeId: z.string(),
  }),
  state: z.string(),
  filled: z.string(),
})

/** The same of a symbol, saved under `symbol:BTCUSDT`. */
const savedSymbol = z.object({
  signed: z.string(),
  entryPrice: z.string(),
  trade: z.object({ id: z.string(), stop: restingLeg.nullable(), target: restingLeg.nullable() }).nullable(),
  orders: z.array(savedOrder),
})

export type SavedAccount = z.infer<typeof savedAccount>
export type SavedSymbol = z.infer<typeof savedSymbol>
export type SavedOrder = z.infer<typeof savedOrder>

const SYMBOL_PREFIX = 'symbol:'

export interface SavedState {
  /** `null`: nothing was saved yet. */
  readonly account: SavedAccount | null
  readonly symbols: ReadonlyMap<string, SavedSymbol>
}

/** Reads what the engine saved. Throws where it is of another form. */
export function readSaved(saved: Iterable<readonly [key: string, value: string]>): SavedState {
  let account: SavedAccount | null = null
  const symbols = new Map<string, SavedSymbol>()
  for (const [key, value] of saved) {
    if (key === 'account') account = savedAccount.parse(JSON.parse(value))
    else if (key.startsWith(SYMBOL_PREFIX))
      symbols.set(key.slice(SYMBOL_PREFIX.length), savedSymbol.parse(JSON.parse(value)))
  }
  return { account, symbols }
}
