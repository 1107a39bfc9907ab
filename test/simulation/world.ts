import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Candidate } from '../../src/domain/candidate.ts'
import type { Alert, CorrectionKind, Effect, Submit } from '../../src/domain/effect.ts'
import type { Command, EngineEvent } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import type { Trade } from '../../src/domain/trade.ts'
import { epochMs, money } from '../../src/domain/unit.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import { createTimerQueue, type TimerQueue } from '../../src/engine/timer-queue.ts'
import { listInstrument } from '../../src/exchange/listing.ts'
import { BTC, HOUR, NOON, PRICE, unhurried, wanted } from '../fixture/engine-scene.ts'
import { hourBar } from '../fixture/hour-bar.ts'
import { plainParts } from '../fixture/plain-parts.ts'
import { createOrderRecords } from './order-records.ts'
import { createFaultVenue, type FaultVenue } from './fault-venue.ts'

export const ETH: Instrument = listInstrument('ETHUSDT', 1, Number.NaN)
export const SYMBOLS = [BTC, ETH] as const
export const START_PRICE = [PRICE, 2_500] as const
const BALANCE = 10_000
const REQUEST_LIFE_MS = 5_000
const VENUE_LAG_MS = 5_000
const RECONCILE_MS = 10_000
const CHECK_MS = 3_000

/** Where a process dies: what of the event at hand is left. */
export type Death = 'before_commit' | 'after_commit' | 'half_sent' | 'after_sent'

/** An effect for onlookers: they do not ask whether an order has passed the gate. */
export type SeenEffect = Exclude<Effect, Submit> | { readonly kind: 'submit'; readonly order: OrderRequest }

export interface World {
  readonly venue: FaultVenue
  readonly engine: Engine
  readonly now: number
  readonly alive: boolean
  /** The account's stream and requests go through. */
  readonly up: boolean
  readonly alerts: Alert[]
  readonly corrections: CorrectionKind[]
  readonly trades: Trade[]
  readonly saved: ReadonlyMap<string, string>
  /** The journal's state of each order. */
  readonly records: ReadonlyMap<string, string>
  /** Events the bot has processed. */
  readonly events: number
  wants: readonly Candidate[]
  /** Called before an event's effects are committed; a death ends the process there. */
  dies: (event: EngineEvent, effects: readonly Effect[]) => Death | null
  observe: (event: EngineEvent, effects: readonly SeenEffect[]) => void
  /** Called after everything that happens, to the bot or at the venue. */
  passed: () => void
  at(time: number, run: () => void): void
  run(until: number): void
  kill(): void
  start(): void
  /** Another process takes over between two events: nothing that is on its way is lost, timers are. */
  restartInPlace(): void
  connection(state: 'up' | 'down'): void
  command(command: Command): void
  price(instrument: Instrument, last: number, mark?: number): void
  /** A closed bar at which strategies are asked. */
  bar(instrument: Instrument, close: number, candidates?: readonly Candidate[]): void
  /** A price and a bar at which this candidate is wanted. */
  enter(instrument?: Instrument, direction?: 'LONG' | 'SHORT'): void
  tell(event: EngineEvent): void
}

export interface WorldOptions {
  readonly file?: { readonly [key: string]: unknown }
  /** The same number at every start, for comparisons; else it rises. */
  readonly sameEpoch?: boolean
  readonly saved?: ReadonlyMap<string, string>
}

interface Item {
  readonly time: number
  readonly sequence: number
  readonly run: () => void
}

