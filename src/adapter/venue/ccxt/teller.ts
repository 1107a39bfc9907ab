import { setTimeout as delay } from 'node:timers/promises'
import { ZERO, type Decimal } from '../../../domain/decimal.ts'
import { sum } from '../../../domain/exact.ts'
import type { AccountEvent, ForcedCause } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { EpochMs, Quantity } from '../../../domain/unit.ts'
import type { Dialect, VenueExecution, VenueOrder } from './dialect.ts'
import type { KnownOrder, KnownOrders } from './known-order.ts'

/** Turns what the venue says about orders into events. Trades win over statuses: an order ends after its fills are told. */
export interface Teller {
  /** A frame of the stream. */
  onFrame(order: VenueOrder, execution: VenueExecution | null): void
  /** An answer; resolves when its fills, and those of a child, are told as well. */
  onAnswer(order: VenueOrder): Promise<void>
}

export interface TellerOptions {
  readonly dialect: Pick<Dialect, 'executionsOf' | 'find' | 'findChild'>
  readonly orders: KnownOrders
  readonly now: () => EpochMs
  readonly push: (event: AccountEvent) => void
  /** Work that goes on by itself; it never rejects. */
  readonly background: (work: () => Promise<void>) => void
  /** Takes in the whole account: something happened that cannot be told by itself. */
  readonly look: () => void
}

/** Of a rejection: a dialect that knows our code for it says so in the reason. */
const STABLE_CODE = /^[A-Z]+(?:_[A-Z]+)+$/
/** Trades may be listed a moment after they happened; wall ms before each look. */
const CATCH_UP_DELAYS_MS = [0, 100, 400, 1_500] as const
/** Orders whose owner is being looked for, and their frames. */
const MAX_ORPHANS = 128
const MAX_ORPHAN_FRAMES = 64
/** Executions by the venue itself that are remembered as told. */
const MAX_CLOSINGS = 128

interface Orphan {
  readonly order: VenueOrder
  readonly execution: VenueExecution | null
}

