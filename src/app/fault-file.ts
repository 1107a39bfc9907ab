import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { AccountFault } from '../exchange/protocol/binance-usdm/account-fault.ts'
import { CONTRACT_STATUSES, type MarketFault } from '../exchange/protocol/binance-usdm/market-fault.ts'
import type { RequestFault } from '../exchange/protocol/binance-usdm/request-faults.ts'
import type { StreamFault } from '../exchange/protocol/binance-usdm/stream-faults.ts'

export type Fault = RequestFault | StreamFault | AccountFault | MarketFault

/** Faults one file may hold. */
const MOST_FAULTS = 1_000
const count = z.number().int().min(0)

const after_ms = count.exactOptional()
const account = count.min(1).exactOptional()
/** A positive number as text. */
const figure = z
  .string()
  .regex(/^(?=.*[1-9])\d+(\.\d+)?$/)
  .exactOptional()

const requestFault = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).exactOptional(),
  path: z.string().startsWith('/').exactOptional(),
  client_id: z.string().exactOptional(),
  account,
  skip: count.exactOptional(),
  count: count.min(1).exactOptional(),
  when: z.enum(['before', 'after']),
  answer: z
    .union([
      z.enum(['drop', 'reset', 'half_body', 'html']),
      z.strictObject({
        status: z.number().int().min(100).max(599),
        body: z.unknown(),
        retry_after_secs: count.exactOptional(),
      }),
    ])
    .exactOptional(),
  delay_ms: count.exactOptional(),
  late_ms: count.exactOptional(),
  hide_ms: count.exactOptional(),
})

const happening = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['lose', 'repeat', 'hold']), event: z.string().exactOptional(), count, account }),
  z.strictObject({ kind: z.literal('reorder'), count, account }),
  z.strictObject({ kind: z.literal('silence'), on: z.boolean(), account }),
  z.strictObject({ kind: z.literal('expire_listen_key'), account, after_ms }),
  z.strictObject({ kind: z.literal('hedge_mode'), on: z.boolean(), account, after_ms }),
  z.strictObject({ kind: z.literal('cancel_silently'), client_id: z.string(), account, after_ms }),
  z.strictObject({
    kind: z.literal('force_close'),
    symbol: z.string(),
    cause: z.enum(['liquidation', 'adl', 'settlement']),
    account,
    after_ms,
  }),
  z.strictObject({
    kind: z.literal('change_filters'),
    symbol: z.string(),
    tick_size: figure,
    step_size: figure,
    min_quantity: figure,
    min_notional: figure,
    multiplier_up: figure,
    multiplier_down: figure,
    after_ms,
  }),
  z.strictObject({
    kind: z.literal('contract_status'),
    symbol: z.string(),
    status: z.enum(CONTRACT_STATUSES),
    after_ms,
  }),
  z.strictObject({ kind: z.literal('maintenance'), for_ms: count.min(1), after_ms }),
])

const faultsSchema = z.array(z.unknown()).max(MOST_FAULTS)

export type FaultFile =
  | { readonly kind: 'ok'; readonly faults: readonly Fault[] }
  | { readonly kind: 'invalid'; readonly message: string }

/** Reads a script of faults: a JSON list of what goes wrong with requests, with the account's stream and with the account. */
export function readFaultFile(file: string): FaultFile {
  const invalid = (message: string): FaultFile => ({ kind: 'invalid', message: `${file}: ${message}` })
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return invalid(error instanceof SyntaxError ? `it is no JSON (${error.message})` : 'it cannot be read')
  }
  const list = faultsSchema.safeParse(read)
  if (!list.success) return invalid(`a list of at most ${MOST_FAULTS} faults is expected`)
  const faults: Fault[] = []
  for (const [i, one] of list.data.entries()) {
    const ofStream = typeof one === 'object' && one !== null && 'kind' in one
    const parsed = ofStream ? happening.safeParse(one) : requestFault.safeParse(one)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return invalid(`fault ${i + 1}, ${issue?.path.join('.') || 'as a whole'}: ${issue?.message ?? 'not understood'}`)
    }
    faults.push(parsed.data)
  }
  return { kind: 'ok', faults }
}
