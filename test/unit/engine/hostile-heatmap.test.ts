import { describe, expect, it } from 'vitest'
import { createInProcessVenue } from '../../../src/adapter/venue/in-process.ts'
import { exchangeParameters } from '../../../src/app/exchange-parameters.ts'
import { symbolParts } from '../../../src/app/symbol-parts.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { Effect } from '../../../src/domain/effect.ts'
import type { Trade } from '../../../src/domain/trade.ts'
import { epochMs, money } from '../../../src/domain/unit.ts'
import { createEngine } from '../../../src/engine/engine.ts'
import { createExchange } from '../../../src/exchange/exchange.ts'
import { listInstrument } from '../../../src/exchange/listing.ts'
import type { Tape, TapeItem } from '../../../src/exchange/tape.ts'
import { createDoor } from '../../../src/heatmap/door.ts'
import { createStrategies } from '../../../src/strategy/registry.ts'
import { createScripted } from '../../../src/strategy/scripted.ts'

const START = Date.UTC(2026, 0, 6, 1)
const MINUTE = 60_000
const instrument = listInstrument('BTCUSDT', 0, Number.NaN)

/** A tape of one-second prices, with a closed bar each minute. */
function tapeOf(prices: readonly number[]): Tape {
  const items: TapeItem[] = []
  prices.forEach((last, i) => {
    const time = epochMs(START + i * 1_000)
    if (i > 0 && i % 60 === 0) {
      const bar = prices.slice(i - 60, i)
      items.push({
        kind: 'bar',
        time,
        openTime: epochMs(time - MINUTE),
        closeTime: time,
        instrument,
        open: bar[0]!,
        high: Math.max(...bar),
        low: Math.min(...bar),
        close: bar.at(-1)!,
        volume: 100,
        turnover: Number.NaN,
        markHigh: Number.NaN,
        markLow: Number.NaN,
        openInterest: Number.NaN,
        fundingRate: Number.NaN,
        longShortRatio: Number.NaN,
        takerBuyVolume: Number.NaN,
      })
    }
    items.push({
      kind: 'move',
      time,
      instrument,
      last,
      mark: last,
      bid: last - 0.5,
      ask: last + 0.5,
      jump: false,
      bar: null,
      minuteVolatility: 0.0001,
      minuteVolume: 1_000,
      cascade: false,
    })
  })
  let at = 0
  return { instruments: [instrument], peek: () => items[at]?.time, next: () => items[at++]! }
}

const cluster = (price: number, side: string, extra: object = {}): object => ({
  price_level: price,
  side,
  strength: 0.9,
  open_interest: 50_000_000,
  leverage_tier: 20,
  ...extra,
})
const short = (price: number, extra: object = {}): object => cluster(price, 'short', extra)

interface Answer {
  readonly price?: number | null
  readonly clusters: readonly unknown[]
}

/** What a hostile or broken provider might put into a well-formed envelope at a price of 60,000. */
const HOSTILE: Readonly<Record<string, Answer>> = {
  'NaN and Infinity': {
    clusters: [short(Number.NaN), short(Number.POSITIVE_INFINITY), short(60_600, { strength: Number.NaN })],
  },
  'negative and huge numbers': {
    clusters: [short(-60_600), short(1e300), short(60_600, { open_interest: -5 }), short(60_700, { strength: 7 })],
  },
  'wrong sides': { clusters: [short(59_400), cluster(60_600, 'long')] },
  'no objects at all': { clusters: [null, 7, 'short', [], { __proto__: { price_level: 60_600 } }] },
  'an empty list': { clusters: [] },
  'a price 20 % off': { price: 72_000, clusters: [short(60_600), short(72_700)] },
  'no price': { price: null, clusters: [short(60_600)] },
  'half of the clusters impossible': {
    clusters: [short(60_600), cluster(59_500, 'long'), short(Number.NaN), short(59_000), cluster(61_000, 'long')],
  },
  'levels projected from the price': {
    clusters: [
      short(60_000 * 1.04, { leverage_tier: 25 }),
      short(60_000 * 1.02, { leverage_tier: 50 }),
      cluster(60_000 * 0.96, 'long', { leverage_tier: 25 }),
    ],
  },
}