export function createTeller(options: TellerOptions): Teller {
  const { dialect, orders, now, push, background, look } = options
  const orphans = new Map<string, Orphan[]>()
  const searching = new Set<Instrument>()
  const catchingUp = new Map<KnownOrder, Promise<void>>()
  const closings = new Set<string>()

  const idOf = (known: KnownOrder): ClientOrderId => known.clientOrderId as ClientOrderId

  function tellExecution(known: KnownOrder, execution: VenueExecution): void {
    const { instrument, tradeId, side, price, quantity, fee, liquidity, venueTime } = execution
    if (!known.told.has(tradeId)) {
      known.told.add(tradeId)
      known.toldQuantity = sum(known.toldQuantity, quantity)
    }
    const cumulative = known.toldQuantity as Quantity
    push({
      kind: 'order_filled',
      time: now(),
      venueTime,
      instrument,
      clientOrderId: idOf(known),
      tradeId,
      side,
      price,
      quantity,
      fee,
      liquidity,
      cumulative,
      done: cumulative.gte(known.quantity),
    })
  }

  /** State news of an order that still has a life before it. */
  function tellAlive(known: KnownOrder, order: VenueOrder): void {
    const { instrument, venueTime } = order
    const base = { time: now(), venueTime, instrument, clientOrderId: idOf(known) }
    if (order.status === 'triggered') push({ kind: 'order_triggered', ...base })
    else if (order.status === 'open' && order.venueId !== known.childId) push({ kind: 'order_accepted', ...base })
  }

  function tellEnd(known: KnownOrder, order: VenueOrder): void {
    const { instrument, venueTime, reason } = order
    const base = { time: now(), venueTime, instrument, clientOrderId: idOf(known) }
    const whole = known.toldQuantity.gte(known.quantity)
    switch (order.status) {
      case 'open':
      case 'triggered':
        return
      case 'filled':
        // Executions that are still to be heard of end it themselves.
        if (order.filled.gt(known.toldQuantity)) return
        known.ended = true
        // The venue cut a reduce-only order down to the position.
        if (!whole) push({ kind: 'order_canceled', ...base, reason: 'reduce_only' })
        return
      case 'canceled':
        known.ended = true
        if (!whole) push({ kind: 'order_canceled', ...base, reason: 'requested' })
        return
      case 'expired':
        known.ended = true
        if (!whole) push({ kind: 'order_expired', ...base, reason })
        return
      case 'rejected':
        known.ended = true
        push({
          kind: 'order_rejected',
          ...base,
          code: STABLE_CODE.test(reason) ? reason : 'REJECTED_BY_VENUE',
          message: reason,
        })
        return
    }
  }

  /** Asks for the order's trades until `expected` is told; one at a time for each order. */
  function catchUp(known: KnownOrder, expected: Decimal): Promise<void> {
    const running = catchingUp.get(known)
    if (running) return running
    const work = (async () => {
      for (const wait of CATCH_UP_DELAYS_MS) {
        if (known.toldQuantity.gte(expected)) return
        if (wait > 0) await delay(wait)
        const orderId = known.childId ?? known.venueId
        if (orderId === null) return
        for (const execution of await dialect.executionsOf(known.instrument, orderId)) {
          if (!known.told.has(execution.tradeId)) tellExecution(known, execution)
        }
      }
    })().finally(() => catchingUp.delete(known))
    catchingUp.set(known, work)
    return work
  }

  function bind(known: KnownOrder, order: VenueOrder): void {
    if (order.childId === null || known.childId === order.childId) return
    orders.bindChild(known, order.childId)
    const held = orphans.get(order.childId)
    if (!held) return
    orphans.delete(order.childId)
    for (const each of held) onOwn(known, each.order, each.execution)
  }

  /** A frame of an order whose owner is known. */
  function onOwn(known: KnownOrder, order: VenueOrder, execution: VenueExecution | null): void {
    if (execution === null) tellAlive(known, order)
    else tellExecution(known, execution)
    const missing = order.filled.gt(known.toldQuantity)
    // A conditional order that has triggered ends as its child does.
    const childUnclear = order.reason === 'finished' && !known.ended && known.toldQuantity.lt(known.quantity)
    if (missing || childUnclear) background(() => finish(known, order))
    else tellEnd(known, order)
  }

  /**
   * Tells the fills that are missing, then the end: of the child, where there is one.
   * @param asked the end is told again: whoever asks has not heard of it, or has had to forget it
   */
  async function finish(known: KnownOrder, order: VenueOrder, asked = false): Promise<void> {
    if (order.namespace === 'conditional' && known.childId !== null && order.status === 'triggered') {
      const child = await dialect.findChild(known.childId, known.instrument)
      if (child) return await finish(known, child, asked)
    }
    if (order.filled.gt(known.toldQuantity)) await catchUp(known, order.filled)
    if (asked || !known.ended) tellEnd(known, order)
  }

  function hold(order: VenueOrder, execution: VenueExecution | null): void {
    const held = orphans.get(order.venueId) ?? []
    if (held.length < MAX_ORPHAN_FRAMES) held.push({ order, execution })
    orphans.set(order.venueId, held)
    if (orphans.size > MAX_ORPHANS) disown(orphans.keys().next().value!)
  }

  /** Nobody of ours became this order: it is told under the name it has. */
  function disown(venueId: string): void {
    const held = orphans.get(venueId) ?? []
    orphans.delete(venueId)
    for (const { order, execution } of held) tellForeign(order, execution)
  }

  function tellForeign(order: VenueOrder, execution: VenueExecution | null): void {
    const { instrument, venueTime, clientOrderId, filled, quantity } = order
    const base = { time: now(), venueTime, instrument, clientOrderId: clientOrderId as ClientOrderId }
    if (execution) {
      const { instrument: _, orderId: __, venueTime: ___, forced: ____, ...rest } = execution
      push({ kind: 'order_filled', ...base, ...rest, cumulative: filled, done: filled.gte(quantity) })
    } else if (order.status === 'open') push({ kind: 'order_accepted', ...base })
  }

  function tellClosing(execution: VenueExecution, cause: ForcedCause): void {
    const key = `${execution.instrument.symbol} ${execution.tradeId}`
    if (closings.has(key)) return
    closings.add(key)
    if (closings.size > MAX_CLOSINGS) closings.delete(closings.values().next().value!)
    const { orderId: _, liquidity: __, forced: ___, ...rest } = execution
    push({ kind: 'position_forced', time: now(), cause, ...rest })
  }

  /** A closing by the venue that was told without its trades. */
  async function lookUpClosing(order: VenueOrder, cause: ForcedCause): Promise<void> {
    let isTold = false
    try {
      for (const wait of CATCH_UP_DELAYS_MS) {
        if (wait > 0) await delay(wait)
        const executions = await dialect.executionsOf(order.instrument, order.venueId)
        for (const execution of executions) tellClosing(execution, cause)
        isTold = executions.reduce<Decimal>((all, { quantity }) => sum(all, quantity), ZERO).gte(order.filled)
        if (isTold) return
      }
    } finally {
      if (!isTold) look()
    }
  }

  /** A child can be heard of before its parent says that it has one: the parents are asked. */
  function search(instrument: Instrument): void {
    const candidates = orders.childless(instrument)
    if (candidates.length === 0) {
      disownAll(instrument)
      return
    }
    if (searching.has(instrument)) return
    searching.add(instrument)
    background(async () => {
      try {
        for (const known of candidates) {
          const order = await dialect.find('conditional', known.clientOrderId, instrument)
          if (order) bind(known, order)
        }
      } finally {
        searching.delete(instrument)
        disownAll(instrument)
      }
    })
  }

  function disownAll(instrument: Instrument): void {
    for (const [venueId, held] of [...orphans]) if (held[0]?.order.instrument === instrument) disown(venueId)
  }

  return {
    onFrame(order, execution) {
      const cause = execution?.forced ?? order.forced
      if (cause) {
        if (execution) tellClosing(execution, cause)
        else if (order.filled.gt(0)) background(() => lookUpClosing(order, cause))
        return
      }
      const known =
        order.namespace === 'regular'
          ? (orders.byVenueId(order.venueId) ?? orders.of(order, now()))
          : orders.of(order, now())
      if (known) {
        if (order.namespace === 'conditional') bind(known, order)
        onOwn(known, order, execution)
      } else if (order.namespace === 'conditional') tellForeign(order, null)
      else {
        hold(order, execution)
        search(order.instrument)
      }
    },

    async onAnswer(order) {
      const known =
        order.namespace === 'regular'
          ? (orders.byVenueId(order.venueId) ?? orders.of(order, now()))
          : orders.of(order, now())
      if (!known) return
      if (order.namespace === 'conditional') bind(known, order)
      if (order.status !== 'rejected')
        tellAlive(known, { ...order, status: order.status === 'triggered' ? 'triggered' : 'open' })
      await finish(known, order, true)
    },
  }
}
