import { describe, expect, it } from 'vitest'
import type { MarketDialect } from '../../../../src/adapter/market-data/ccxt/dialect.ts'
import type { Candle } from '../../../../src/adapter/market-data/ccxt/history.ts'
import { createLiveMarket } from '../../../../src/adapter/market-data/live-market.ts'
import { createVenueOnLiveMarket } from '../../../../src/adapter/venue/on-live-market.ts'
import type { PaperAccount } from '../../../../src/adapter/venue/paper-account.ts'
import { createPaperVenue } from '../../../../src/adapter/venue/paper.ts'
import type { EngineEvent } from '../../../../src/domain/event.ts'
import { exactJson, parseExactJson } from '../../../../src/domain/exact-json.ts'
import type { Instrument } from '../../../../src/domain/instrument.ts'
import type { OrderRequest } from '../../../../src/domain/order.ts'
import { epochMs, type EpochMs } from '../../../../src/domain/unit.ts'
import { createExchange } from '../../../../src/exchange/exchange.ts'
import { isOpen } from '../../../../src/exchange/saved.ts'
import { createLiveTape } from '../../../../src/exchange/tape/live-tape.ts'
import { ungated } from '../../../fixture/ungated.ts'
import { BTC, ETH, HOUR, lines, MINUTE, order, PARAMETERS, stop, T0, target } from '../../exchange/fixture.ts'

type Answers = Partial<Pick<MarketDialect, 'minutes' | 'nextFunding' | 'settlements'>>
interface Disk {
  text: string | null
  isFull: boolean
}

const PROCESS: Omit<Required<Options>, 'disk'> = { answers: {}, instruments: [BTC] }
interface Options {
  readonly disk?: Disk
  readonly answers?: Answers
  readonly instruments?: readonly Instrument[]
}

/** Candles of one minute, each of which goes where `path` says; the first opens where the one before has closed. */
const minutesOf =
  (path: (minute: number) => Pick<Candle, 'high' | 'low' | 'close'>): MarketDialect['minutes'] =>
  async (_, from, until) =>
    new Map(
      Array.from({ length: Math.ceil((until - from) / MINUTE) }, (_each, i) => {
        const openTime = from + i * MINUTE
        const rest = { volume: 1e6, turnover: Number.NaN, takerBuyVolume: Number.NaN }
        return [openTime, { open: path(openTime).close, ...path(openTime), ...rest }]
      }),
    )
const flat = (price: number) => ({ high: price, low: price, close: price })

/** A paper venue as it is put together for a session, on a clock of the test's. */
function life(clock: { now: number }, options: Options = {}) {
  const { disk = { text: null, isFull: false }, answers, instruments } = { ...PROCESS, ...options }
  const now = (): EpochMs => epochMs(clock.now)
  const past = disk.text === null ? null : (parseExactJson(disk.text, instruments) as PaperAccount)
  const tape = createLiveTape({ instruments, barMs: 5 * MINUTE, wideBarAtr: 3 })
  const exchange = createExchange({
    tape,
    parameters: PARAMETERS,
    keepFills: true,
    ...(past && { saved: past.exchange }),
  })
  const told: string[] = []
  const market = createLiveMarket({
    tape,
    source: { next: () => undefined },
    dialect: {
      minutes: minutesOf(() => flat(50_000)),
      nextFunding: async () => ({ time: epochMs(T0 + 8_000 * HOUR), rate: 0 }),
      settlements: async () => [],
      ...answers,
    },
    instruments,
    heard: ({ symbol }) => past?.heard[symbol] ?? null,
    meets: exchange.meets,
    now,
    latencyMs: PARAMETERS.latencyMs,
    onNews: () => undefined,
    tell: (message) => told.push(message),
  })
  const saved = (symbol: string) => past?.exchange.symbols.find((each) => each.symbol === symbol)
  function save(): boolean {
    if (disk.isFull) return false
    const account = exchange.save()
    const heard = Object.fromEntries(
      account.symbols.map((own, i) => [own.symbol, isOpen(own) ? market.heard(instruments[i]!, own.met) : null]),
    )
    disk.text = exactJson({ exchange: account, heard }, instruments)
    return true
  }
  const venue = createPaperVenue({
    venue: createVenueOnLiveMarket(exchange, market),
    market,
    now,
    save,
    awaited: instruments.filter(({ symbol }) => {
      const own = saved(symbol)
      return own !== undefined && isOpen(own)
    }),
    tell: (message) => told.push(message),
  })
  const seen: EngineEvent[] = []
  const hooks: ((event: EngineEvent) => void)[] = []
  async function settle(): Promise<void> {
    await new Promise<void>((done) => setImmediate(done))
    venue.events.peek()
    for (let event = venue.events.next(now()); event; event = venue.events.next(now())) {
      seen.push({ ...event })
      for (const hook of hooks) hook(event)
    }
  }
  async function pass(ms: number): Promise<void> {
    const until = clock.now + ms
    for (; clock.now < until; clock.now = Math.min(until, clock.now + 10)) await settle()
    await settle()
  }
  const price = (last: number, instrument = BTC): void => market.onUpdate({ instrument, last, mark: last })
  /** Speaks every second. */
  async function steady(last: number, forMs: number, instrument = BTC): Promise<void> {
    for (let ms = 0; ms < forMs; ms += 1_000) {
      price(last, instrument)
      await pass(1_000)
    }
  }
  return {
    exchange,
    told,
    seen,
    hooks,
    save,
    pass,
    price,
    steady,
    submit: (request: OrderRequest) => ungated(venue).submit(request, now()),
    /** What has changed the wallet or the position. */
    booked: () =>
      lines(seen)
        .filter((line) => /filled|forced|funding/.test(line))
        .map((line) => line.replace(/^\d+ /, '')),
  }
}

