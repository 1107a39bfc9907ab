import { describe, expect, it } from 'vitest'
import { createLiveMarket } from '../../src/adapter/market-data/live-market.ts'
import { createVenueOnLiveMarket } from '../../src/adapter/venue/on-live-market.ts'
import { createPaperVenue } from '../../src/adapter/venue/paper.ts'
import type { PaperAccount } from '../../src/adapter/venue/paper-account.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Effect } from '../../src/domain/effect.ts'
import type { BarEvent, EngineEvent } from '../../src/domain/event.ts'
import { exactJson, parseExactJson } from '../../src/domain/exact-json.ts'
import { epochMs, type EpochMs, type Money } from '../../src/domain/unit.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createTimerQueue } from '../../src/engine/timer-queue.ts'
import { createExchange } from '../../src/exchange/exchange.ts'
import { isOpen } from '../../src/exchange/saved.ts'
import { createLiveTape } from '../../src/exchange/tape/live-tape.ts'
import { BTC, HOUR, NOON, unhurried, wanted } from '../fixture/engine-scene.ts'
import { hourBar } from '../fixture/hour-bar.ts'
import { plainParts } from '../fixture/plain-parts.ts'
import { ungated } from '../fixture/ungated.ts'
import { PARAMETERS } from '../unit/exchange/fixture.ts'

const STEP_MS = 50
const MINUTE = 60_000
const END = NOON + 110_000
/** Bars at which a LONG is wanted, and one in between, at which it is not: else the second would be the first still. */
const SIGNALS = [NOON + 5_000, NOON + 60_000] as const
const BARS = [NOON + 5_000, NOON + 45_000, NOON + 60_000] as const
const MAX_NAKED_MS = 5_000
const BALANCE = 10_000

/** The price at a second after the start: where the first trade ends, and what comes after it. */
const PATHS = {
  'the target is met': (s: number) => (s < 25 ? 50_000 : s < 40 ? 51_100 : 50_000),
  'the stop is met': (s: number) => (s < 25 ? 50_000 : s < 40 ? 49_300 : 50_000),
  'nothing is met': () => 50_000,
} as const
type Path = (second: number) => number

/** The end of a process. */
class Killed extends Error {}

/** What a process leaves on the disk. */
interface Disk {
  readonly journal: Map<string, string>
  account: string | null
  epoch: number
}

const config = toConfig(
  configSchema.parse({
    entry: { ...unhurried, funding_before_secs: 0, funding_after_secs: 0 },
    risk: { entries_per_hour: 100, max_daily_loss_pct: 90, max_drawdown_pct: 90 },
  }),
)

const secondOf = (time: number): number => Math.floor((time - NOON) / 1_000)

/** Candles of the path up to now. */
function minutesOf(path: Path, from: number, until: number) {
  const candles = new Map<number, { open: number; high: number; low: number; close: number }>()
  for (let time = Math.max(from, NOON); time < until; time += 1_000) {
    const minute = Math.floor(time / MINUTE) * MINUTE
    const last = path(secondOf(time))
    const { open, high, low } = candles.get(minute) ?? { open: last, high: last, low: last }
    candles.set(minute, { open, high: Math.max(high, last), low: Math.min(low, last), close: last })
  }
  const rest = { volume: 1e6, turnover: Number.NaN, takerBuyVolume: Number.NaN }
  return new Map([...candles].map(([minute, candle]) => [minute, { ...candle, ...rest }]))
}

/**
 * A process from `clock.now` on: engine, paper venue, exchange and live market as they are put together for a paper
 * session, on a clock of the test's. `point` is told of every place where it could be killed, and throws there.
 */
