import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { Dec, type Decimal } from '../../../src/domain/decimal.ts'
import type { EngineEvent, OrderFilled } from '../../../src/domain/event.ts'
import type { OrderRequest } from '../../../src/domain/order.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { createExchange, type EmbeddedExchange } from '../../../src/exchange/exchange.ts'
import type { ExchangeParameters } from '../../../src/exchange/parameters.ts'
import { createBarTape } from '../../../src/exchange/tape/bar-tape.ts'
import {
  account,
  BTC,
  columnsOf,
  drain,
  ETH,
  lines,
  MINUTE,
  order,
  PARAMETERS,
  T0,
  type Bar,
} from '../../unit/exchange/fixture.ts'

const BAR_MS = 5 * MINUTE
const LOTS_PER_ORDER = 80

interface Plan {
  readonly bar: number
  readonly delayMs: number
  readonly eth: boolean
  readonly buy: boolean
  readonly kind: 'market' | 'ioc' | 'limit' | 'post_only' | 'stop' | 'take_profit'
  readonly lots: number
  readonly offsetBp: number
  readonly reduceOnly: boolean
  readonly cancelled: boolean
}

interface Market {
  readonly btc: readonly Bar[]
  readonly eth: readonly Bar[]
  readonly rates: readonly number[]
}

/** A walk whose every price is a tick; steps of up to 4 % make gaps, liquidations and wide bars common. */
const walk = (start: number, tick: number): fc.Arbitrary<Bar[]> =>
  fc
    .array(
      fc.record({
        gap: fc.integer({ min: -400, max: 400 }),
        up: fc.nat(300),
        down: fc.nat(300),
        close: fc.integer({ min: 0, max: 10 }),
        quiet: fc.boolean(),
        volume: fc.nat(40),
      }),
      { minLength: 24, maxLength: 24 },
    )
    .map((steps) => {
      let last = start
      const round = (value: number): number => Number((Math.max(1, Math.round(value / tick)) * tick).toFixed(2))
      return steps.map((step): Bar => {
        const open = round(step.quiet ? last : last * (1 + step.gap / 10_000))
        const high = round(open * (1 + step.up / 10_000))
        const low = round(open * (1 - step.down / 10_000))
        last = round(low + ((high - low) * step.close) / 10)
        return [open, Math.max(open, high, last), Math.min(open, low, last), last, step.volume]
      })
    })

const markets: fc.Arbitrary<Market> = fc.record({
  btc: walk(50_000, 0.1),
  eth: walk(2_500, 0.01),
  rates: fc.array(
    fc.integer({ min: -30, max: 30 }).map((bp) => bp / 10_000),
    { minLength: 24, maxLength: 24 },
  ),
})

const plans: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    bar: fc.nat(22),
    delayMs: fc.nat(BAR_MS),
    eth: fc.boolean(),
    buy: fc.boolean(),
    kind: fc.constantFrom('market', 'ioc', 'limit', 'post_only', 'stop', 'take_profit'),
    lots: fc.integer({ min: 10, max: LOTS_PER_ORDER }),
    offsetBp: fc.integer({ min: -100, max: 100 }),
    reduceOnly: fc.boolean(),
    cancelled: fc.boolean(),
  }),
  { minLength: 5, maxLength: 40 },
)

const settings: fc.Arbitrary<Partial<ExchangeParameters>> = fc.record({
  marginMode: fc.constantFrom('isolated', 'cross'),
  leverage: fc.constantFrom(3, 7, 20, 50),
  latencyMs: fc.constantFrom(0, 50, 200),
  impact: fc.boolean(),
  ambiguousBar: fc.constantFrom('stop_first', 'target_first'),
  feeMakerBp: fc.constantFrom(-0.5, 2),
  limitVolumePct: fc.constantFrom(2, 0.3),
  deleveragingStress: fc.boolean(),
  halfSpreadBp: fc.constant({ default: 1 }),
})

