import { Dec, ZERO, type Decimal } from '../../src/domain/decimal.ts'
import type {
  AccountEvent,
  AccountSnapshot,
  EngineEvent,
  ExecutionReport,
  FundingPaid,
  OrderReport,
  PositionReport,
} from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { TERMINAL_STATES, type ClientOrderId, type OrderRequest, type OrderState } from '../../src/domain/order.ts'
import { epochMs, money, price, quantity } from '../../src/domain/unit.ts'
import { NOTHING, traded, type Holding } from './ledger.ts'
import { KIND, type Mischief, type OrderFault } from './mischief.ts'

export interface VenueOrder {
  readonly request: OrderRequest
  readonly foreign: boolean
  readonly acceptedAt: number
  hiddenUntil: number
  left: Decimal
  state: OrderState
}

/** A trade that a person has made by hand. */
export interface ByHand {
  readonly instrument: Instrument
  readonly time: number
  /** What was held before it. */
  readonly before: Decimal
}

export interface Wires {
  /** Changes when another process takes over: what the former has asked for is told to nobody. */
  readonly process: () => number
  readonly now: () => number
  readonly later: (ms: number, run: () => void) => void
  /** News and answers on their way to the bot. */
  readonly tell: (ms: number, event: EngineEvent) => void
}

const LATENCY_MS = 20
const FEE_RATIO = 0.0005

export interface FaultVenue {
  mischief: Mischief
  readonly orders: ReadonlyMap<string, VenueOrder>
  readonly wallet: Decimal
  /** Requests that have left the bot and may still arrive. */
  readonly inFlight: ReadonlyMap<string, OrderRequest>
  readonly submitted: readonly OrderRequest[]
  readonly executions: readonly ExecutionReport[]
  readonly byHand: readonly ByHand[]
  /** Time at which it last failed to do, or to tell, what it was asked of this instrument; 0: never. */
  failedAt(instrument: Instrument): number
  held(instrument: Instrument): Holding
  live(instrument: Instrument, leg?: OrderRequest['leg']): readonly VenueOrder[]
  submit(request: OrderRequest): void
  cancel(id: ClientOrderId): void
  query(id: ClientOrderId, instrument: Instrument): void
  check(id: ClientOrderId, instrument: Instrument): void
  snapshot(): void
  price(instrument: Instrument, last: number): void
  /** Takes live orders of the leg away, with or without a word. */
  drop(instrument: Instrument, leg: OrderRequest['leg'], silently: boolean): void
  force(instrument: Instrument, share: number, cause: 'liquidation' | 'adl'): void
  /** A person trades by hand. */
  manual(instrument: Instrument, signed: number): void
  foreignOrder(instrument: Instrument, id: string, type?: 'limit' | 'market'): void
  removeForeign(id: string): void
  transfer(amount: number): void
  /** The records of executions are cut off. */
  forgetHistory(): void
  fund(instrument: Instrument, rate: number): void
}