async function life(disk: Disk, path: Path, clock: { now: number }, point: () => void) {
  const now = (): EpochMs => epochMs(clock.now)
  disk.epoch += 1
  const past = disk.account === null ? null : (parseExactJson(disk.account, [BTC]) as PaperAccount)
  const tape = createLiveTape({ instruments: [BTC], barMs: HOUR, wideBarAtr: 3 })
  const exchange = createExchange({
    tape,
    parameters: { ...PARAMETERS, startingBalance: BALANCE },
    keepFills: true,
    ...(past && { saved: past.exchange }),
  })
  const bars: BarEvent[] = BARS.filter((at) => at > clock.now).map((at) => hourBar(BTC, at, 50_000))
  const market = createLiveMarket({
    tape,
    source: { next: (until) => (bars[0] && bars[0].time <= until ? bars.shift() : undefined) },
    dialect: {
      minutes: async (_, from, until) => minutesOf(path, from, until),
      nextFunding: async () => ({ time: epochMs(NOON + 4 * HOUR), rate: 0 }),
      settlements: async () => [],
    },
    instruments: [BTC],
    heard: ({ symbol }) => past?.heard[symbol] ?? null,
    meets: exchange.meets,
    now,
    latencyMs: PARAMETERS.latencyMs,
    onNews: () => undefined,
    tell: () => undefined,
  })
  const save = (): boolean => {
    const saved = exchange.save()
    point()
    const own = saved.symbols[0]!
    const heard = isOpen(own) ? market.heard(BTC, own.met) : null
    disk.account = exactJson({ exchange: saved, heard: { [BTC.symbol]: heard } }, [BTC])
    point()
    return true
  }
  const venue = ungated(
    createPaperVenue({
      venue: createVenueOnLiveMarket(exchange, market),
      market,
      now,
      save,
      awaited: past?.exchange.symbols.some(isOpen) ? [BTC] : [],
      tell: () => undefined,
    }),
  )
  const engine = createEngine({
    config,
    instruments: [BTC],
    strategies: [
      {
        name: 'scripted',
        number: 5,
        usesHeatmap: false,
        propose: () =>
          SIGNALS.some((at) => at <= clock.now && clock.now < at + 1_000) ? [wanted('LONG', { time: now() })] : [],
      },
    ],
    startingBalance: exchange.ledger.wallet as Money,
    start: now(),
    epoch: disk.epoch,
    stateBarMs: HOUR,
    feedBarMs: HOUR,
    ticks: true,
    lasting: {
      requestLifeMs: 1_000,
      venueLagMs: 1_000,
      reconcileEveryMs: HOUR,
      checkEveryMs: HOUR,
      saved: new Map(disk.journal),
    },
    parts: (instrument) => plainParts(instrument),
  })
  for (let i = 20; i >= 1; i -= 1) engine.warmUp(hourBar(BTC, NOON - i * HOUR, 50_000))
  const timers = createTimerQueue()

  function hear(event: EngineEvent): void {
    const effects = engine.process(event)
    if (effects.length > 0) point()
    for (const effect of effects) {
      if (effect.kind !== 'save') continue
      if (effect.value === null) disk.journal.delete(effect.key)
      else disk.journal.set(effect.key, effect.value)
    }
    for (const effect of effects) dispatch(effect, event.time)
  }
  function dispatch(effect: Effect, time: EpochMs): void {
    if (effect.kind === 'schedule') timers.set(effect.id, effect.at)
    else if (effect.kind === 'snapshot') venue.snapshot(time)
    else if (effect.kind === 'query' || effect.kind === 'check')
      venue.query(effect.clientOrderId, effect.instrument, time)
    else if (effect.kind === 'submit' || effect.kind === 'cancel') {
      point()
      if (effect.kind === 'submit') venue.submit(effect.order, time)
      else venue.cancel(effect.clientOrderId, effect.instrument, time)
    }
  }

  let nakedSince: number | null = null
  let nakedMs = 0
  for (; clock.now < END; clock.now += STEP_MS) {
    const last = path(secondOf(clock.now))
    if (clock.now % 1_000 === 0) market.onUpdate({ instrument: BTC, last, mark: last })
    await new Promise((resolve) => setImmediate(resolve))
    venue.events.peek()
    for (let event = venue.events.next(now()); event; event = venue.events.next(now())) hear({ ...event })
    while (timers.nextAt() <= clock.now) hear({ kind: 'timer', time: now(), id: timers.pop()!.id })
    // As the session does, from time to time.
    if (clock.now % 5_000 === 0) save()
    const { positions, openOrders } = exchange.snapshot(now())
    const isNaked = positions.length > 0 && !openOrders.some(({ type }) => type === 'stop_market')
    nakedSince = isNaked ? (nakedSince ?? clock.now) : null
    if (nakedSince !== null) nakedMs = Math.max(nakedMs, clock.now - nakedSince)
  }
  return { engine, exchange, nakedMs }
}

/** The whole time, by one process that is killed at its `at`th point and another one that comes `downMs` later. */
async function lives(path: Path, at: number, downMs: number) {
  const disk: Disk = { journal: new Map(), account: null, epoch: 0 }
  const clock = { now: NOON }
  let points = 0
  try {
    const whole = await life(disk, path, clock, () => {
      points += 1
      if (points === at) throw new Killed()
    })
    return { ...whole, points }
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
  clock.now = Math.ceil((clock.now + downMs + STEP_MS) / STEP_MS) * STEP_MS
  return { ...(await life(disk, path, clock, () => undefined)), points }
}

describe.each(Object.entries(PATHS))('a paper bot that is killed at any point, where %s', (name, path) => {
  it.each([0, 12_000, 40_000])('and comes back after %d ms', { timeout: 60_000 }, async (downMs) => {
    const whole = await lives(path, Number.POSITIVE_INFINITY, 0)
    const met = name !== 'nothing is met'
    expect(whole.exchange.ledger.fillCount).toBe(met ? 3 : 1)
    expect(whole.points).toBeGreaterThan(40)
    for (let at = 1; at <= whole.points; at += 1) {
      const { engine, exchange, nakedMs } = await lives(path, at, downMs)
      const { books, latches } = engine.account
      const { positions, openOrders, executions } = exchange.snapshot(epochMs(END))
      const held = positions[0]
      const of = { at, downMs }
      // The books are the exchange's, and nobody has to look into anything.
      expect({ ...of, wallet: books.wallet.toFixed(), latches: latches.latches }).toEqual({
        ...of,
        wallet: exchange.ledger.wallet.toFixed(),
        latches: [],
      })
      expect({ ...of, signed: books.position(BTC).signed.toFixed() }).toEqual({
        ...of,
        signed: held?.quantity.toFixed() ?? '0',
      })
      // One order a signal, at most; what is held has its stop and its target, and nothing rests beside nothing.
      const entries = new Set(executions.filter(({ side }) => side === 'buy').map(({ clientOrderId }) => clientOrderId))
      expect(entries.size).toBeLessThanOrEqual(met ? 2 : 1)
      expect({ ...of, resting: openOrders.map(({ type }) => type).toSorted() }).toEqual({
        ...of,
        resting: held ? ['limit', 'stop_market'] : [],
      })
      expect({ ...of, nakedMs: Math.max(nakedMs, MAX_NAKED_MS) }).toEqual({ ...of, nakedMs: MAX_NAKED_MS })
    }
  })
})
