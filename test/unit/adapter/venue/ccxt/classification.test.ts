import { describe, expect, it } from 'vitest'
import { NOT_PLACED } from '../../../../../src/domain/order.ts'
import { blankRecord, type CallRecord } from '../../../../../src/adapter/ccxt/call-record.ts'
import {
  classifyPlacement,
  PLACEMENT_CODES,
  PLACEMENT_TABLE,
  type CallFailure,
} from '../../../../../src/adapter/venue/ccxt/classification.ts'
import { venueCodeOf } from '../../../../../src/adapter/venue/ccxt/binanceusdm/dialect.ts'

const failure = (record: Partial<CallRecord>, errorName = 'NetworkError'): CallFailure => {
  const whole = { ...blankRecord(), phase: 'answered' as const, ...record }
  return { record: whole, venueCode: venueCodeOf(whole.body), errorName, message: 'x' }
}
const said = (code: number, status = 400): CallFailure =>
  failure({ status, body: `{"code":${code},"msg":"m"}` }, 'ExchangeError')

/** One example a row of the table, in its order. */
const WIRE: readonly (readonly [what: string, failure: CallFailure, verdict: string, code: string])[] = [
  ['egress', failure({ phase: 'not_sent' }, 'EgressViolation'), 'not_executed', 'EGRESS'],
  ['entries barred', failure({ phase: 'not_sent' }, 'EntryBarred'), 'not_executed', 'KILL_LATCH'],
  ['connection refused', failure({ phase: 'not_sent' }), 'not_executed', 'NOT_SENT'],
  ['timeout, reset or cut after the request left', failure({ phase: 'sent' }, 'RequestTimeout'), 'unknown', 'UNKNOWN'],
  ['429', failure({ status: 429, body: '{"code":-1003,"msg":"m"}' }, 'DDoSProtection'), 'not_executed', 'RATE_LIMITED'],
  ['418', failure({ status: 418, body: '<html>' }, 'DDoSProtection'), 'not_executed', 'RATE_LIMITED'],
  ['403 in prose', failure({ status: 403, body: '<html>Forbidden</html>' }), 'not_executed', 'FIREWALL'],
  ['408', failure({ status: 408, body: '{"code":-1007,"msg":"m"}' }, 'RequestTimeout'), 'unknown', 'UNKNOWN'],
]

/** Codes of Binance, the verdict on each, and what we call it. */
const BINANCE = [
  [-1000, 'unknown', 'UNKNOWN'],
  [-1001, 'unknown', 'UNKNOWN'],
  [-1003, 'not_executed', 'RATE_LIMITED'],
  [-1006, 'unknown', 'UNKNOWN'],
  [-1007, 'unknown', 'UNKNOWN'],
  [-1008, 'not_executed', 'OVERLOADED'],
  [-1013, 'final', 'BAD_ORDER'],
  [-1015, 'not_executed', 'RATE_LIMITED'],
  [-1021, 'not_executed', 'CLOCK_SKEW'],
  [-1022, 'not_executed', 'BAD_SIGNATURE'],
  [-1100, 'final', 'BAD_ORDER'],
  [-1102, 'final', 'BAD_ORDER'],
  [-1104, 'final', 'BAD_ORDER'],
  [-1130, 'final', 'BAD_ORDER'],
  [-2010, 'final', 'REJECTED_BY_VENUE'],
  [-2018, 'final', 'INSUFFICIENT_MARGIN'],
  [-2025, 'final', 'TOO_MANY_ORDERS'],
  [-1106, 'final', 'BAD_ORDER'],
  [-1111, 'final', 'PRECISION'],
  [-1116, 'final', 'BAD_ORDER'],
  [-1121, 'final', 'BAD_SYMBOL'],
  [-1122, 'final', 'NOT_TRADING'],
  [-2014, 'not_executed', 'BAD_KEY'],
  [-2015, 'not_executed', 'BAD_KEY'],
  [-2019, 'final', 'INSUFFICIENT_MARGIN'],
  [-2021, 'final', 'WOULD_TRIGGER'],
  [-2022, 'final', 'REDUCE_ONLY'],
  [-2027, 'final', 'MAX_LEVERAGE'],
  [-4003, 'final', 'MIN_QUANTITY'],
  [-4004, 'final', 'MIN_QUANTITY'],
  [-4005, 'final', 'MAX_QUANTITY'],
  [-4014, 'final', 'TICK_SIZE'],
  [-4023, 'final', 'LOT_SIZE'],
  [-4045, 'final', 'TOO_MANY_ORDERS'],
  [-4061, 'final', 'HEDGE_MODE'],
  [-4116, 'final', 'DUPLICATE_ID'],
  [-4120, 'final', 'WRONG_ENDPOINT'],
  [-4130, 'final', 'DUPLICATE_STOP'],
  [-4131, 'final', 'PRICE_BAND'],
  [-4016, 'final', 'PRICE_BAND'],
  [-4024, 'final', 'PRICE_BAND'],
  [-4140, 'final', 'NOT_TRADING'],
  [-4141, 'final', 'NOT_TRADING'],
  [-4164, 'final', 'MIN_NOTIONAL'],
  [-4192, 'final', 'NOT_PERMITTED'],
  [-4400, 'final', 'NOT_PERMITTED'],
  [-4509, 'final', 'NO_POSITION'],
  [-5021, 'final', 'NOT_FILLABLE'],
  [-5022, 'final', 'POST_ONLY'],
  [-20132, 'final', 'DUPLICATE_ID'],
] as const

