import { openExchange, type OpenedExchange } from '../../../src/adapter/ccxt/open-exchange.ts'
import { openSqliteJournal } from '../../../src/adapter/journal/sqlite/open.ts'
import { createCcxtVenue } from '../../../src/adapter/venue/ccxt/create-venue.ts'
import { createPanicVenue } from '../../../src/adapter/venue/ccxt/panic-venue.ts'
import { rehearse } from '../../../src/app/rehearsal.ts'
import { symbolParts } from '../../../src/app/symbol-parts.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { Candidate } from '../../../src/domain/candidate.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import type { Effect } from '../../../src/domain/effect.ts'
import type { AccountSnapshot, EngineEvent } from '../../../src/domain/event.ts'
import { parseClientOrderId } from '../../../src/domain/id.ts'
import type { ClientOrderId, Leg } from '../../../src/domain/order.ts'
import { HOUR_MS, SECOND_MS } from '../../../src/domain/time.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { createEngine, type Engine } from '../../../src/engine/engine.ts'
import { REMEMBERED } from '../../../src/engine/run.ts'
import type { PanicVenue } from '../../../src/port/panic-venue.ts'
import { PRICE, timeOf, type Served } from './served.ts'
import type { SocketClock } from './socket-clock.ts'

/** One order's way, wall ms. */
export interface Way {
  readonly total: number
  readonly journal: number
  readonly ccxt: number
  /** Everything that is neither. */
  readonly own: number
  /** Of it, from what ccxt hands over to the socket: the HTTP request. */
  readonly http: number
}

export interface Bot {
  /** After an idle time a price and the bar that it closes arrive; until the signed order is on the socket. */
  enter(idleMs: number): Promise<Way>
  /** Likewise, until entry, stop and target are acknowledged. */
  bracket(idleMs: number): Promise<number>
  /** Each entry's commit to the journal, wall ms. */
  readonly commits: number[]
  close(): Promise<void>
}

const ANSWER_MS = 5_000
const SETTLE_MS = 40
const WARM_BARS = 20
const VENUE_LAG_MS = 5_000
const legOf = (id: ClientOrderId): Leg | undefined => parseClientOrderId(id)?.leg
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function openCleaner(exchange: OpenedExchange): Promise<{ readonly venue: PanicVenue; close(): Promise<void> }> {
  const opened = await createPanicVenue({ exchange })
  if (opened.kind === 'refused') throw new Error(opened.message)
  return opened
}

