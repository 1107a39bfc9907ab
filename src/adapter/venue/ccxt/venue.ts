import { setTimeout as delay } from 'node:timers/promises'
import type { AccountEvent } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import { offGrid } from '../../../domain/off-grid.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import type { Venue } from '../../../port/venue.ts'
import { createAccountStream } from './account-stream.ts'
import { classifyPlacement, speaksOfTerms } from './classification.ts'
import { createContractWatch } from './contract-watch.ts'
import { createDeadMan } from './dead-man.ts'
import type { News, VenueOrder } from './dialect.ts'
import { createFundingTeller } from './funding-teller.ts'
import { createAccountInbox } from './inbox.ts'
import { createKeyWatch } from './key-watch.ts'
import { createKnownOrders } from './known-order.ts'
import { createLeverages } from './leverages.ts'
import { createSnapshotTaker } from './snapshot.ts'
import { createTeller } from './teller.ts'
import type { CcxtVenueParts } from './venue-parts.ts'
import { CallError } from './wire.ts'

/** A real venue behind ccxt. */
export interface CcxtVenue extends Venue {
  /** A request that got lost can no longer come into being this long after it was sent; ms of the venue's clock. */
  readonly requestLifeMs: number
  /** Stops everything and lets the sockets go; orders and positions stay as they are. */
  close(): Promise<void>
  /** Of what is pending, that which needs no time to pass: market time may wait for it. */
  readonly underWay: number
}

