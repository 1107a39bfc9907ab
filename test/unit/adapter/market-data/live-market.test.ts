import { expect, it } from 'vitest'
import type { MarketDialect, NextFunding } from '../../../../src/adapter/market-data/ccxt/dialect.ts'
import type { Candle, Settlement } from '../../../../src/adapter/market-data/ccxt/history.ts'
import { createLiveMarket } from '../../../../src/adapter/market-data/live-market.ts'
import { createVenueOnLiveMarket } from '../../../../src/adapter/venue/on-live-market.ts'
import type { EngineEvent } from '../../../../src/domain/event.ts'
import { epochMs, type EpochMs } from '../../../../src/domain/unit.ts'
import { createExchange } from '../../../../src/exchange/exchange.ts'
import { createLiveTape } from '../../../../src/exchange/tape/live-tape.ts'
import type { OrderRequest } from '../../../../src/domain/order.ts'
import { ungated } from '../../../fixture/ungated.ts'
import { BTC, HOUR, lines, MINUTE, order, PARAMETERS, stop, T0 } from '../../exchange/fixture.ts'

type Answers = Pick<MarketDialect, 'minutes' | 'nextFunding' | 'settlements'>

const candle = (open: number, high: number, low: number, close: number): Candle => ({
  open,
  high,
  low,
  close,
  volume: 1_000_000,
  turnover: Number.NaN,
  takerBuyVolume: Number.NaN,
})

/** A market on a clock of the test's, and an exchange on its tape. Time passes in steps of 10 ms. */
function scene(answers: Partial<Answers> = {}, start = T0 + 10 * MINUTE) {
  const clock = { now: start }
  const now = (): EpochMs => epochMs(clock.now)
  const tape = createLiveTape({ instruments: [BTC], barMs: 5 * MINUTE, wideBarAtr: 3 })
  const exchange = createExchange({ tape, parameters: PARAMETERS, keepFills: true })
  const told: string[] = []
  const market = createLiveMarket({
    tape,
    source: { next: () => undefined },
    dialect: {
      minutes: () => Promise.reject(new Error('no candles in this scene')),
      nextFunding: async (): Promise<NextFunding> => ({ time: epochMs(T0 + 8 * HOUR), rate: 0.0001 }),
      settlements: async () => [],
      ...answers,
    },
    instruments: [BTC],
    meets: exchange.meets,
    now,
    latencyMs: PARAMETERS.latencyMs,
    onNews: () => undefined,
    tell: (message) => told.push(message),
  })
  const venue = createVenueOnLiveMarket(exchange, market)
  const seen: EngineEvent[] = []
  async function pass(ms: number): Promise<void> {
    const until = clock.now + ms
    for (; clock.now < until; clock.now = Math.min(until, clock.now + 10)) await settle()
    await settle()
  }
  async function settle(): Promise<void> {
    await new Promise<void>((done) => setImmediate(done))
    venue.events.peek()
    for (let event = venue.events.next(now()); event; event = venue.events.next(now())) seen.push({ ...event })
  }
  const price = (last: number, mark = last): void => market.onUpdate({ instrument: BTC, last, mark })
  /** Speaks every second. */
  async function steady(last: number, forMs: number): Promise<void> {
    for (let ms = 0; ms < forMs; ms += 1_000) {
      price(last)
      await pass(1_000)
    }
  }
  const submit = (request: OrderRequest): void => ungated(venue).submit(request, now())
  const prices = (): number[] => seen.flatMap((event) => (event.kind === 'price' ? [event.last] : []))
  const fills = (): string[] =>
    lines(seen)
      .filter((line) => line.includes('order_filled'))
      .map((line) => line.replace(/^\d+ /, ''))
  return { clock, exchange, market, venue, seen, told, pass, price, steady, submit, prices, fills }
}

it('plays every trade at once, and the last price stands where only the book moves', async () => {
  const s = scene()
  s.price(50_000)
  s.price(50_010)
  s.price(50_005)
  s.market.onUpdate({ instrument: BTC, bid: 50_004, ask: 50_006 })
  await s.pass(0)
  expect(s.prices()).toEqual([50_000, 50_010, 50_005])
})