/** A matching venue with its own ledger, whose answers, news and records can fail in every way the bot must survive. */
export function createFaultVenue(
  instruments: readonly Instrument[],
  startingBalance: number,
  wires: Wires,
): FaultVenue {
  const { process, now, later, tell } = wires
  const holdings: Holding[] = instruments.map(() => NOTHING)
  const last = instruments.map(() => Number.NaN)
  const orders = new Map<string, VenueOrder>()
  const inFlight = new Map<string, OrderRequest>()
  const submitted: OrderRequest[] = []
  const executions: ExecutionReport[] = []
  const fundings: FundingPaid[] = []
  const byHand: ByHand[] = []
  /** When what happened is listed, where that is later. */
  const listedAt = new Map<ExecutionReport | FundingPaid, number>()
  const own = { wallet: new Dec(startingBalance), trades: 0 }
  const failures = instruments.map(() => 0)

  /** Notes a failure, of one instrument or of all. */
  const failing = (instrument: Instrument | null): true => {
    for (const each of instruments) if (instrument === null || each === instrument) failures[each.index] = now()
    return true
  }

  const base = (instrument: Instrument) => ({ time: epochMs(now()), venueTime: epochMs(now()), instrument })
  const isLive = (order: VenueOrder): boolean => !TERMINAL_STATES.has(order.state)
  const live = (instrument: Instrument, leg?: OrderRequest['leg']): VenueOrder[] =>
    [...orders.values()].filter(
      (o) =>
        isLive(o) &&
        o.request.instrument === instrument &&
        (leg === undefined || (!o.foreign && o.request.leg === leg)),
    )

  function report(event: AccountEvent): void {
    for (const delay of venue.mischief.news(event)) tell(LATENCY_MS + delay, event)
  }
  function news(order: VenueOrder, event: AccountEvent): void {
    if (!order.foreign) report(event)
  }

  function end(order: VenueOrder, state: 'canceled' | 'expired', reason: string, silently = false): void {
    order.state = state
    const { instrument, clientOrderId } = order.request
    const kind = state === 'canceled' ? 'order_canceled' : 'order_expired'
    if (!silently) news(order, { kind, ...base(instrument), clientOrderId, reason })
  }

  function list<T extends ExecutionReport | FundingPaid>(records: T[], what: 'execution' | 'funding', record: T): void {
    records.push(record)
    const ms = venue.mischief.listedMs(what)
    if (ms > 0) listedAt.set(record, now() + ms)
  }
  const isListed = (record: ExecutionReport | FundingPaid): boolean => (listedAt.get(record) ?? 0) <= now()

  function book(instrument: Instrument, sign: 1 | -1, at: Decimal, units: Decimal): Decimal {
    const { held, realised } = traded(holdings[instrument.index]!, sign, at, units)
    const fee = at.times(units).times(FEE_RATIO)
    holdings[instrument.index] = held
    own.wallet = own.wallet.plus(realised).minus(fee)
    own.trades++
    return fee
  }

  const reducible = (instrument: Instrument, sign: number): Decimal => {
    const { signed } = holdings[instrument.index]!
    return signed.times(-sign).gt(0) ? signed.abs() : ZERO
  }

  function match(order: VenueOrder, at: number): void {
    const { request } = order
    const { instrument, clientOrderId } = request
    const sign = request.side === 'buy' ? 1 : -1
    const room = request.reduceOnly ? Dec.min(order.left, reducible(instrument, sign)) : order.left
    const share = venue.mischief.share(request)
    const units = share >= 1 ? room : room.times(share).div(instrument.lotSize).floor().times(instrument.lotSize)
    if (!units.gt(0)) return
    order.left = order.left.minus(units)
    const fee = book(instrument, sign, new Dec(at), units)
    const done = order.left.isZero()
    order.state = done ? 'filled' : 'partially_filled'
    const told = {
      instrument,
      venueTime: epochMs(now()),
      tradeId: `v${own.trades}`,
      side: request.side,
      price: price(at),
      quantity: quantity(units),
      fee: money(fee),
      liquidity: 'taker' as const,
    }
    list(executions, 'execution', { ...told, clientOrderId, forced: null })
    const cumulative = quantity(request.quantity.minus(order.left))
    news(order, { kind: 'order_filled', ...told, time: epochMs(now()), clientOrderId, cumulative, done })
    dropIdle(instrument)
  }

  /** True when the venue works off what is left of the order, a piece at a time. */
  function workOff(order: VenueOrder): boolean {
    const pause = isLive(order) ? venue.mischief.pauseMs(order.request) : 0
    if (pause === 0) return false
    later(pause, () => {
      if (!isLive(order)) return
      match(order, last[order.request.instrument.index]!)
      workOff(order)
    })
    return true
  }

  /** Reduce-only orders with nothing to reduce go. */
  function dropIdle(instrument: Instrument): void {
    for (const order of live(instrument)) {
      const sign = order.request.side === 'buy' ? 1 : -1
      if (order.request.reduceOnly && !reducible(instrument, sign).gt(0)) end(order, 'canceled', 'position_closed')
    }
  }

  function arrive(request: OrderRequest, fault: OrderFault): void {
    inFlight.delete(request.clientOrderId)
    const { instrument, clientOrderId } = request
    const sign = request.side === 'buy' ? 1 : -1
    const price = last[instrument.index]!
    const idle = request.reduceOnly && !reducible(instrument, sign).gt(0)
    const wouldTrigger = request.type === 'stop_market' && sign * (price - request.triggerPrice!.toNumber()) >= 0
    if (idle || wouldTrigger || fault.kind === 'reject') {
      const refused = wouldTrigger || fault.kind !== 'reject' ? 'X' : (fault.code ?? 'X')
      const code = idle ? 'REDUCE_ONLY' : refused
      const message = idle ? 'nothing to reduce' : wouldTrigger ? 'would trigger' : 'refused'
      tell(LATENCY_MS, { kind: 'order_rejected', ...base(instrument), clientOrderId, code, message })
      return
    }
    if (orders.has(clientOrderId)) throw new Error(`order ${clientOrderId} was sent twice`)
    const order: VenueOrder = {
      request,
      foreign: false,
      acceptedAt: now(),
      hiddenUntil: now() + venue.mischief.hiddenMs(request),
      left: request.quantity,
      state: 'accepted',
    }
    orders.set(clientOrderId, order)
    if (fault.kind === 'lose_answer') {
      if (fault.told)
        tell(LATENCY_MS, { kind: 'order_unknown', ...base(instrument), clientOrderId, message: 'no answer' })
    } else if (fault.kind === 'none') tell(LATENCY_MS, { kind: 'order_accepted', ...base(instrument), clientOrderId })
    if (request.type === 'market') {
      match(order, price)
      if (workOff(order)) return
    } else if (request.type === 'limit') tryLimit(order)
    if (request.timeInForce === 'IOC' && isLive(order)) end(order, 'expired', 'ioc')
  }

  function tryLimit(order: VenueOrder): void {
    const { request } = order
    const price = last[request.instrument.index]!
    const sign = request.side === 'buy' ? 1 : -1
    if (sign * (request.price!.toNumber() - price) >= 0) match(order, price)
  }

  function shown(order: VenueOrder | undefined): order is VenueOrder {
    return order !== undefined && order.hiddenUntil <= now()
  }

  /** What a look at one order tells: all that has happened to it. */
  function tellAll(order: VenueOrder): void {
    const { instrument, clientOrderId, quantity: ordered } = order.request
    tell(LATENCY_MS, { kind: 'order_accepted', ...base(instrument), clientOrderId })
    let cumulative = ZERO as Decimal
    for (const execution of executions) {
      if (execution.clientOrderId !== clientOrderId) continue
      // How it ended is not told before what it filled.
      if (!isListed(execution)) return void failing(instrument)
      cumulative = cumulative.plus(execution.quantity)
      tell(LATENCY_MS, {
        kind: 'order_filled',
        ...execution,
        time: epochMs(now()),
        clientOrderId,
        cumulative: quantity(cumulative),
        done: cumulative.eq(ordered),
      })
    }
    if (order.state === 'triggered') tell(LATENCY_MS, { kind: 'order_triggered', ...base(instrument), clientOrderId })
    if (order.state === 'canceled' || order.state === 'expired')
      tell(LATENCY_MS, { kind: `order_${order.state}`, ...base(instrument), clientOrderId, reason: 'looked up' })
  }

  const reported = (order: VenueOrder): OrderReport => ({
    clientOrderId: order.request.clientOrderId,
    instrument: order.request.instrument,
    side: order.request.side,
    type: order.request.type,
    quantity: order.request.quantity,
    filled: quantity(order.request.quantity.minus(order.left)),
    price: order.request.price ?? null,
    triggerPrice: order.request.triggerPrice ?? null,
    reduceOnly: order.request.reduceOnly,
  })

  function positions(): readonly PositionReport[] {
    return instruments.flatMap((instrument, i) => {
      const { signed, basis } = holdings[i]!
      if (signed.isZero()) return []
      return [
        {
          instrument,
          direction: signed.isPositive() ? ('LONG' as const) : ('SHORT' as const),
          quantity: quantity(signed.abs()),
          entryPrice: price(basis.div(signed)),
          liquidationPrice: null,
          leverage: null,
          marginMode: null,
        },
      ]
    })
  }

  const openOrders = (): readonly OrderReport[] => {
    for (const { hiddenUntil, request } of orders.values()) if (hiddenUntil > now()) failing(request.instrument)
    return [...orders.values()].filter((o) => isLive(o) && shown(o)).map(reported)
  }

  const listedExecutions = (): readonly ExecutionReport[] =>
    executions.filter((e) => {
      const order = orders.get(e.clientOrderId)
      return isListed(e) && (order === undefined || shown(order))
    })

  /** Reads the parts of a look, each at its own moment, and tells them as one. */
  function look(askedAt: number): void {
    const asker = process()
    const seen: { -readonly [K in keyof AccountSnapshot]?: AccountSnapshot[K] } = {}
    const { tornMs } = venue.mischief
    const readings: readonly (readonly [ms: number, read: () => void])[] = [
      [tornMs('wallet'), () => (seen.wallet = money(own.wallet))],
      [tornMs('orders'), () => (seen.openOrders = openOrders())],
      [tornMs('executions'), () => (seen.executions = listedExecutions())],
      [tornMs('fundings'), () => (seen.fundings = fundings.filter(isListed))],
    ]
    const told = (): void => {
      if (asker !== process()) return
      const { wallet, openOrders: open, executions: found, fundings: paid } = seen
      if (!wallet || !open || !found || !paid) throw new Error('a part of the look has not been read')
      tell(LATENCY_MS, {
        kind: 'account_snapshot',
        time: epochMs(now()),
        askedAt: epochMs(askedAt),
        wallet,
        openOrders: open,
        executions: found,
        fundings: paid,
        positions: positions(),
        historyFrom: epochMs(0),
      })
    }
    for (const [ms, read] of readings) whenPassed(ms, read)
    whenPassed(Math.max(...readings.map(([ms]) => ms)) + tornMs('positions'), told)
  }

  const whenPassed = (ms: number, run: () => void): void => (ms > 0 ? later(ms, run) : run())

  function foreignRequest(instrument: Instrument, id: string, type: 'limit' | 'market'): OrderRequest {
    return {
      clientOrderId: id as ClientOrderId,
      instrument,
      side: 'buy',
      type,
      quantity: quantity(instrument.lotSize.times(10)),
      price: price(new Dec(Math.round((last[instrument.index]! * 0.5) / instrument.tick)).times(instrument.tickSize)),
      timeInForce: 'GTC',
      reduceOnly: false,
      leg: 'entry',
      tradeId: 'somebody',
    }
  }

  const venue: FaultVenue = {
    mischief: KIND,
    orders,
    get wallet() {
      return own.wallet
    },
    inFlight,
    submitted,
    executions,
    byHand,
    failedAt: (instrument) => failures[instrument.index]!,
    held: (instrument) => holdings[instrument.index]!,
    live,
    submit(request) {
      if (submitted.some((o) => o.clientOrderId === request.clientOrderId))
        throw new Error(`order ${request.clientOrderId} was sent twice`)
      submitted.push(request)
      const fault = venue.mischief.order(request)
      const { instrument, clientOrderId } = request
      if (fault.kind !== 'none') failing(instrument)
      const unknown = (): EngineEvent => ({
        kind: 'order_unknown',
        ...base(instrument),
        clientOrderId,
        message: 'timeout',
      })
      if (fault.kind === 'lose_request') {
        if (fault.told) later(LATENCY_MS, () => tell(LATENCY_MS, unknown()))
        return
      }
      inFlight.set(clientOrderId, request)
      if (fault.kind === 'late') later(LATENCY_MS, () => tell(LATENCY_MS, unknown()))
      later(LATENCY_MS + (fault.kind === 'late' ? fault.ms : 0), () => arrive(request, fault))
    },
    cancel(id) {
      if (venue.mischief.cancelLost()) return
      later(LATENCY_MS, () => {
        const order = orders.get(id)
        if (order && isLive(order)) end(order, 'canceled', 'requested')
      })
    },
    query(id, instrument) {
      const askedAt = epochMs(now())
      later(LATENCY_MS, () => {
        const order = orders.get(id)
        if (venue.mischief.queryFails() && failing(instrument))
          tell(LATENCY_MS, {
            kind: 'order_unknown',
            ...base(instrument),
            clientOrderId: id,
            message: 'the query failed',
          })
        else if (shown(order)) tellAll(order)
        else if (order === undefined || failing(instrument))
          tell(LATENCY_MS, { kind: 'order_absent', ...base(instrument), clientOrderId: id, askedAt })
      })
    },
    check(id, instrument) {
      const askedAt = epochMs(now())
      later(LATENCY_MS, () => {
        const order = orders.get(id)
        if (venue.mischief.queryFails() && failing(instrument)) return
        if (!shown(order)) {
          if (order) failing(instrument)
          tell(LATENCY_MS, { kind: 'order_absent', ...base(instrument), clientOrderId: id, askedAt })
          return
        }
        tellAll(order)
        if (isLive(order)) tell(LATENCY_MS, { kind: 'order_seen', ...base(instrument), clientOrderId: id, askedAt })
      })
    },
    snapshot() {
      const askedAt = now()
      later(LATENCY_MS, () => {
        if (venue.mischief.snapshotFails() && failing(null))
          tell(LATENCY_MS, { kind: 'snapshot_failed', time: epochMs(now()), message: 'no answer' })
        else look(askedAt)
      })
    },
    price(instrument, price) {
      last[instrument.index] = price
      for (const order of live(instrument)) {
        const { request } = order
        if (!isLive(order) || order.foreign) continue
        const sign = request.side === 'buy' ? 1 : -1
        if (request.type === 'limit') tryLimit(order)
        else if (request.type === 'stop_market') {
          if (order.state === 'accepted' && sign * (price - request.triggerPrice!.toNumber()) >= 0) {
            order.state = 'triggered'
            report({ kind: 'order_triggered', ...base(instrument), clientOrderId: request.clientOrderId })
          }
          const triggers = order.state === 'triggered'
          if (order.state !== 'accepted') match(order, price)
          if (triggers) workOff(order)
        }
      }
    },
    drop(instrument, leg, silently) {
      for (const order of live(instrument, leg)) end(order, 'canceled', 'venue', silently)
    },
    force(instrument, share, cause) {
      const { signed } = holdings[instrument.index]!
      if (signed.isZero()) return
      const units = Dec.max(1, signed.abs().times(share).div(instrument.lotSize).floor()).times(instrument.lotSize)
      const sign = signed.isPositive() ? -1 : 1
      const at = last[instrument.index]!
      const fee = book(instrument, sign, new Dec(at), units)
      const told = {
        instrument,
        venueTime: epochMs(now()),
        tradeId: `v${own.trades}`,
        side: sign > 0 ? ('buy' as const) : ('sell' as const),
        price: price(at),
        quantity: quantity(units),
        fee: money(fee),
      }
      list(executions, 'execution', { ...told, clientOrderId: '', liquidity: 'taker', forced: cause })
      report({ kind: 'position_forced', ...told, time: epochMs(now()), cause })
      dropIdle(instrument)
    },
    manual(instrument, signed) {
      const sign = signed > 0 ? 1 : -1
      const units = instrument.lotSize.times(Math.abs(signed))
      const at = last[instrument.index]!
      byHand.push({ instrument, time: now(), before: holdings[instrument.index]!.signed })
      const fee = book(instrument, sign, new Dec(at), units)
      const told = {
        instrument,
        venueTime: epochMs(now()),
        tradeId: `v${own.trades}`,
        side: sign > 0 ? ('buy' as const) : ('sell' as const),
        price: price(at),
        quantity: quantity(units),
        fee: money(fee),
        liquidity: 'taker' as const,
        clientOrderId: 'web_1234' as ClientOrderId,
      }
      list(executions, 'execution', { ...told, forced: null })
      if (venue.mischief.tellsOthers())
        report({ kind: 'order_filled', ...told, time: epochMs(now()), cumulative: quantity(units), done: true })
      dropIdle(instrument)
    },
    foreignOrder(instrument, id, type = 'limit') {
      const request = foreignRequest(instrument, id, type)
      orders.set(id, {
        request,
        foreign: true,
        acceptedAt: now(),
        hiddenUntil: 0,
        left: request.quantity,
        state: 'accepted',
      })
    },
    removeForeign(id) {
      const order = orders.get(id)
      if (order) order.state = 'canceled'
    },
    forgetHistory() {
      executions.length = 0
    },
    transfer(amount) {
      own.wallet = own.wallet.plus(amount)
    },
    fund(instrument, rate) {
      const { signed } = holdings[instrument.index]!
      if (signed.isZero()) return
      const at = last[instrument.index]!
      const amount = signed.times(at).times(rate).neg().toDecimalPlaces(8)
      own.wallet = own.wallet.plus(amount)
      const paid: FundingPaid = {
        kind: 'funding_paid',
        ...base(instrument),
        rate,
        mark: price(at),
        quantity: quantity(signed.abs()),
        direction: signed.isPositive() ? 'LONG' : 'SHORT',
        amount: money(amount),
      }
      list(fundings, 'funding', paid)
      report(paid)
    },
  }
  return venue
}