const disk = (): Disk => ({ text: null, isFull: false })

/** Has bought 0.1 at 50,000 behind a stop, and is gone. */
async function bought(clock: { now: number }, kept: Disk, answers: Answers = {}, stopAt = 49_500): Promise<void> {
  const first = life(clock, { disk: kept, answers })
  await first.steady(50_000, 2_000)
  first.submit(order('e1'))
  await first.steady(50_000, 2_000)
  first.submit(stop('s1', stopAt))
  await first.steady(50_000, 2_000)
  first.save()
}

describe('what happened while no process was there', () => {
  it.each([
    [3_000, 1],
    [20_000, 1],
    [5 * MINUTE, 1],
    [17 * HOUR, 3],
  ])('funding of %d ms is settled, once', async (downMs, settlements) => {
    const [due, rate] = [T0 + 8 * HOUR, 0.0002]
    const clock = { now: due - 8_000 }
    const answers: Answers = {
      nextFunding: async () => ({ time: epochMs(T0 + Math.floor(clock.now / (8 * HOUR) + 1) * 8 * HOUR - T0), rate }),
      settlements: async (_, from, until) =>
        [8, 16, 24]
          .map((hours) => ({ time: T0 + hours * HOUR + 4, rate }))
          .filter(({ time }) => time >= from && time < until),
    }
    const kept = disk()
    await bought(clock, kept, answers)
    clock.now = due - 2_000 + downMs
    const second = life(clock, { disk: kept, answers })
    await second.steady(50_000, 30_000)
    // 0.1 × 50,000 × 0.02 %
    expect(second.exchange.ledger.funding.toNumber()).toBe(-settlements)
    second.save()
    const third = life(clock, { disk: kept, answers })
    await third.steady(50_000, 30_000)
    expect(third.exchange.ledger.funding.toNumber()).toBe(-settlements)
  })

  it.each([20 * MINUTE, 48 * HOUR, 10 * 24 * HOUR])('a stop is met in its minute, after %d ms', async (downMs) => {
    const clock = { now: T0 }
    const kept = disk()
    // Five quiet minutes, and then one per mille down in every minute to come.
    const fall = minutesOf((openTime) => {
      const close = 50_000 * 0.999 ** Math.max(0, (openTime - T0) / MINUTE - 5)
      return { high: close / 0.999, low: close, close }
    })
    await bought(clock, kept)
    clock.now += downMs
    const second = life(clock, { disk: kept, answers: { minutes: fall } })
    await second.steady(30_000, 5_000)
    // At the extreme of the minute in which it was met, and not of the days after.
    const at = second.booked()[0]!.match(/^order_filled s1 sell 0\.1 @ (\d+)/)!
    expect(Number(at[1])).toBeGreaterThan(49_500 * 0.998)
    expect(Number(at[1])).toBeLessThanOrEqual(49_500)
  })

  it('meets nothing twice, wherever the playing was interrupted', async () => {
    const clock = { now: T0 }
    const kept = disk()
    const first = life(clock, { disk: kept })
    await first.steady(50_000, 2_000)
    first.submit(order('e1', { type: 'limit', price: 49_800 }))
    await first.steady(50_000, 2_000)
    first.save()
    // A spike, then down through the limit, in one minute and in two.
    const spikes = minutesOf((openTime) =>
      openTime < T0 + 2 * MINUTE ? { high: 50_900, low: 49_700, close: 49_750 } : flat(49_750),
    )
    const before = kept.text
    for (let cutMs = 0; cutMs < 700; cutMs += 20) {
      kept.text = before
      clock.now = T0 + 10 * MINUTE
      const second = life(clock, { disk: kept, answers: { minutes: spikes } })
      second.price(49_750)
      await second.pass(cutMs)
      second.save()
      const wasFilled = second.booked().length > 0
      clock.now += 5 * MINUTE
      const third = life(clock, { disk: kept, answers: { minutes: spikes } })
      third.price(49_750)
      // What a bot would place as soon as it has heard of the fill: the spike was before.
      third.hooks.push((event) => {
        if (event.kind === 'order_filled' && event.clientOrderId === 'e1') third.submit(target('t1', 50_800))
      })
      if (wasFilled) third.submit(target('t1', 50_800))
      await third.pass(3_000)
      const filled = [...second.booked(), ...third.booked()].map((line) => line.split(' ')[1])
      expect({ cutMs, filled }).toEqual({ cutMs, filled: ['e1'] })
    }
  })

  it('is not what the exchange had not met yet when it was saved', async () => {
    const clock = { now: T0 }
    const kept = disk()
    await bought(clock, kept)
    const before = life(clock, { disk: kept })
    await before.steady(50_000, 2_000)
    before.price(49_400)
    // The process ends before anybody has asked for the next event.
    before.save()
    clock.now += 20_000
    const wick = minutesOf(() => ({ high: 50_000, low: 49_400, close: 50_000 }))
    const after = life(clock, { disk: kept, answers: { minutes: wick } })
    await after.steady(50_000, 3_000)
    expect(after.booked()).toEqual(['order_filled s1 sell 0.1 @ 49400 fee 2.47 taker done'])
  })
})