it('tells of when the mark is, which trades make no younger', async () => {
  const s = scene()
  const start = s.clock.now
  s.price(50_000)
  await s.pass(3_000)
  s.market.onUpdate({ instrument: BTC, last: 50_001 })
  await s.pass(1_000)
  s.market.onUpdate({ instrument: BTC, last: 50_002, markAt: epochMs(start + 3_500) })
  await s.pass(0)
  const told = s.seen.flatMap((event) =>
    event.kind === 'price' ? [[event.time - start, event.venueTime - start]] : [],
  )
  expect(told).toEqual([
    [0, 0],
    [3_000, 0],
    [4_000, 3_500],
  ])
})

it('takes the word that nothing has changed for a sign of life', async () => {
  const s = scene()
  s.price(50_000)
  for (let i = 0; i < 4; i += 1) {
    await s.pass(3_000)
    s.market.onUpdate({ instrument: BTC, markAt: epochMs(s.clock.now) })
  }
  await s.pass(0)
  expect(s.told).toEqual([])
  expect(s.prices()).toHaveLength(5)
})

it('fills a stop after an outage at what the market did, worst first, and never better', async () => {
  const s = scene({
    minutes: async (_, from) =>
      new Map([
        // Up to the target and down through the stop, back to where it was: nobody knows in which order.
        [from, candle(50_000, 50_400, 49_000, 50_100)],
        [from + MINUTE, candle(50_100, 50_200, 50_000, 50_050)],
      ]),
  })
  await s.steady(50_000, 2_000)
  s.submit(order('e1', { side: 'buy' }))
  await s.steady(50_000, 2_000)
  s.submit(stop('s1', 49_500))
  s.submit(order('t1', { side: 'sell', type: 'limit', timeInForce: 'GTC', price: 50_300, reduceOnly: true }))
  await s.steady(50_000, 2_000)
  s.clock.now += MINUTE
  s.price(50_070)
  await s.pass(2_000)
  // At the low, where the market was when the order could have arrived.
  expect(s.fills()).toEqual([
    'order_filled e1 buy 0.1 @ 50000 fee 2.5 taker done',
    'order_filled s1 sell 0.1 @ 49000 fee 2.45 taker done',
  ])
  expect(s.told).toEqual([
    'BTCUSDT: 61 s without prices; what the market did meanwhile is played from candles of one minute',
  ])
  // Nobody decides on prices of the past; what is now is told when the past is over.
  expect([...new Set(s.prices())]).toEqual([50_000, 50_070])
})