/** Wall ms between two looks at what is due. */
const TICK_MS = 50
const HISTORY_MARGIN_MS = 60_000
/** Regular looks at one order that have no answer yet. */
const MAX_LOOKS = 3
/** Wall ms. */
const TERMS_WAIT_MS = 1_500
/** What a switch that is still to be taken off gets at the end, enough for another attempt; wall ms. */
const LAST_TAKE_OFF_MS = 1_500

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export async function startCcxtVenue(parts: CcxtVenueParts): Promise<CcxtVenue> {
  const { exchange, dialect, wire, limiter, clockWatch, instruments, now, marginMode } = parts
  const inbox = createAccountInbox(parts.wakeup)
  const orders = createKnownOrders(dialect.conditionalsApart)
  const placing = new Map<ClientOrderId, Promise<void>>()
  const leverages = createLeverages(parts.settings, dialect)
  const waiting = new Set<ClientOrderId>()
  const alarmed = new Set<string>()
  const looks = new Map<ClientOrderId, number>()
  let working = 0
  let isClosed = false

  const { countdown } = dialect
  const deadMan =
    parts.deadManMs === null || countdown === null
      ? null
      : createDeadMan({ ...parts, afterMs: parts.deadManMs, set: countdown })

  const push = (event: AccountEvent): void => {
    if (isClosed) return
    deadMan?.told(event)
    inbox.push(event)
  }

  function alarm(code: string, message: string): void {
    push({ kind: 'venue_alarm', time: now(), code, message })
  }

  /** Alarms once until the matter is mended. */
  function watch(code: string, about: string, wrong: boolean, message: string): void {
    const key = `${code} ${about}`
    if (!wrong) alarmed.delete(key)
    else if (!alarmed.has(key)) {
      alarmed.add(key)
      alarm(code, message)
    }
  }

  /** Counts as pending until it is done; what goes wrong in it is mended by the next snapshot. */
  function background(work: () => Promise<void>): void {
    working += 1
    void work()
      .catch((error: unknown) => {
        if (!(error instanceof CallError)) alarm('NEWS_NOT_UNDERSTOOD', textOf(error))
      })
      .finally(() => {
        working -= 1
        // Whoever waits for nothing to be pending has to be told.
        parts.wakeup()
      })
  }

  const teller = createTeller({ dialect, orders, now, push, background, look: () => background(snapshot) })
  const takeSnapshot = createSnapshotTaker({
    first: dialect,
    later: parts.pollDialect,
    instruments,
    orders,
    now,
    historyFrom: parts.historyFrom,
  })
  const stream = createAccountStream({ exchange, dialect, now, push, onNews })
  const tellFunding = createFundingTeller({ dialect, now, push })
  const contracts = createContractWatch({ instruments, closed: parts.closed, listings: parts.listings, now, push })
  const keyWatch = createKeyWatch(parts.pollDialect.keyRights, parts.keyPolicy, now, (wrong) =>
    watch('KEY_RIGHTS', '', wrong !== null, wrong ?? ''),
  )

  function onNews(news: News): void {
    switch (news.kind) {
      case 'order':
        teller.onFrame(news.order, news.execution)
        return
      case 'funding':
        background(() => tellFunding(news.venueTime))
        return
      case 'leverage':
        watch(
          'LEVERAGE_CHANGED',
          news.instrument.symbol,
          (leverages.of(news.instrument.symbol) ?? news.leverage) !== news.leverage,
          `${news.instrument.symbol}: leverage was changed to ${news.leverage} at the venue`,
        )
        return
      case 'trigger_rejected':
        alarm(
          'TRIGGER_REJECTED',
          `${news.instrument.symbol}: a trigger of order ${news.venueId} failed: ${news.message}`,
        )
        return
      case 'alarm':
        alarm(news.code, news.message)
        return
      case 'expired':
        return
    }
  }

  /** What waits for its turn gets it as time passes. */
  const underWay = (): number => (limiter.waiting > 0 && wire.inFlight === 0 ? 0 : working)

  function reject(order: OrderRequest, code: string, message: string): void {
    const { clientOrderId, instrument } = order
    const time = now()
    push({ kind: 'order_rejected', time, venueTime: time, instrument, clientOrderId, code, message })
  }

  function unknown(clientOrderId: ClientOrderId, instrument: Instrument, message: string): void {
    const time = now()
    push({ kind: 'order_unknown', time, venueTime: time, instrument, clientOrderId, message })
  }

  /** Exactly one request leaves; whatever comes of it is told. */
  async function place(order: OrderRequest): Promise<void> {
    const { clientOrderId, instrument, leverage } = order
    if (leverage !== undefined && leverages.of(instrument.symbol) !== leverage) {
      try {
        await leverages.prepare(instrument, leverage)
      } catch (error) {
        reject(order, 'LEVERAGE_NOT_SET', `leverage ${leverage} could not be set: ${textOf(error)}`)
        return
      }
    }
    stream.expect(clientOrderId)
    let placed: VenueOrder
    try {
      placed = await dialect.place(order)
    } catch (error) {
      await onFailure(order, error)
      return
    }
    stream.answered(clientOrderId, true)
    try {
      await teller.onAnswer(placed)
    } catch (error) {
      // The order exists; what became of it is for the question to find out.
      unknown(clientOrderId, instrument, textOf(error))
    }
  }

  /** Looks whether the contract has changed; who waits for it does not wait for long. */
  const learnTerms = (): Promise<unknown> =>
    Promise.race([contracts.look('query').catch(() => undefined), delay(TERMS_WAIT_MS)])

  async function onFailure(order: OrderRequest, error: unknown): Promise<void> {
    const { clientOrderId, instrument } = order
    stream.answered(clientOrderId, false)
    if (!(error instanceof CallError)) {
      unknown(clientOrderId, instrument, `the answer makes no sense: ${textOf(error)}`)
      return
    }
    const { verdict, code } = classifyPlacement(exchange.id, error.failure)
    if (verdict === 'unknown') unknown(clientOrderId, instrument, error.message)
    else {
      // What comes after the refusal is to be made for the contract as it is.
      if (speaksOfTerms(code)) await learnTerms()
      reject(order, code, error.message)
    }
    if (code === 'WRONG_ENDPOINT') alarm('ENDPOINT_RETIRED', `the venue takes no ${order.type} orders here any more`)
    if (code === 'BAD_KEY' || code === 'BAD_SIGNATURE') alarm(code, error.message)
    if (code === 'EGRESS') alarm(code, error.message)
  }

  /** Looks for the order everywhere the venue keeps orders. Only a complete look that found nothing says so. */
  async function lookUp(clientOrderId: ClientOrderId, instrument: Instrument): Promise<void> {
    const askedAt = now()
    try {
      const known = orders.find(clientOrderId)
      const first = orders.namespaceOf(clientOrderId)
      const second = first === 'regular' ? 'conditional' : 'regular'
      const order =
        (await dialect.find(first, clientOrderId, instrument)) ??
        (await dialect.find(second, clientOrderId, instrument)) ??
        (await findInLists(clientOrderId, instrument, known?.knownSince ?? parts.historyFrom))
      if (order) await teller.onAnswer(order)
      else push({ kind: 'order_absent', time: now(), venueTime: now(), instrument, clientOrderId, askedAt })
    } catch (error) {
      unknown(clientOrderId, instrument, `the question about it failed: ${textOf(error)}`)
    }
  }

  /** Looks where the order rests, when nobody needs the venue for anything more urgent. */
  async function look(clientOrderId: ClientOrderId, instrument: Instrument): Promise<void> {
    const askedAt = now()
    const order = await parts.pollDialect.find(orders.namespaceOf(clientOrderId), clientOrderId, instrument)
    if (!order) return await lookUp(clientOrderId, instrument)
    const known = orders.of(order, askedAt)
    if (order.status !== 'open' || !known || order.filled.gt(known.toldQuantity)) return await teller.onAnswer(order)
    const time = now()
    push({ kind: 'order_seen', time, venueTime: order.venueTime, instrument, clientOrderId, askedAt })
  }

  /** One that hangs must not keep the next one from being made. */
  function check(id: ClientOrderId, instrument: Instrument): void {
    const unanswered = looks.get(id) ?? 0
    if (unanswered >= MAX_LOOKS) return
    looks.set(id, unanswered + 1)
    background(() =>
      look(id, instrument).finally(() => {
        const left = (looks.get(id) ?? 1) - 1
        if (left > 0) looks.set(id, left)
        else looks.delete(id)
      }),
    )
  }

  async function findInLists(
    id: ClientOrderId,
    instrument: Instrument,
    since: EpochMs,
  ): Promise<VenueOrder | undefined> {
    const [open, history] = await Promise.all([
      dialect.openOrders(instrument),
      dialect.history(instrument, epochMs(since - HISTORY_MARGIN_MS)),
    ])
    return [...open, ...history].find((order) => order.clientOrderId === id)
  }

  async function withdraw(clientOrderId: ClientOrderId, instrument: Instrument): Promise<void> {
    const namespace = orders.namespaceOf(clientOrderId)
    try {
      const order = await dialect.cancel(namespace, clientOrderId, instrument)
      if (order) {
        await teller.onAnswer(order)
        return
      }
      const time = now()
      push({ kind: 'order_canceled', time, venueTime: time, instrument, clientOrderId, reason: 'requested' })
    } catch {
      // Not found is not gone, and a failed cancel is not an open order.
      await lookUp(clientOrderId, instrument)
    }
  }

  /** After the order's own request has been answered, if it is still on its way. */
  const afterPlacing = (id: ClientOrderId, then: () => Promise<void>): void =>
    background(async () => {
      await placing.get(id)
      await then()
    })

  async function snapshot(): Promise<void> {
    const expected = leverages.expected()
    try {
      const taken = await takeSnapshot()
      push(taken.snapshot)
      watch(
        'HEDGE_MODE',
        '',
        taken.hedged,
        'the account was switched to hedge mode; the bot trades one-way accounts alone',
      )
      for (const { symbol } of instruments) {
        const own = taken.settings.get(symbol)
        if (!own) continue
        const wanted = expected(symbol)
        watch(
          'MARGIN_MODE_CHANGED',
          symbol,
          own.marginMode !== marginMode,
          `${symbol}: the margin mode is ${own.marginMode} instead of ${marginMode}`,
        )
        watch(
          'LEVERAGE_CHANGED',
          symbol,
          wanted !== undefined && own.leverage !== wanted,
          `${symbol}: leverage is ${own.leverage} instead of ${wanted}`,
        )
      }
    } catch (error) {
      push({ kind: 'snapshot_failed', time: now(), message: textOf(error) })
    }
  }

  function tick(): void {
    limiter.pump()
    stream.tick()
    clockWatch.tick(alarm)
    deadMan?.tick()
    if (contracts.isDue) background(() => contracts.look('poll'))
    if (keyWatch.isDue) background(keyWatch.look)
  }
  const timer = setInterval(tick, TICK_MS)
  timer.unref()
  for (const { code, message } of parts.known) alarm(code, message)
  await stream.start()

  return {
    instruments,
    requestLifeMs: dialect.requestLifeMs,
    events: {
      peek: () => inbox.peek(),
      next: (until) => inbox.next(until),
      exhausted: () => inbox.exhausted(),
    },
    submit(order, at) {
      const wrong = offGrid(order)
      if (wrong) {
        reject(order, wrong, 'the order does not lie on the grid of the venue')
        return
      }
      orders.register(order, at)
      const id = order.clientOrderId
      background(() => {
        const placed = place(order).finally(() => placing.delete(id))
        placing.set(id, placed)
        return placed
      })
      // Taking the switch off costs more than a stop: said first, it could use up what the stop needs.
      deadMan?.submitted(order)
    },
    cancel: (id, instrument) => afterPlacing(id, () => withdraw(id, instrument)),
    query(id, instrument) {
      // While its placement has no answer, one question waits for all.
      if (placing.has(id)) {
        if (waiting.has(id)) return
        waiting.add(id)
      }
      afterPlacing(id, () => {
        waiting.delete(id)
        return lookUp(id, instrument)
      })
    },
    check,
    snapshot(_at, afresh = false) {
      if (afresh) alarmed.clear()
      background(snapshot)
    },
    get underWay() {
      return underWay()
    },
    get pending() {
      return underWay() + (deadMan?.owed ?? 0)
    },
    async close() {
      const until = performance.now() + LAST_TAKE_OFF_MS
      deadMan?.hurry()
      while (deadMan && deadMan.owed > 0 && performance.now() < until) await delay(TICK_MS)
      if (deadMan && deadMan.owed > 0) parts.warn("the exchange's dead man's switch may still be on, and take stops")
      isClosed = true
      clearInterval(timer)
      stream.stop()
      inbox.end()
      await exchange.close()
    },
  }
}
