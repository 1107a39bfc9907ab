import type { ServerFault } from '../../src/exchange/protocol/binance-usdm/posted-fault.ts'

/** Something that goes wrong. */
export type Trouble =
  | {
      readonly kind: 'posted'
      readonly name: string
      readonly faults: readonly ServerFault[]
      /** Market ms for which the bot may not know what the exchange has done. */
      readonly blindMs: number
    }
  | { readonly kind: 'cut'; readonly name: string; readonly of: 'stream' | 'request' }
  /** The account's stream says nothing for a while, in wall ms. */
  | { readonly kind: 'silence'; readonly name: string; readonly wallMs: number }

/** What the next trouble can aim at. */
export interface Target {
  /** A stop that rests; `null`: none does. */
  readonly stop: string | null
  /** A symbol with a position; `null`: there is none. */
  readonly position: string | null
  /** An order may be hit: the last one that was to be hit has been sent. */
  readonly order: boolean
}

/** Numbers in [0, 1) that are the same for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const BUSY = { code: -1008, msg: 'Request throttled by system-level protection.' }
const TIMEOUT = { code: -1007, msg: 'Timeout waiting for response from backend server. Send status unknown.' }
const UNAVAILABLE = { code: -1001, msg: 'Internal error; unable to process your request. Please try again.' }
const TOO_MANY = { code: -1003, msg: 'Too many requests; current limit is 2400 requests per minute.' }
const REJECTED = { code: -2021, msg: 'Order would immediately trigger.' }
/** The bot looks at its account every 10 s. */
const LOOK_MS = 10_000

const answers = [
  ['drop', 'drop'],
  ['reset', 'reset'],
  ['half body', 'half_body'],
  ['html', 'html'],
  ['503', { status: 503, body: UNAVAILABLE }],
  ['-1007', { status: 408, body: TIMEOUT }],
  ['-1008', { status: 503, body: BUSY }],
  ['429', { status: 429, body: TOO_MANY, retry_after_secs: 1 }],
] as const

export function drawTrouble(random: () => number, target: Target): Trouble {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const posted = (name: string, blindMs: number, ...faults: readonly ServerFault[]): Trouble => ({
    kind: 'posted',
    name,
    blindMs,
    faults,
  })
  const orders = (): Trouble => {
    const path = random() < 0.4 ? '/fapi/v1/algoOrder' : '/fapi/v1/order'
    const list = path.endsWith('algoOrder') ? 'stop' : 'order'
    const method = random() < 0.8 ? 'POST' : 'DELETE'
    const which = random()
    if (method === 'POST' && which < 0.12)
      return posted(`${list} late`, LOOK_MS, { method, path, when: 'after', late_ms: 1_500 })
    if (method === 'POST' && which < 0.24)
      return posted(`${list} hidden`, 3 * LOOK_MS, { method, path, when: 'after', answer: 'reset', hide_ms: 4_000 })
    if (method === 'POST' && list === 'stop' && which < 0.34)
      return posted('stop rejected', 0, { method, path, when: 'before', answer: { status: 400, body: REJECTED } })
    if (which < 0.4) return posted(`${list} ${method} slow`, 0, { method, path, when: 'after', delay_ms: 800 })
    const [name, answer] = pick(answers)
    const when = random() < 0.5 ? 'before' : 'after'
    // Real exchanges refuse these before they carry anything out.
    const fixed = name === '429' || name === '-1008' ? 'before' : when
    return posted(`${list} ${method} ${name} ${fixed}`, 3 * LOOK_MS, { method, path, when: fixed, answer })
  }
  const reads = (): Trouble => {
    const [name, answer] = pick(answers)
    // One without an answer costs the bot ten seconds of wall time.
    const count = answer === 'drop' ? 1 : 1 + Math.floor(random() * 3)
    return posted(`read ${name}`, LOOK_MS, { method: 'GET', when: 'after', answer, count })
  }
  const stream = (): Trouble => {
    const event = pick(['ORDER_TRADE_UPDATE', 'ALGO_UPDATE', 'ACCOUNT_UPDATE'])
    const kind = pick(['lose', 'repeat', 'hold', 'reorder'] as const)
    const count = 1 + Math.floor(random() * 3)
    return posted(`stream ${kind}`, 2 * LOOK_MS, kind === 'reorder' ? { kind, count } : { kind, event, count })
  }
  const which = random()
  if (target.order && which < 0.45) return orders()
  if (which < 0.6) return reads()
  if (which < 0.75) return stream()
  if (which < 0.8) return { kind: 'silence', name: 'stream silent', wallMs: 100 + random() * 400 }
  if (which < 0.84) return posted('listen key expired', 2 * LOOK_MS, { kind: 'expire_listen_key' })
  if (which < 0.9) return { kind: 'cut', name: 'streams cut', of: 'stream' }
  if (which < 0.95) return { kind: 'cut', name: 'requests cut', of: 'request' }
  if (which < 0.98 && target.stop !== null)
    return posted('stop cancelled silently', 2 * LOOK_MS, { kind: 'cancel_silently', client_id: target.stop })
  if (target.position !== null)
    return posted('closed by force', LOOK_MS, {
      kind: 'force_close',
      symbol: target.position,
      cause: random() < 0.5 ? 'liquidation' : 'adl',
    })
  return reads()
}