describe('the table of failed placements', () => {
  it('has an example for every row', () => {
    expect(WIRE).toHaveLength(PLACEMENT_TABLE.length)
    for (const [i, row] of PLACEMENT_TABLE.entries()) {
      expect(row.matches(WIRE[i]![1]), row.what).toBe(true)
      expect(
        PLACEMENT_TABLE.slice(0, i).some((earlier) => earlier.matches(WIRE[i]![1])),
        row.what,
      ).toBe(false)
    }
  })

  it.each(WIRE)('%s', (_what, example, verdict, code) => {
    expect(classifyPlacement('binanceusdm', example)).toMatchObject({ verdict, code })
  })

  it.each(BINANCE)('Binance %d is %s', (code, verdict, ours) => {
    expect(classifyPlacement('binanceusdm', said(code))).toEqual({ verdict, code: ours })
  })

  it('has no Binance code without a test', () => {
    const codes = BINANCE.map(([code]) => `${code}`)
    expect(Object.keys(PLACEMENT_CODES.binanceusdm).toSorted()).toEqual(codes.toSorted())
  })

  it('knows of each code that was not executed whether its reason passes', () => {
    const rows = [...PLACEMENT_TABLE, ...Object.values(PLACEMENT_CODES).flatMap((codes) => Object.values(codes))]
    const codes = new Set(rows.flatMap(({ verdict, code }) => (verdict === 'not_executed' ? [code] : [])))
    const lasting = ['BAD_KEY', 'BAD_SIGNATURE', 'NOT_PERMITTED', 'EGRESS', 'KILL_LATCH']
    expect([...codes].toSorted()).toEqual([...NOT_PLACED, ...lasting].toSorted())
  })

  it.each([
    [
      '503, execution unknown',
      failure({ status: 503, body: '{"msg":"Unknown error, please check your request or try again later."}' }),
    ],
    ['503 that claims to have failed', failure({ status: 503, body: '{"msg":"Service Unavailable."}' })],
    ['502 in HTML', failure({ status: 502, body: '<html>Bad Gateway</html>' })],
    ['500', failure({ status: 500, body: '' })],
    ['400 in prose', failure({ status: 400, body: 'no' })],
    ['a page of HTML at 200', failure({ status: 200, body: '<html></html>' }, 'TypeError')],
    ['an empty 200', failure({ status: 200, body: '' }, 'TypeError')],
    ['a redirect', failure({ status: 302, body: '' })],
    ['a code nobody knows', said(-9999)],
    ['query not found, of all things', said(-2013)],
    ['an error that is not ccxt’s', failure({ status: 200, body: '{}' }, 'SyntaxError')],
  ] as const)('%s proves nothing', (_what, example) => {
    expect(classifyPlacement('binanceusdm', example).verdict).toBe('unknown')
  })
})