/** Plays 20 minutes at 60,000, then a fall through any stop; the same hostile answer every five seconds throughout. */
function play(
  answer: Answer,
  withPosition: boolean,
): { readonly effects: Effect[]; readonly trades: Trade[]; readonly refused: string[] } {
  const config = toConfig(
    configSchema.parse({
      heatmap: { source: 'api', url: 'http://127.0.0.1:1', levels: 'absolute' },
      timeframe: '1m',
      confirmation: { trend: { enabled: false }, rsi: { enabled: false }, atr: { enabled: false } },
      stop: { no_atr_buffer_pct: 0.05, max_distance_atr: null },
      strategies: {
        liquidation_hunt: {
          with_trend: false,
          approach_bars: 0,
          max_distance_atr: null,
          protective_atr: null,
          min_open_interest_pct: null,
        },
      },
      target: { min_net_risk_reward: null, max_cost_ratio: null },
    }),
  )
  const flat = Array.from({ length: 1_200 }, (_, i) => 60_000 + (i % 2))
  const fall = Array.from({ length: 600 }, (_, i) => 60_000 - i * 4)
  const exchange = createExchange({ tape: tapeOf([...flat, ...fall]), parameters: exchangeParameters(config) })
  const venue = createInProcessVenue(exchange)
  const plan = [{ time: epochMs(START + 5 * MINUTE), direction: 'LONG', stopRatio: 0.01, targetRatio: 0.02 }] as const
  const engine = createEngine({
    config,
    instruments: [instrument],
    strategies: [...createStrategies(config), ...(withPosition ? [createScripted(plan, config)] : [])],
    startingBalance: money(10_000),
    start: epochMs(START),
    epoch: 1,
    stateBarMs: MINUTE,
    feedBarMs: MINUTE,
    ticks: true,
    parts: (each) => symbolParts(config, each, MINUTE, true, null),
  })
  const door = createDoor({
    source: 'test@1',
    symbol: 'BTCUSDT',
    tick: 0.1,
    intervalMs: 5_000,
    lagMs: 0,
    priceCollarRatio: 0.005,
    assertAbsolute: true,
  })
  const effects: Effect[] = []
  const trades: Trade[] = []
  const refused: string[] = []

  function take(out: readonly Effect[], time: number): void {
    for (const effect of out) {
      effects.push(effect)
      if (effect.kind === 'submit') venue.submit(effect.order, epochMs(time))
      else if (effect.kind === 'cancel') venue.cancel(effect.clientOrderId, effect.instrument, epochMs(time))
      else if (effect.kind === 'note' && effect.note.kind === 'trade') trades.push(effect.note.trade)
    }
  }

  let polled = START
  for (let event = venue.events.next(epochMs(Infinity)); event; event = venue.events.next(epochMs(Infinity))) {
    take(engine.process(event), event.time)
    if (event.kind !== 'price' || event.time < polled + 5_000) continue
    polled = event.time
    const { price = 60_000, clusters } = answer
    const own = { price: event.last, openInterestUsd: null }
    const result = door.open(
      {
        payload: { symbol: 'BTCUSDT', currentPrice: price, totalClusters: clusters.length, clusters },
        receivedAt: event.time,
        sha256: String(polled),
        openInterest: null,
      },
      own,
    )
    if (result.kind === 'rejected') refused.push(result.code)
    else take(engine.process({ kind: 'heatmap', time: event.time, instrument, snapshot: result.snapshot }), event.time)
  }
  return { effects, trades, refused }
}

describe('a hostile heatmap', () => {
  it('would be traded if it were honest', () => {
    const { effects } = play({ clusters: [short(60_600), cluster(59_500, 'long', { strength: 0.55 })] }, false)
    const entries = effects.flatMap((e) => (e.kind === 'submit' && e.order.leg === 'entry' ? [e.order.side] : []))
    expect(entries).toContain('buy')
  })

  it.each(Object.keys(HOSTILE))('opens nothing: %s', (name) => {
    const { effects } = play(HOSTILE[name]!, false)
    expect(effects.filter((e) => e.kind === 'submit')).toEqual([])
  })

  it.each(Object.keys(HOSTILE))('leaves an open position guarded: %s', (name) => {
    const { effects, trades } = play(HOSTILE[name]!, true)
    const orders = effects.flatMap((e) => (e.kind === 'submit' ? [e.order] : []))
    expect(orders.map((o) => o.leg)).toEqual(['entry', 'stop', 'target'])
    expect(trades.map((t) => t.exitReason)).toEqual(['stop'])
    expect(trades[0]!.exitPrice.toNumber()).toBeLessThanOrEqual(trades[0]!.stopPrice.toNumber())
  })
})
