import type { Config } from '../config/schema.ts'
import type { AccountSnapshot, BarEvent, EngineEvent, OrderAccepted, OrderFilled, PriceEvent } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../domain/time.ts'
import { epochMs, money, price, type EpochMs } from '../domain/unit.ts'
import { createEngine } from '../engine/engine.ts'
import { createScripted } from '../strategy/scripted.ts'
import { symbolParts } from './symbol-parts.ts'

/** Trades after which the compiler has finished with an order's way: an entry then takes a third of its first hundred. */
const ROUNDS = 1_000
/** Wall ms: the start has its own work to do, and a price must not wait long behind a rehearsal. */
const REST_MS = 2_000
const SLICE_MS = 4
const PAUSE_MS = 25

/** 04:00 UTC of a Wednesday: no weekend, no funding near; the trades lie weeks apart, so that no term of one meets another. */
const FIRST = epochMs(Date.UTC(2023, 10, 15, 4))
const APART_MS = 7 * DAY_MS
const WARM_MS = 20 * HOUR_MS
const WARM_BARS = 20
const STOP_RATIO = 0.01
const TARGET_RATIO = 0.02
/** Half a bar's range, a fraction of the price: less than the stop's distance. */
const SWING_RATIO = 0.004
/** Quote units traded in a bar: room for every size. */
const TURNOVER = 1e12

export interface RehearsalOptions {
  readonly config: Config
  readonly instrument: Instrument
  /** What the contract costs at the moment. */
  readonly price: number
  readonly barMs: number
}

/**
 * Trades of a made-up account, each from its entry to its target, through an engine of their own: nothing of it can reach
 * a venue or a journal. Every call is one more trade, and returns the orders that it would have sent; none where the
 * configuration did not let it enter.
 */
export function createRehearsal(options: RehearsalOptions): () => readonly OrderRequest[] {
  const { config, barMs, price: last } = options
  const instrument = { ...options.instrument, index: 0 }
  const wallet = money(config.dryRunWallet)
  const plan = Array.from({ length: ROUNDS }, (_, i) => ({
    time: epochMs(FIRST + i * APART_MS),
    direction: i % 2 === 0 ? ('LONG' as const) : ('SHORT' as const),
    stopRatio: STOP_RATIO,
    targetRatio: TARGET_RATIO,
  }))
  const engine = createEngine({
    config,
    instruments: [instrument],
    strategies: [createScripted(plan, config)],
    startingBalance: wallet,
    start: FIRST,
    epoch: 1,
    stateBarMs: barMs,
    feedBarMs: barMs,
    ticks: true,
    lasting: {
      requestLifeMs: SECOND_MS,
      venueLagMs: SECOND_MS,
      reconcileEveryMs: SECOND_MS,
      checkEveryMs: SECOND_MS,
      saved: new Map(),
    },
    parts: (each) => symbolParts(config, each, barMs, false, null),
  })
  const at = { time: FIRST }

  const bar = (closeTime: number): BarEvent => ({
    kind: 'bar',
    time: epochMs(closeTime),
    openTime: epochMs(closeTime - barMs),
    closeTime: epochMs(closeTime),
    instrument,
    open: last,
    high: last * (1 + SWING_RATIO),
    low: last * (1 - SWING_RATIO),
    close: last,
    volume: TURNOVER / last,
    turnover: Number.NaN,
    markHigh: Number.NaN,
    markLow: Number.NaN,
    openInterest: Number.NaN,
    fundingRate: 0,
    longShortRatio: Number.NaN,
    takerBuyVolume: Number.NaN,
  })
  const priceAt = (time: EpochMs): PriceEvent => ({
    kind: 'price',
    time,
    venueTime: time,
    instrument,
    last,
    mark: last,
    bid: last,
    ask: last,
  })
  const emptyAccount = (time: EpochMs): AccountSnapshot => ({
    kind: 'account_snapshot',
    time,
    askedAt: time,
    wallet,
    positions: [],
    openOrders: [],
    executions: [],
    fundings: [],
    historyFrom: time,
  })
  const about = ({ clientOrderId }: OrderRequest) => ({ time: at.time, venueTime: at.time, instrument, clientOrderId })
  const accepted = (order: OrderRequest): OrderAccepted => ({ kind: 'order_accepted', ...about(order) })
  // At the price of the entry, whichever order it is: what is won or lost would change the next one's size.
  const filled = (order: OrderRequest): OrderFilled => ({
    kind: 'order_filled',
    ...about(order),
    tradeId: order.clientOrderId,
    side: order.side,
    price: price(last),
    quantity: order.quantity,
    fee: money(0),
    liquidity: 'taker',
    cumulative: order.quantity,
    done: true,
  })

  for (let i = Math.max(WARM_BARS, Math.ceil(WARM_MS / barMs)); i >= 1; i -= 1) engine.warmUp(bar(FIRST - i * barMs))
  engine.process({ kind: 'connection', time: FIRST, channel: 'account', state: 'up', message: '' })

  return () => {
    const { time } = at
    const sent: OrderRequest[] = []
    const canceled: ClientOrderId[] = []
    const tell = (event: EngineEvent): void => {
      for (const effect of engine.process(event)) {
        if (effect.kind === 'submit') sent.push(effect.order)
        else if (effect.kind === 'cancel') canceled.push(effect.clientOrderId)
      }
    }
    tell(emptyAccount(time))
    tell(priceAt(time))
    tell(bar(time))
    const entry = sent[0]
    if (entry) {
      tell(accepted(entry))
      tell(filled(entry))
      for (const order of sent.slice(1)) tell(accepted(order))
      const target = sent.find(({ leg }) => leg === 'target')
      if (target) tell(filled(target))
      for (const order of sent.filter(({ clientOrderId }) => canceled.includes(clientOrderId)))
        tell({ kind: 'order_canceled', ...about(order), reason: 'requested' })
    }
    // A bar in between, because a signal must have gone before it comes again.
    tell(bar(time + barMs))
    at.time = epochMs(time + APART_MS)
    return sent
  }
}

export interface Rehearsing {
  /** False: it was stopped before its end. */
  readonly ended: Promise<boolean>
  stop(): void
}

/**
 * Rehearses trades in the pauses of a process that has just started. Otherwise its first order is the first time that
 * most of the code on its way runs at all, which costs several times what it costs later.
 * @param find what to rehearse with; `undefined`: not known yet
 * @param warn is told why a rehearsal broke off; the bot goes on without
 */
export function rehearse(find: () => RehearsalOptions | undefined, warn: (message: string) => void): Rehearsing {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let round: (() => void) | undefined
  let left = ROUNDS

  function play(): void {
    const until = performance.now() + SLICE_MS
    const options = round ? undefined : find()
    if (options) round = createRehearsal(options)
    while (round && left > 0 && performance.now() < until) {
      round()
      left -= 1
    }
  }

  function slice(): void {
    try {
      play()
    } catch (error) {
      left = 0
      warn(
        `an order cannot be rehearsed with this configuration: ${error instanceof Error ? error.message : 'unknown'}`,
      )
    }
    if (left > 0) timer = setTimeout(slice, round ? PAUSE_MS : REST_MS)
    else resolve(true)
  }

  let timer = setTimeout(slice, REST_MS)
  return {
    ended: promise,
    stop() {
      clearTimeout(timer)
      resolve(false)
    },
  }
}