/** Venue, market, bot and time: all that happens, happens in the order of (time, sequence), and only by calling `run`. */
export function createWorld({ file = {}, sameEpoch = false, saved: before = new Map() }: WorldOptions = {}): World {
  const config = toConfig(
    configSchema.parse({
      ...file,
      entry: { ...unhurried, funding_before_secs: 0, funding_after_secs: 0, ...(file['entry'] as object | undefined) },
      risk: {
        entries_per_hour: 1_000,
        max_daily_loss_pct: 90,
        max_drawdown_pct: 90,
        ...(file['risk'] as object | undefined),
      },
    }),
  )
  const queue: Item[] = []
  const saved = new Map(before)
  const records = createOrderRecords()
  const own = { now: NOON, sequence: 0, generation: 0, alive: false, up: true, epoch: 0, events: 0 }
  const market: EngineEvent[] = []
  let timers: TimerQueue = createTimerQueue()
  let engine!: Engine

  const at = (time: number, run: () => void): void => {
    const item = { time: Math.max(time, own.now), sequence: own.sequence++, run }
    let i = queue.length
    while (i > 0 && queue[i - 1]!.time > item.time) i--
    queue.splice(i, 0, item)
  }
  const tell = (ms: number, event: EngineEvent): void => {
    const { generation } = own
    at(own.now + ms, () => {
      // What was on its way to a process that has died, or on a broken wire, is lost.
      if (generation === own.generation && own.up) hear({ ...event, time: epochMs(own.now) })
    })
  }
  const venue = createFaultVenue(SYMBOLS, BALANCE, {
    process: () => own.generation,
    now: () => own.now,
    later: (ms, run) => at(own.now + ms, run),
    tell,
  })

  function keep(key: string, value: string | null): void {
    if (value === null) saved.delete(key)
    else saved.set(key, value)
  }

  function hear(event: EngineEvent): void {
    if (!own.alive) return
    own.events++
    const effects = engine.process(event)
    const death = world.dies(event, effects)
    if (death !== 'before_commit') {
      records.commit(event, effects)
      for (const effect of effects) {
        if (effect.kind === 'save') keep(effect.key, effect.value)
        // The journal has it, whether or not the process lives on.
        else if (effect.kind === 'note' && effect.note.kind === 'trade') world.trades.push(effect.note.trade)
      }
    }
    const outgoing = effects.filter((e) => e.kind === 'submit' || e.kind === 'cancel')
    if (death === null || death === 'after_sent') for (const effect of effects) dispatch(effect)
    else if (death === 'half_sent')
      for (const effect of outgoing.slice(0, Math.ceil(outgoing.length / 2))) dispatch(effect)
    if (death !== null) world.kill()
    world.observe(event, effects)
  }

  function dispatch(effect: Effect): void {
    switch (effect.kind) {
      case 'submit':
        if (own.up) return venue.submit(effect.order)
        return tell2(effect.order.instrument, effect.order.clientOrderId)
      case 'cancel':
        return own.up ? venue.cancel(effect.clientOrderId) : undefined
      case 'query':
        return own.up
          ? venue.query(effect.clientOrderId, effect.instrument)
          : tell2(effect.instrument, effect.clientOrderId)
      case 'check':
        return own.up ? venue.check(effect.clientOrderId, effect.instrument) : undefined
      case 'snapshot':
        return own.up ? venue.snapshot() : lost({ kind: 'snapshot_failed', time: epochMs(own.now), message: 'down' })
      case 'schedule':
        return timers.set(effect.id, effect.at)
      case 'alert':
        world.alerts.push(effect)
        return
      case 'note':
        if (effect.note.kind === 'correction') world.corrections.push(effect.note.correction)
        return
      case 'save':
    }
  }

  /** The answer of the bot's own side, where the wire is broken. */
  function lost(event: EngineEvent): void {
    const { generation } = own
    at(own.now + 1, () => {
      if (generation === own.generation) hear({ ...event, time: epochMs(own.now) })
    })
  }
  const tell2 = (instrument: Instrument, clientOrderId: Parameters<FaultVenue['cancel']>[0]): void =>
    lost({
      kind: 'order_unknown',
      time: epochMs(own.now),
      venueTime: epochMs(own.now),
      instrument,
      clientOrderId,
      message: 'down',
    })

  const marketEvent = (event: EngineEvent): void => {
    market.push(event)
    hear(event)
  }

  SYMBOLS.forEach((instrument, s) => {
    for (let i = 20; i >= 1; i--) market.push(hourBar(instrument, NOON - i * HOUR, START_PRICE[s]!))
  })

  const world: World = {
    venue,
    get engine() {
      return engine
    },
    get now() {
      return own.now
    },
    get alive() {
      return own.alive
    },
    get up() {
      return own.up
    },
    get events() {
      return own.events
    },
    alerts: [],
    corrections: [],
    trades: [],
    saved,
    records: records.states,
    wants: [],
    dies: () => null,
    observe: () => undefined,
    passed: () => undefined,
    at,
    run(until) {
      for (;;) {
        const item = queue[0]
        const timer = own.alive ? timers.nextAt() : Number.POSITIVE_INFINITY
        if (item && item.time <= until && item.time <= timer) {
          queue.shift()
          own.now = Math.max(own.now, item.time)
          item.run()
          world.passed()
        } else if (timer <= until) {
          own.now = Math.max(own.now, timer)
          hear({ kind: 'timer', time: epochMs(own.now), id: timers.pop()!.id })
          world.passed()
        } else break
      }
      own.now = until
    },
    kill() {
      own.alive = false
      own.generation++
    },
    restartInPlace() {
      own.generation--
      world.start()
    },
    start() {
      own.generation++
      own.alive = true
      own.up = true
      if (!sameEpoch || own.epoch === 0) own.epoch++
      timers = createTimerQueue()
      engine = createEngine({
        config,
        instruments: SYMBOLS,
        strategies: [
          {
            name: 'scripted',
            number: 5,
            usesHeatmap: false,
            propose: (view) => world.wants.filter((c) => Math.abs(c.entry / view.price - 1) < 0.2),
          },
        ],
        startingBalance: money(BALANCE),
        start: epochMs(own.now),
        epoch: own.epoch,
        stateBarMs: HOUR,
        feedBarMs: HOUR,
        ticks: true,
        lasting: {
          requestLifeMs: REQUEST_LIFE_MS,
          venueLagMs: VENUE_LAG_MS,
          reconcileEveryMs: RECONCILE_MS,
          checkEveryMs: CHECK_MS,
          saved: new Map(saved),
        },
        parts: (instrument) => plainParts(instrument),
      })
      for (const event of market) if (event.kind === 'bar' || event.kind === 'price') engine.warmUp(event)
      hear({ kind: 'connection', time: epochMs(own.now), channel: 'account', state: 'up', message: 'connected' })
    },
    connection(state) {
      own.up = state === 'up'
      hear({
        kind: 'connection',
        time: epochMs(own.now),
        channel: 'account',
        state,
        message: `the account's stream is ${state}`,
      })
    },
    command: (command) => hear({ kind: 'command', time: epochMs(own.now), command }),
    price(instrument, last, mark = last) {
      const time = epochMs(own.now)
      venue.price(instrument, last)
      marketEvent({ kind: 'price', time, venueTime: time, instrument, last, mark, bid: Number.NaN, ask: Number.NaN })
    },
    bar(instrument, close, candidates = []) {
      world.wants = candidates
      marketEvent(hourBar(instrument, own.now, close))
      world.wants = []
    },
    enter(instrument = BTC, direction = 'LONG') {
      const p = START_PRICE[instrument.index]!
      const s = direction === 'LONG' ? 1 : -1
      world.price(instrument, p)
      world.bar(instrument, p, [
        wanted(direction, { time: epochMs(own.now), entry: p, stop: p * (1 - 0.01 * s), target: p * (1 + 0.02 * s) }),
      ])
    },
    tell: hear,
  }
  SYMBOLS.forEach((instrument, i) => venue.price(instrument, START_PRICE[i]!))
  return world
}