function open(market: Market, parameters: Partial<ExchangeParameters>): EmbeddedExchange {
  const all = { ...PARAMETERS, startingBalance: 20_000, ...parameters }
  const start = T0 + 8 * 3_600_000 - 6 * BAR_MS
  const tape = createBarTape(
    [
      {
        instrument: BTC,
        columns: columnsOf('BTCUSDT', market.btc, {
          start,
          fundingRate: market.rates,
          openInterest: market.btc.map(() => 10),
        }),
      },
      { instrument: ETH, columns: columnsOf('ETHUSDT', market.eth, { start, fundingRate: market.rates }) },
    ],
    all,
  )
  return createExchange({ tape, parameters: all, keepFills: true })
}

function request(plan: Plan, i: number, price: number): OrderRequest {
  const instrument = plan.eth ? ETH : BTC
  const level = instrument.tickSize
    .times(Math.round((price * (1 + plan.offsetBp / 10_000)) / instrument.tick))
    .toString()
  const common = {
    instrument,
    side: plan.buy ? 'buy' : 'sell',
    quantity: instrument.lotSize.times(plan.lots * (plan.eth ? 10 : 1)).toString(),
    reduceOnly: plan.reduceOnly,
  } as const
  const id = `o${i}`
  switch (plan.kind) {
    case 'market':
      return order(id, common)
    case 'ioc':
      return order(id, { ...common, type: 'limit', timeInForce: 'IOC', price: level })
    case 'limit':
      return order(id, { ...common, type: 'limit', price: level })
    case 'post_only':
      return order(id, { ...common, type: 'limit', timeInForce: 'GTX', price: level })
    case 'stop':
      return order(id, { ...common, type: 'stop_market', triggerPrice: level })
    case 'take_profit':
      return order(id, { ...common, type: 'take_profit_market', triggerPrice: level })
  }
}

/** A stop and a target, 0.8 % to either side of a fill. */
function bracket(fill: OrderFilled): OrderRequest[] {
  const { instrument, side, price, quantity } = fill
  const sign = side === 'buy' ? 1 : -1
  const level = (ratio: number): string =>
    instrument.tickSize.times(Math.round((price.toNumber() * ratio) / instrument.tick)).toString()
  const common = {
    instrument,
    side: sign > 0 ? 'sell' : 'buy',
    quantity: quantity.toString(),
    reduceOnly: true,
  } as const
  return [
    order(`${fill.clientOrderId}s`, { ...common, type: 'stop_market', triggerPrice: level(1 - sign * 0.008) }),
    order(`${fill.clientOrderId}p`, { ...common, type: 'limit', price: level(1 + sign * 0.008) }),
  ]
}

interface Run {
  readonly exchange: EmbeddedExchange
  readonly events: EngineEvent[]
  readonly requests: ReadonlyMap<string, OrderRequest>
}

/** Sends the plans at the closes of their bars and a reduce-only market order for whatever is left at the end. */
function play(market: Market, plan: readonly Plan[], parameters: Partial<ExchangeParameters>): Run {
  const exchange = open(market, parameters)
  const requests = new Map<string, OrderRequest>()
  const bars = [0, 0]
  const send = (sent: OrderRequest, at: number): void => {
    requests.set(sent.clientOrderId, sent)
    exchange.submit(sent, epochMs(at))
  }
  const events = drain(exchange, (event) => {
    if (
      event.kind === 'order_filled' &&
      event.liquidity === 'taker' &&
      event.done &&
      !requests.get(event.clientOrderId)!.reduceOnly
    ) {
      for (const guard of bracket(event)) send(guard, event.time)
    }
    if (event.kind !== 'bar') return
    const bar = bars[event.instrument.index]!
    bars[event.instrument.index] = bar + 1
    for (const [i, each] of plan.entries()) {
      if (each.bar !== bar || each.eth !== (event.instrument.index === 1)) continue
      const sent = request(each, i, event.close)
      send(sent, event.time + each.delayMs)
      if (each.cancelled)
        exchange.cancel(sent.clientOrderId, sent.instrument, epochMs(event.time + each.delayMs + BAR_MS))
    }
  })
  const end = epochMs(T0 + 100 * 3_600_000)
  for (const [i, { instrument, direction, quantity }] of exchange.snapshot(end).positions.entries()) {
    const exit = order(`exit${i}`, {
      instrument,
      side: direction === 'LONG' ? 'sell' : 'buy',
      quantity: quantity.toString(),
      reduceOnly: true,
    })
    send(exit, end)
  }
  events.push(...drain(exchange))
  return { exchange, events, requests }
}