/** The real engine, gate, journal and venue; only the strategy is told what to want. */
export async function createBot(served: Served, directory: string, sockets: SocketClock): Promise<Bot> {
  // The market begins at a settlement of funding, where nobody enters.
  const config = toConfig(configSchema.parse({ entry: { funding_before_secs: 0, funding_after_secs: 0 } }))
  const clock = { offset: (await timeOf(served)) - Date.now() }
  const now = (): number => Date.now() + clock.offset
  const open = (): Promise<OpenedExchange> =>
    openExchange({
      id: 'binanceusdm',
      credentials: { apiKey: served.key, secret: served.secret },
      environment: 'embedded',
      embedded: { restOrigin: served.origin, streamOrigin: served.origin.replace(/^http/, 'ws') },
      clock: { now: () => epochMs(now()), observe: (time) => (clock.offset = time - Date.now()) },
      deadlineMs: ANSWER_MS,
    })
  const opened = await open()
  const at = { asked: Number.NaN, left: Number.NaN }
  const instance = opened.exchange as { fetchImplementation?: (...args: readonly unknown[]) => unknown }
  const send = instance.fetchImplementation!
  instance.fetchImplementation = (...args) => {
    if (Number.isNaN(at.left)) at.left = performance.now()
    return send(...args)
  }
  let wake = (): void => undefined
  const result = await createCcxtVenue({
    exchange: {
      ...opened,
      request(method, ...args) {
        if (method === 'fapiPrivatePostOrder' && Number.isNaN(at.asked)) {
          at.asked = performance.now()
          at.left = Number.NaN
        }
        return opened.request(method, ...args)
      },
    },
    symbols: ['BTCUSDT'],
    quote: 'USDT',
    marginMode: 'isolated',
    leverage: config.exchange.leverage,
    minimumBalance: new Dec(1),
    now: () => epochMs(now()),
    wakeup: () => wake(),
    warn: () => undefined,
  })
  if (result.kind === 'refused') throw new Error(result.message)
  const { venue } = result
  const cleaning = await openCleaner(await open())
  let closes = 0
  const instrument = venue.instruments[0]!
  const journalOpening = openSqliteJournal({
    path: `${directory}/journal.sqlite`,
    account: 'bench',
    mode: 'testnet',
    venue: 'embedded',
    buildHash: 'bench',
    configHash: 'bench',
    now: Date.now,
  })
  if (journalOpening.kind === 'refused') throw new Error(journalOpening.message)
  const { journal } = journalOpening
  const commits: number[] = []
  let epoch = journal.epoch

  const wanted = (): Candidate => ({
    strategy: 'scripted',
    direction: 'LONG',
    time: epochMs(now()),
    anchor: null,
    targetClusterId: null,
    entry: PRICE,
    stop: PRICE * 0.99,
    target: PRICE * 1.02,
    grossRiskReward: 2,
    netRiskReward: 1.8,
    costRatio: 0.1,
    confidence: 0,
    flags: [],
    reason: 'benchmark',
    refusals: [],
  })

  async function flatten(): Promise<void> {
    for (const order of await cleaning.venue.openOrders()) await cleaning.venue.cancel(order)
    for (const position of await cleaning.venue.positions())
      await cleaning.venue.closeReduceOnly(position, `close${(closes += 1)}` as ClientOrderId)
    await pause(SETTLE_MS)
    while (venue.events.next(epochMs(now() + 1)));
  }

  /** A fresh engine that is flat, warm and at one with its venue, and what closes an hour now. */
  async function prepare(): Promise<{ readonly engine: Engine; events(): readonly EngineEvent[] }> {
    await flatten()
    const start = now()
    const bar = (closeTime: number): EngineEvent & { kind: 'bar' } => ({
      kind: 'bar',
      time: epochMs(closeTime),
      openTime: epochMs(closeTime - HOUR_MS),
      closeTime: epochMs(closeTime),
      instrument,
      open: PRICE,
      high: PRICE + 250,
      low: PRICE - 250,
      close: PRICE,
      volume: 6_000_000,
      turnover: Number.NaN,
      markHigh: Number.NaN,
      markLow: Number.NaN,
      openInterest: Number.NaN,
      fundingRate: 0,
      longShortRatio: Number.NaN,
      takerBuyVolume: Number.NaN,
    })
    epoch += 1
    const engine = createEngine({
      config,
      instruments: [instrument],
      strategies: [{ name: 'scripted', number: 5, usesHeatmap: false, propose: () => [wanted()] }],
      startingBalance: account.wallet,
      start: epochMs(start - 1),
      epoch,
      stateBarMs: HOUR_MS,
      feedBarMs: HOUR_MS,
      ticks: true,
      lasting: {
        requestLifeMs: venue.requestLifeMs,
        venueLagMs: VENUE_LAG_MS,
        reconcileEveryMs: config.reconcileIntervalSecs * SECOND_MS,
        checkEveryMs: config.protectionCheckSecs * SECOND_MS,
        saved: new Map(),
      },
      parts: (each) => symbolParts(config, each, HOUR_MS, false, null),
    })
    for (let i = WARM_BARS; i >= 1; i--) engine.warmUp(bar(start - i * HOUR_MS))
    const time = epochMs(start)
    engine.process({ kind: 'connection', time, channel: 'account', state: 'up', message: '' })
    engine.process({ ...account, time, askedAt: time })
    const price = (time: number): EngineEvent => ({
      kind: 'price',
      time: epochMs(time),
      instrument,
      venueTime: epochMs(time),
      last: PRICE,
      mark: PRICE,
      bid: PRICE,
      ask: PRICE,
    })
    return {
      engine,
      events() {
        const end = now()
        return [price(end), bar(end)]
      },
    }
  }

  /** As the run loop does it: process, commit, dispatch. Returns what the commits took. */
  function handle(
    engine: Engine,
    event: EngineEvent,
  ): { readonly effects: readonly Effect[]; readonly journal: number } {
    const effects = engine.process(event)
    let took = 0
    if (effects.length > 0 || REMEMBERED.has(event.kind)) {
      const from = performance.now()
      const commit = journal.commit(event, effects)
      took = performance.now() - from
      if (commit.kind !== 'durable') throw new Error(commit.message)
    }
    for (const effect of effects) {
      if (effect.kind === 'submit') venue.submit(effect.order, event.time)
      else if (effect.kind === 'cancel') venue.cancel(effect.clientOrderId, effect.instrument, event.time)
      else if (effect.kind === 'snapshot') venue.snapshot(event.time)
    }
    return { effects, journal: took }
  }

  async function eventsUntil(done: (event: EngineEvent) => boolean): Promise<void> {
    const deadline = performance.now() + ANSWER_MS
    for (;;) {
      for (let event = venue.events.next(epochMs(now() + 1)); event; event = venue.events.next(epochMs(now() + 1)))
        if (done(event)) return
      if (performance.now() > deadline) throw new Error('no answer')
      await Promise.race([new Promise<void>((resolve) => (wake = resolve)), pause(50)])
    }
  }

  const until = (engine: Engine, done: (event: EngineEvent) => boolean): Promise<void> =>
    eventsUntil((event) => {
      if (event.kind === 'order_rejected' || event.kind === 'order_unknown') throw new Error(event.message)
      handle(engine, event)
      return done(event)
    })

  async function begin(idleMs: number): Promise<{ engine: Engine; from: number; journalMs: number }> {
    const { engine, events } = await prepare()
    await pause(idleMs)
    const arriving = events()
    sockets.take()
    at.asked = Number.NaN
    const from = performance.now()
    let journalMs = 0
    let submitted = false
    for (const event of arriving) {
      const done = handle(engine, event)
      journalMs += done.journal
      submitted ||= done.effects.some((effect) => effect.kind === 'submit')
    }
    if (!submitted) throw new Error(`the engine has not entered: ${JSON.stringify([...engine.counters.refusals])}`)
    return { engine, from, journalMs }
  }

  /** The account as the venue tells it; asked once, because each look uses up the venue's budget of requests. */
  async function look(): Promise<AccountSnapshot> {
    venue.snapshot(epochMs(now()))
    let taken: AccountSnapshot | undefined
    await eventsUntil((event) => {
      if (event.kind === 'account_snapshot') taken = event
      return taken !== undefined
    })
    return taken!
  }

  await flatten()
  const account = await look()
  // As a bot does in its first seconds.
  await rehearse(() => ({ config, instrument, price: PRICE, barMs: HOUR_MS }), console.warn).ended

  return {
    commits,
    async enter(idleMs) {
      const { engine, from, journalMs } = await begin(idleMs)
      commits.push(journalMs)
      // Not that of what closed the position before, which may be told late.
      await until(engine, (event) => event.kind === 'order_filled' && legOf(event.clientOrderId) === 'entry')
      const sentAt = sockets.take()
      const total = sentAt - from
      const ccxt = at.left - at.asked
      return { total, journal: journalMs, ccxt, own: total - journalMs - ccxt, http: sentAt - at.left }
    },
    async bracket(idleMs) {
      const { engine, from } = await begin(idleMs)
      const acknowledged = new Set<Leg>()
      await until(engine, (event) => {
        const leg = event.kind === 'order_accepted' ? legOf(event.clientOrderId) : undefined
        if (leg) acknowledged.add(leg)
        return acknowledged.has('stop') && acknowledged.has('target')
      })
      return performance.now() - from
    },
    async close() {
      journal.close()
      await venue.close()
      await cleaning.close()
    },
  }
}
