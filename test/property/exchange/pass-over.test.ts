import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createExchange, type QuietBand } from '../../../src/exchange/exchange.ts'
import { createBarTape } from '../../../src/exchange/tape/bar-tape.ts'
import type { Tape } from '../../../src/exchange/tape.ts'
import {
  BTC,
  columnsOf,
  drain,
  ETH,
  order,
  PARAMETERS,
  stop,
  T0,
  target,
  type Bar,
} from '../../unit/exchange/fixture.ts'

const BAR_MS = 5 * 60_000
/** An hour before a settlement. */
const START = T0 + 7 * 3_600_000
const QUIET: readonly QuietBand[] = [
  { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
  { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
]

interface Step {
  readonly move: number
  readonly up: number
  readonly down: number
  readonly thin: boolean
  readonly missing: boolean
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    move: fc.integer({ min: -120, max: 120 }),
    up: fc.integer({ min: 0, max: 60 }),
    down: fc.integer({ min: 0, max: 60 }),
    thin: fc.boolean(),
    missing: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { minLength: 5, maxLength: 40 },
)

function walk(path: readonly Step[], from: number, unit: number): readonly Bar[] {
  let price = from
  return path.map(({ move, up, down, thin }) => {
    const open = price
    price = open + move * unit
    return [open, Math.max(open, price) + up * unit, Math.min(open, price) - down * unit, price, thin ? 1 : 1_000_000]
  })
}

/** The tape as it is, and the same one that plays every path point by point. */
const pointByPoint = (tape: Tape): Tape => ({
  instruments: tape.instruments,
  peek: () => tape.peek(),
  next: () => tape.next(),
})

let passed = 0
const counting = (tape: Tape): Tape => ({
  ...pointByPoint(tape),
  passOver: (until, mayPass, isIdle, done) =>
    tape.passOver!(until, mayPass, isIdle, (path) => {
      passed += 1
      done(path)
    }),
})

function play(btc: readonly Step[], eth: readonly Step[], reach: number, whole: boolean): readonly string[] {
  const times = btc.flatMap((step, i) => (step.missing ? [] : [START + i * BAR_MS]))
  const kept = walk(
    btc.filter((step) => !step.missing),
    50_000,
    1,
  )
  const tape = createBarTape(
    [
      { instrument: BTC, columns: columnsOf('BTCUSDT', kept, { times, fundingRate: kept.map(() => 1e-4) }) },
      { instrument: ETH, columns: columnsOf('ETHUSDT', walk(eth, 2_500, 0.05), { start: START }) },
    ],
    PARAMETERS,
  )
  const parameters = { ...PARAMETERS, startingBalance: 100_000, halfSpreadBp: { default: 1 } }
  const exchange = createExchange({
    tape: whole ? counting(tape) : pointByPoint(tape),
    parameters,
    keepFills: true,
    quiet: QUIET,
  })
  let trades = 0
  const events = drain(exchange, (event) => {
    if (event.kind === 'bar' && event.instrument === BTC && event.openTime % (4 * BAR_MS) === 0) {
      trades += 1
      exchange.submit(order(`e${trades}`), event.time)
    } else if (event.kind === 'order_filled' && event.clientOrderId.startsWith('e')) {
      const at = event.price.toNumber()
      exchange.submit(stop(`s${trades}-${event.tradeId}`, Math.round(at - reach)), event.time)
      exchange.submit(target(`t${trades}-${event.tradeId}`, Math.round(at + reach)), event.time)
    }
  })
  const { wallet, realised, tradingFees, funding, ambiguousBars } = exchange.ledger
  const told = events
    .filter((event) => event.kind !== 'price')
    .map((event) => JSON.stringify({ ...event, instrument: event.kind }))
  return [...told, [wallet, realised, tradingFees, funding].join(' '), `${ambiguousBars}`]
}

describe('bars that are passed over whole', () => {
  it('leave the account and every bar as playing them point by point does', () => {
    fc.assert(
      fc.property(steps, steps, fc.constantFrom(60, 150, 600), (btc, eth, reach) => {
        if (btc.filter((step) => !step.missing).length === 0) return
        expect(play(btc, eth, reach, true)).toEqual(play(btc, eth, reach, false))
      }),
      { numRuns: 60 },
    )
    expect(passed).toBeGreaterThan(50)
  })
})