const filled = (events: readonly EngineEvent[]): OrderFilled[] =>
  account(events).filter((event) => event.kind === 'order_filled')
const barOf = (market: Market, fill: OrderFilled): number =>
  Math.min(market.btc.length - 1, Math.floor((fill.time - (T0 + 8 * 3_600_000 - 6 * BAR_MS)) / BAR_MS))
const history = (market: Market, fill: OrderFilled): readonly Bar[] =>
  fill.instrument.index === 0 ? market.btc : market.eth

describe('the matching core, whatever is sent', () => {
  it.prop([markets, plans, settings], { numRuns: 150 })(
    'keeps books that close to the last digit',
    (market, plan, parameters) => {
      const { exchange, events } = play(market, plan, parameters)
      const { ledger } = exchange
      expect(exchange.snapshot(epochMs(T0)).positions).toEqual([])
      const due = ledger.startingBalance
        .plus(ledger.realised)
        .plus(ledger.funding)
        .minus(ledger.tradingFees)
        .minus(ledger.liquidationFees)
      expect(ledger.wallet.toString()).toBe(due.toString())
      // Cash in, cash out, from the events alone: all positions are closed, so nothing else is left.
      let cash: Decimal = ledger.startingBalance
      for (const event of account(events)) {
        if (event.kind === 'funding_paid') cash = cash.plus(event.amount)
        if (event.kind !== 'order_filled' && event.kind !== 'position_forced') continue
        cash = cash.plus(event.price.times(event.quantity).times(event.side === 'buy' ? -1 : 1)).minus(event.fee)
      }
      expect(ledger.wallet.toString()).toBe(cash.toString())
      for (const fill of filled(events)) {
        const feeBp = new Dec(fill.liquidity === 'maker' ? parameters.feeMakerBp! : PARAMETERS.feeTakerBp)
        expect(fill.fee.toString()).toBe(fill.price.times(fill.quantity).times(feeBp).div(10_000).toString())
      }
      expect(ledger.fills).toHaveLength(ledger.fillCount)
    },
  )

  it.prop([markets, plans, settings], { numRuns: 100 })(
    'tells of each order in the order in which it happened, and only until it has ended',
    (market, plan, parameters) => {
      const { events, requests } = play(market, plan, parameters)
      let time = -Infinity
      const ended = new Set<string>()
      const done = new Map<string, Decimal>()
      for (const event of events) {
        expect(event.time).toBeGreaterThanOrEqual(time)
        time = event.time
        if (!('clientOrderId' in event)) continue
        const id = event.clientOrderId
        expect(ended.has(id)).toBe(false)
        if (event.kind === 'order_rejected' || event.kind === 'order_canceled' || event.kind === 'order_expired')
          ended.add(id)
        if (event.kind !== 'order_filled') continue
        const before = done.get(id) ?? new Dec(0)
        expect(event.quantity.gt(0)).toBe(true)
        expect(event.cumulative.toString()).toBe(before.plus(event.quantity).toString())
        expect(event.done).toBe(event.cumulative.eq(requests.get(id)!.quantity))
        done.set(id, event.cumulative)
        if (event.done) ended.add(id)
      }
    },
  )

  it.prop([markets, plans, settings], { numRuns: 100 })(
    'fills nothing better than it may',
    (market, plan, parameters) => {
      const { events, requests } = play(market, plan, parameters)
      for (const fill of filled(events)) {
        const { type, price, triggerPrice, instrument } = requests.get(fill.clientOrderId)!
        const sign = fill.side === 'buy' ? 1 : -1
        const at = barOf(market, fill)
        const [, high, low] = history(market, fill)[at]!
        // Never a better price than anybody got in that bar, and never worse than one's own limit.
        expect(sign * (fill.price.toNumber() - (sign > 0 ? low : high))).toBeGreaterThanOrEqual(-1e-9)
        if (price !== undefined) expect(price.minus(fill.price).times(sign).gte(0)).toBe(true)
        if (fill.liquidity === 'maker') {
          expect(fill.price.toString()).toBe(price!.toString())
          const through = fill.price.minus(instrument.tickSize.times(sign)).toNumber()
          expect(sign > 0 ? low <= through : high >= through).toBe(true)
        }
        if (type === 'stop_market') expect(fill.price.minus(triggerPrice!).times(sign).gt(0)).toBe(true)
        if (type === 'take_profit_market') expect(fill.price.minus(triggerPrice!).times(sign).gte(0)).toBe(true)
      }
    },
  )

  it.prop([markets, plans, settings], { numRuns: 100 })(
    'gives resting limits no more than their share of a bar’s volume, and nothing at its open',
    (market, plan, parameters) => {
      const { events } = play(market, plan, parameters)
      const taken = new Map<string, number>()
      for (const fill of filled(events)) {
        if (fill.liquidity !== 'maker') continue
        const at = barOf(market, fill)
        expect((fill.time - T0) % BAR_MS).not.toBe(0)
        const key = `${fill.instrument.symbol} ${at}`
        taken.set(key, (taken.get(key) ?? 0) + fill.quantity.toNumber())
        expect(taken.get(key)!).toBeLessThanOrEqual(
          (history(market, fill)[at]![4]! * parameters.limitVolumePct!) / 100 + 1e-9,
        )
      }
    },
  )

  it.prop([markets, plans, settings, fc.integer({ min: 1, max: 23 }), markets], { numRuns: 100 })(
    'does nothing up to a bar’s open that depends on the rest of that bar or on later ones',
    (market, plan, parameters, cut, other) => {
      // The cut bar keeps its open; its range, close and volume and all that follows come from another market.
      const splice = (mine: readonly Bar[], theirs: readonly Bar[]): Bar[] =>
        mine.map((bar, i) => {
          if (i < cut) return bar
          const [, high, low, close, volume] = theirs[i]!
          return i > cut ? theirs[i]! : [bar[0], Math.max(bar[0], high), Math.min(bar[0], low), close, volume!]
        })
      const changed = {
        ...market,
        btc: splice(market.btc, other.btc),
        eth: splice(market.eth, other.eth),
        rates: market.rates.map((rate, i) => (i <= cut ? rate : other.rates[i]!)),
      }
      const opens = T0 + 8 * 3_600_000 - 6 * BAR_MS + cut * BAR_MS
      const past = (which: Market): string[] =>
        play(which, plan, parameters).events.flatMap((event) =>
          event.time <= opens
            ? [
                event.kind === 'price' || event.kind === 'bar'
                  ? JSON.stringify({ ...event, instrument: event.instrument.symbol })
                  : lines([event])[0]!,
              ]
            : [],
        )
      expect(past(changed)).toEqual(past(market))
    },
  )

  it.prop([markets, plans, settings], { numRuns: 30 })('does the same again', (market, plan, parameters) => {
    expect(JSON.stringify(play(market, plan, parameters).events)).toBe(
      JSON.stringify(play(market, plan, parameters).events),
    )
  })
})
