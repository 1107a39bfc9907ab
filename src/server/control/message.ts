import { z } from 'zod'

/** Longest line a client may send; commands are short. */
export const MAX_REQUEST_BYTES = 8_192
/** Longest line a client accepts. */
export const MAX_ANSWER_BYTES = 4_194_304
/** Most trades in one answer. */
const MAX_TRADES = 1_000
/** How far ahead a command may expire. */
export const MAX_LIFE_MS = 60_000

const text = z.string().min(1).max(500)
const symbol = z.string().max(24)
const id = z.string().regex(/^[\w:.-]{1,80}$/)

const query = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('status') }),
  z.strictObject({ name: z.literal('orders') }),
  z.strictObject({ name: z.literal('positions') }),
  z.strictObject({
    name: z.literal('trades'),
    symbol: symbol.nullable(),
    since: z.number().int().nullable(),
    limit: z.number().int().min(1).max(MAX_TRADES),
  }),
])

/** What a person may order; the commands with which a process ends itself are not among them. */
const command = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('stop_entry'), reason: text }),
  z.strictObject({ name: z.literal('resume_entry'), by: text, reason: text }),
  z.strictObject({ name: z.literal('force_exit'), tradeId: id }),
  z.strictObject({ name: z.literal('clear_latch'), code: id, symbol: symbol.nullable(), by: text, reason: text }),
  z.strictObject({ name: z.literal('kill'), reason: text }),
])

/** One line from a client. */
export const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ v: z.literal(1), kind: z.literal('query'), query }),
  z.strictObject({
    v: z.literal(1),
    kind: z.literal('command'),
    /** Makes the command one: the same nonce is carried out once, however often it arrives. */
    nonce: z.string().regex(/^[0-9a-f]{32}$/),
    /** Epoch ms of the wall clock after which it must not be carried out. */
    expires: z.number().int(),
    command,
  }),
])

export type ControlRequest = z.output<typeof requestSchema>
export type ControlQuery = z.output<typeof query>
export type ControlCommand = z.output<typeof command>

/** One line back. */
export const answerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ok'), result: z.unknown() }),
  z.strictObject({ kind: z.literal('refused'), code: z.string(), message: z.string() }),
])
export type ControlAnswer = z.output<typeof answerSchema>
