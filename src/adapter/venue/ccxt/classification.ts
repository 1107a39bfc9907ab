import type { CallRecord } from '../../ccxt/call-record.ts'
import type { CcxtId } from '../../ccxt/environment.ts'

/**
 * What a failed placement means.
 * `final`: the venue looked at the order and refused it. `not_executed`: it never got that far, and the same intent may
 * be tried anew under a new id. `unknown`: it may exist; it is queried and never sent again.
 */
export type Verdict = 'final' | 'not_executed' | 'unknown'

/** A failed call: what the wire saw, and what ccxt made of it. */
export interface CallFailure {
  readonly record: Readonly<CallRecord>
  /** The venue's own code; `null` where the body held none. */
  readonly venueCode: string | null
  /** Name of the error's class. */
  readonly errorName: string
  readonly message: string
}

export interface Classified {
  readonly verdict: Verdict
  /** Stable, ours. */
  readonly code: string
}

/** Name of the failure of an entry that was not let out. */
export const ENTRY_BARRED = 'EntryBarred'

interface Row extends Classified {
  readonly what: string
  readonly matches: (failure: CallFailure) => boolean
}

const row = (what: string, verdict: Verdict, code: string, matches: Row['matches']): Row => ({
  what,
  verdict,
  code,
  matches,
})