it('plays a long outage in coarser candles, and then all that came meanwhile', async () => {
  const s = scene({
    minutes: async (_, from, until) =>
      new Map(
        Array.from({ length: Math.ceil((until - from) / MINUTE) }, (_each, i) => [
          from + i * MINUTE,
          candle(50_000, 50_010, i === 130 ? 49_400 : 49_990, 50_000),
        ]),
      ),
  })
  await s.steady(50_000, 2_000)
  s.submit(order('e1', { side: 'buy' }))
  await s.steady(50_000, 1_000)
  s.submit(stop('s1', 49_500))
  await s.steady(50_000, 1_000)
  s.clock.now += 3 * HOUR
  s.price(50_001)
  await s.pass(1_000)
  s.price(50_002)
  await s.pass(1_000)
  s.price(50_003)
  await s.pass(6_000)
  expect(s.fills()[1]).toBe('order_filled s1 sell 0.1 @ 49400 fee 2.47 taker done')
  expect(s.prices().slice(-3)).toEqual([50_001, 50_002, 50_003])
  const times = s.seen.map(({ time }) => time as number)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

it('does not fill an order by an extreme that was seen before it was sent', async () => {
  const s = scene({ minutes: async (_, from) => new Map([[from, candle(50_000, 50_400, 49_400, 50_010)]]) })
  s.price(50_400)
  s.price(49_400)
  await s.steady(50_000, 1_000)
  s.submit(order('e1', { side: 'buy' }))
  await s.steady(50_000, 1_000)
  s.submit(stop('s1', 49_500))
  s.submit(order('t1', { side: 'sell', type: 'limit', timeInForce: 'GTC', price: 50_300, reduceOnly: true }))
  await s.steady(50_000, 1_000)
  s.clock.now += 20_000
  s.price(50_010)
  await s.pass(2_000)
  expect(s.prices().at(-1)).toBe(50_010)
  expect(s.fills()).toHaveLength(1)
})

it('stands still while nobody tells what happened, says so once, and goes on when it is told', async () => {
  let refusals = 0
  const s = scene({
    async minutes(_, from) {
      refusals += 1
      if (refusals < 4) throw new Error('HTTP 502')
      return new Map([[from, candle(50_000, 50_000, 49_900, 49_950)]])
    },
  })
  await s.steady(50_000, 2_000)
  s.clock.now += 20_000
  await s.steady(49_960, 4_000)
  expect(s.prices().at(-1)).toBe(50_000)
  expect(s.told).toEqual([
    'BTCUSDT: 21 s without prices, and what happened meanwhile is not told: HTTP 502; it stands still until that is known',
  ])
  await s.steady(49_970, 4_000)
  expect(s.prices().at(-1)).toBe(49_970)
  expect(s.told).toHaveLength(2)
})

it('settles at the venue’s time and rate, once', async () => {
  const settlement = T0 + 8 * HOUR
  const s = scene(
    {
      nextFunding: async () =>
        s.clock.now < settlement + 3_000
          ? { time: epochMs(settlement), rate: 0.0002 }
          : { time: epochMs(settlement + 8 * HOUR), rate: 0.0007 },
      settlements: async () => [{ time: settlement + 4, rate: 0.0002 }],
    },
    settlement - 30_000,
  )
  await s.steady(50_000, 2_000)
  s.submit(order('e1', { side: 'buy' }))
  await s.steady(50_000, 60_000)
  const paid = s.seen.filter((event) => event.kind === 'funding_paid')
  // 0.1 × 50,000 × 0.02 %
  expect(paid).toMatchObject([{ time: settlement, rate: 0.0002 }])
  expect(paid[0]!.kind === 'funding_paid' && paid[0]!.amount.toString()).toBe('-1')
})

it('settles once although an outage around the time tells of it again', async () => {
  const settlement = T0 + 8 * HOUR
  const s = scene(
    {
      minutes: async (_, from) => new Map([[from, candle(50_000, 50_000, 50_000, 50_000)]]),
      nextFunding: async () => ({ time: epochMs(settlement), rate: 0.0002 }),
      settlements: async () => [{ time: settlement + 4, rate: 0.0002 }],
    },
    settlement - 30_000,
  )
  await s.steady(50_000, 2_000)
  s.submit(order('e1', { side: 'buy' }))
  await s.steady(50_000, 28_000 - 1_000)
  await s.pass(10_000)
  s.price(50_000)
  await s.pass(5_000)
  expect(s.seen.filter((event) => event.kind === 'funding_paid')).toHaveLength(1)
})

it('asks what was settled where the rate was not told beforehand, until the venue tells', async () => {
  const settlement = T0 + 8 * HOUR
  let asked = 0
  const s = scene(
    {
      nextFunding: async () => ({
        time: epochMs(s.clock.now < settlement ? settlement : settlement + 8 * HOUR),
        rate: Number.NaN,
      }),
      async settlements(): Promise<readonly Settlement[]> {
        asked += 1
        return asked < 3 ? [] : [{ time: settlement + 4, rate: -0.0003 }]
      },
    },
    settlement - 20_000,
  )
  await s.steady(50_000, 2_000)
  s.submit(order('e1', { side: 'buy' }))
  await s.steady(50_000, 60_000)
  expect(s.seen.filter((event) => event.kind === 'funding_paid')).toMatchObject([{ rate: -0.0003 }])
  expect(asked).toBe(3)
})

it('settles within an outage what was held then: a position whose stop was met before owes nothing', async () => {
  const settlement = T0 + 8 * HOUR
  const answers = (low: number): Partial<Answers> => ({
    minutes: async (_, from) =>
      new Map([
        [from, candle(50_000, 50_000, low, 49_900)],
        [from + MINUTE, candle(49_900, 49_900, 49_900, 49_900)],
        [from + 2 * MINUTE, candle(49_900, 49_900, 49_900, 49_900)],
      ]),
    nextFunding: async () => ({ time: epochMs(settlement), rate: 0.0002 }),
    settlements: async () => [{ time: settlement + 4, rate: 0.0002 }],
  })
  for (const [low, owed] of [
    [49_400, 0],
    [49_800, 1],
  ] as const) {
    const s = scene(answers(low), settlement - 2 * MINUTE)
    await s.steady(50_000, 2_000)
    s.submit(order('e1', { side: 'buy' }))
    await s.steady(50_000, 1_000)
    s.submit(stop('s1', 49_500))
    await s.steady(50_000, 1_000)
    s.clock.now = settlement + 20_000
    s.price(49_900)
    await s.pass(5_000)
    expect(s.seen.filter((event) => event.kind === 'funding_paid')).toHaveLength(owed)
  }
})