describe('while nobody knows what the market does', () => {
  it('what is ordered waits, and does not meet a price of before', async () => {
    const clock = { now: T0 }
    let isTold = false
    const down = minutesOf((openTime) => (openTime < T0 + MINUTE ? flat(50_000) : flat(45_000)))
    const answers: Answers = {
      async minutes(instrument, from, until) {
        if (!isTold) throw new Error('HTTP 502')
        return await down(instrument, from, until)
      },
    }
    const paper = life(clock, { answers })
    await paper.steady(50_000, 2_000)
    paper.submit(order('e1'))
    await paper.steady(50_000, 2_000)
    clock.now += 2 * MINUTE
    paper.price(45_000)
    await paper.pass(1_000)
    paper.submit(order('x1', { side: 'sell', reduceOnly: true, leg: 'exit' }))
    await paper.steady(45_000, 5_000)
    expect(paper.booked()).toHaveLength(1)
    isTold = true
    await paper.steady(45_000, 5_000)
    expect(paper.booked()[1]).toBe('order_filled x1 sell 0.1 @ 45000 fee 2.25 taker done')
  })

  it('a symbol that is silent keeps the account out of reach for half a minute, and says so', async () => {
    const clock = { now: T0 }
    const kept = disk()
    const instruments = [BTC, ETH]
    const first = life(clock, { disk: kept, instruments })
    for (const each of [BTC, ETH]) first.price(each === BTC ? 50_000 : 2_500, each)
    await first.pass(1_000)
    first.submit(order('e1'))
    first.submit(order('e2', { instrument: ETH, quantity: '1' }))
    await first.pass(1_000)
    first.save()
    const second = life(clock, { disk: kept, instruments })
    const isUp = (): boolean => second.seen.some(({ kind }) => kind === 'connection')
    await second.steady(50_000, 25_000)
    expect([isUp(), second.told]).toEqual([false, []])
    await second.steady(50_000, 10_000)
    expect([isUp(), second.told]).toEqual([true, [expect.stringMatching(/^ETHUSDT: something is open, and/)]])
  })
})

it('nothing is told that is not kept', async () => {
  const clock = { now: T0 }
  const kept = disk()
  const paper = life(clock, { disk: kept })
  await paper.steady(50_000, 2_000)
  kept.isFull = true
  paper.submit(order('e1'))
  await paper.steady(50_000, 3_000)
  expect(paper.seen.filter(({ kind }) => kind.startsWith('order'))).toEqual([])
  kept.isFull = false
  const next = life(clock, { disk: kept })
  await next.steady(50_000, 2_000)
  expect(next.exchange.ledger.fillCount).toBe(0)
})