const isJson = (body: string): boolean => /^\s*[{[]/.test(body)

/**
 * The venues' own codes that prove what became of an order. What is not listed proves nothing, whatever it sounds like.
 */
export const PLACEMENT_CODES: Readonly<Record<CcxtId, Readonly<Record<string, Classified>>>> = {
  binanceusdm: {
    // unknown
    '-1000': { verdict: 'unknown', code: 'UNKNOWN' },
    '-1001': { verdict: 'unknown', code: 'UNKNOWN' },
    '-1006': { verdict: 'unknown', code: 'UNKNOWN' },
    '-1007': { verdict: 'unknown', code: 'UNKNOWN' },
    // not executed
    '-1003': { verdict: 'not_executed', code: 'RATE_LIMITED' },
    '-1008': { verdict: 'not_executed', code: 'OVERLOADED' },
    '-1015': { verdict: 'not_executed', code: 'RATE_LIMITED' },
    '-1021': { verdict: 'not_executed', code: 'CLOCK_SKEW' },
    '-1022': { verdict: 'not_executed', code: 'BAD_SIGNATURE' },
    '-2014': { verdict: 'not_executed', code: 'BAD_KEY' },
    '-2015': { verdict: 'not_executed', code: 'BAD_KEY' },
    // final
    '-1013': { verdict: 'final', code: 'BAD_ORDER' },
    '-1100': { verdict: 'final', code: 'BAD_ORDER' },
    '-1102': { verdict: 'final', code: 'BAD_ORDER' },
    '-1104': { verdict: 'final', code: 'BAD_ORDER' },
    '-1106': { verdict: 'final', code: 'BAD_ORDER' },
    '-1111': { verdict: 'final', code: 'PRECISION' },
    '-1116': { verdict: 'final', code: 'BAD_ORDER' },
    '-1121': { verdict: 'final', code: 'BAD_SYMBOL' },
    '-1122': { verdict: 'final', code: 'NOT_TRADING' },
    '-1130': { verdict: 'final', code: 'BAD_ORDER' },
    '-2010': { verdict: 'final', code: 'REJECTED_BY_VENUE' },
    '-2018': { verdict: 'final', code: 'INSUFFICIENT_MARGIN' },
    '-2019': { verdict: 'final', code: 'INSUFFICIENT_MARGIN' },
    '-2021': { verdict: 'final', code: 'WOULD_TRIGGER' },
    '-2022': { verdict: 'final', code: 'REDUCE_ONLY' },
    '-2025': { verdict: 'final', code: 'TOO_MANY_ORDERS' },
    '-2027': { verdict: 'final', code: 'MAX_LEVERAGE' },
    '-4003': { verdict: 'final', code: 'MIN_QUANTITY' },
    '-4004': { verdict: 'final', code: 'MIN_QUANTITY' },
    '-4005': { verdict: 'final', code: 'MAX_QUANTITY' },
    '-4014': { verdict: 'final', code: 'TICK_SIZE' },
    '-4016': { verdict: 'final', code: 'PRICE_BAND' },
    '-4023': { verdict: 'final', code: 'LOT_SIZE' },
    '-4024': { verdict: 'final', code: 'PRICE_BAND' },
    '-4045': { verdict: 'final', code: 'TOO_MANY_ORDERS' },
    '-4061': { verdict: 'final', code: 'HEDGE_MODE' },
    '-4116': { verdict: 'final', code: 'DUPLICATE_ID' },
    '-4120': { verdict: 'final', code: 'WRONG_ENDPOINT' },
    '-4130': { verdict: 'final', code: 'DUPLICATE_STOP' },
    '-4131': { verdict: 'final', code: 'PRICE_BAND' },
    '-4140': { verdict: 'final', code: 'NOT_TRADING' },
    '-4141': { verdict: 'final', code: 'NOT_TRADING' },
    '-4164': { verdict: 'final', code: 'MIN_NOTIONAL' },
    '-4192': { verdict: 'final', code: 'NOT_PERMITTED' },
    '-4400': { verdict: 'final', code: 'NOT_PERMITTED' },
    '-4509': { verdict: 'final', code: 'NO_POSITION' },
    '-5021': { verdict: 'final', code: 'NOT_FILLABLE' },
    '-5022': { verdict: 'final', code: 'POST_ONLY' },
    '-20132': { verdict: 'final', code: 'DUPLICATE_ID' },
  },
  bybit: {
    '10000': { verdict: 'unknown', code: 'UNKNOWN' },
    '10016': { verdict: 'unknown', code: 'UNKNOWN' },
    '10002': { verdict: 'not_executed', code: 'CLOCK_SKEW' },
    '10003': { verdict: 'not_executed', code: 'BAD_KEY' },
    '10004': { verdict: 'not_executed', code: 'BAD_SIGNATURE' },
    '10005': { verdict: 'not_executed', code: 'NOT_PERMITTED' },
    '10006': { verdict: 'not_executed', code: 'RATE_LIMITED' },
    '10018': { verdict: 'not_executed', code: 'RATE_LIMITED' },
    '10001': { verdict: 'final', code: 'BAD_ORDER' },
    '110003': { verdict: 'final', code: 'PRICE_BAND' },
    '110004': { verdict: 'final', code: 'INSUFFICIENT_MARGIN' },
    '110007': { verdict: 'final', code: 'INSUFFICIENT_MARGIN' },
    '110017': { verdict: 'final', code: 'REDUCE_ONLY' },
    '110072': { verdict: 'final', code: 'DUPLICATE_ID' },
    '110092': { verdict: 'final', code: 'WOULD_TRIGGER' },
    '110093': { verdict: 'final', code: 'WOULD_TRIGGER' },
    '110094': { verdict: 'final', code: 'MIN_NOTIONAL' },
  },
  okx: {
    '50004': { verdict: 'unknown', code: 'UNKNOWN' },
    '50026': { verdict: 'unknown', code: 'UNKNOWN' },
    '50011': { verdict: 'not_executed', code: 'RATE_LIMITED' },
    '50061': { verdict: 'not_executed', code: 'RATE_LIMITED' },
    '50102': { verdict: 'not_executed', code: 'CLOCK_SKEW' },
    '50111': { verdict: 'not_executed', code: 'BAD_KEY' },
    '50113': { verdict: 'not_executed', code: 'BAD_SIGNATURE' },
    '51008': { verdict: 'final', code: 'INSUFFICIENT_MARGIN' },
    '51016': { verdict: 'final', code: 'DUPLICATE_ID' },
    '51020': { verdict: 'final', code: 'MIN_QUANTITY' },
    '51121': { verdict: 'final', code: 'LOT_SIZE' },
    '51169': { verdict: 'final', code: 'REDUCE_ONLY' },
    '51277': { verdict: 'final', code: 'WOULD_TRIGGER' },
    '51278': { verdict: 'final', code: 'WOULD_TRIGGER' },
    '51279': { verdict: 'final', code: 'WOULD_TRIGGER' },
    '51280': { verdict: 'final', code: 'WOULD_TRIGGER' },
  },
}

const OF_TERMS: ReadonlySet<string> = new Set([
  'BAD_ORDER',
  'BAD_SYMBOL',
  'PRECISION',
  'TICK_SIZE',
  'LOT_SIZE',
  'MIN_QUANTITY',
  'MAX_QUANTITY',
  'MIN_NOTIONAL',
  'MAX_LEVERAGE',
  'PRICE_BAND',
  'NOT_TRADING',
])

/** Whether a refusal may come of the contract's being another than it was when it was read. */
export const speaksOfTerms = (code: string): boolean => OF_TERMS.has(code)

/** Read from the top; the first row that matches says it. Codes come after what the wire itself has proven. */
export const PLACEMENT_TABLE: readonly Row[] = [
  row('it was about to go to another host', 'not_executed', 'EGRESS', (f) => f.errorName === 'EgressViolation'),
  row('entries are barred', 'not_executed', 'KILL_LATCH', (f) => f.errorName === ENTRY_BARRED),
  row('no connection was made', 'not_executed', 'NOT_SENT', (f) => f.record.phase === 'not_sent'),
  row('no complete answer came', 'unknown', 'UNKNOWN', (f) => f.record.phase === 'sent'),
  row('429: asked too often', 'not_executed', 'RATE_LIMITED', (f) => f.record.status === 429),
  row('418: banned for asking too often', 'not_executed', 'RATE_LIMITED', (f) => f.record.status === 418),
  row('403 in prose: a firewall in front of the venue', 'not_executed', 'FIREWALL', (f) => {
    return f.record.status === 403 && !isJson(f.record.body)
  }),
  row('408: the venue waited too long for itself', 'unknown', 'UNKNOWN', (f) => f.record.status === 408),
]

const UNKNOWN: Classified = { verdict: 'unknown', code: 'UNKNOWN' }

/**
 * The one place where a failed placement is judged: the wire's own proof, then the venue's code, else unknown. A 5xx, a
 * page of HTML, an answer without an order, an error that is not even ccxt's: all unknown.
 */
export function classifyPlacement(id: CcxtId, failure: CallFailure): Classified {
  const proven = PLACEMENT_TABLE.find((each) => each.matches(failure))
  if (proven) return proven
  return (failure.venueCode === null ? undefined : PLACEMENT_CODES[id][failure.venueCode]) ?? UNKNOWN
}
