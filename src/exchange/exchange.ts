import type { AccountEvent, AccountSnapshot, EngineEvent, ForcedCause } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import { createRecentList } from '../domain/recent-list.ts'
import { clear } from '../domain/short-list.ts'
import { type EpochMs, epochMs } from '../domain/unit.ts'
import { refreshActivity } from './account.ts'
import { onCancel, onQuery, onRelease, onSubmit } from './arrival.ts'
import { ENDED_KEPT, type Core } from './core.ts'
import { onCrossing } from './crossing.ts'
import { blankPrice, onItem, onMove } from './items.ts'
import { forceClosed } from './forced.ts'
import { openBooks, type Ledger } from './ledger.ts'
import { halfSpreadRatio, type ExchangeParameters } from './parameters.ts'
import { lookAhead } from './point.ts'
import { createPassOver } from './pass-over.ts'
import { restoreExchange, saveExchange, type SavedExchange } from './saved.ts'
import { createSchedule, type Action } from './schedule.ts'
import { createSlot, type Slot } from './slot.ts'
import { snapshotOf } from './snapshot.ts'
import { createTapeReader } from './tape-reader.ts'
import type { Move, Tape, TapeItem } from './tape.ts'
import { findCrossing, inside } from './watch.ts'

export interface EmbeddedExchange {
  readonly instruments: readonly Instrument[]
  /** Account and market events in the order in which they happen. Market event objects are reused. */
  readonly events: {
    /** Nothing happens before this time; `undefined` when nothing will happen any more. */
    peek(): EpochMs | undefined
    /** Advances exactly as far as the event it returns; `undefined`: nothing happens up to `until`. */
    next(until: EpochMs): EngineEvent | undefined
    exhausted(): boolean
  }
  /** Sends an order that meets the market one latency after `at`. */
  submit(order: OrderRequest, at: EpochMs): void
  cancel(id: ClientOrderId, instrument: Instrument, at: EpochMs): void
  query(id: ClientOrderId, instrument: Instrument, at: EpochMs): void
  snapshot(at: EpochMs): AccountSnapshot
  /** Tells the account as it is now among the events. */
  tellSnapshot(at: EpochMs): void
  /** Changes the leverage of positions yet to be opened; `false` while the instrument has a position or an order. */
  setLeverage(instrument: Instrument, leverage: number): boolean
  /** Closes the position, if there is one, at the mark price by the exchange's own hand. */
  forceClose(instrument: Instrument, cause: ForcedCause, at: EpochMs): void
  /**
   * The account for a later process. Executions that are older than the latest few hundred are let go. Asked before an
   * event is handed on, it knows of everything that the receiver will have heard of.
   */
  save(): SavedExchange
  /** Whether an order of the instrument's, or its liquidation, lies between two prices, the bounds included. */
  meets(instrument: Instrument, low: number, high: number): boolean
  /** Live books, for checks and reports; not to be written. */
  readonly ledger: Ledger
}

export interface ExchangeOptions {
  readonly tape: Tape
  readonly parameters: ExchangeParameters
  /** Keep every execution in `ledger.fills`. */
  readonly keepFills?: boolean
  /** The account as an earlier process has left it. */
  readonly saved?: SavedExchange
  /** Ended orders whose last word is kept for questions; 4,096 where nothing is said. */
  readonly endedKept?: number
  /**
   * By instrument index: prices strictly between the two bounds interest nobody, and their events may be left out. The
   * caller keeps the bounds current; the bar that ends such a stretch is always told.
   */
  readonly quiet?: readonly QuietBand[]
}

/** Bounds that the receiver of prices maintains. */
export interface QuietBand {
  readonly low: number
  readonly high: number
}

/** A whole exchange for one account, driven by a tape and by whoever asks for its next event. */
export function createExchange(options: ExchangeOptions): EmbeddedExchange {
  const { tape, parameters } = options
  const listed = tape.instruments.map((each) =>
    createSlot(each, halfSpreadRatio(parameters, each.symbol), parameters.leverage),
  )
  const slots: (Slot | undefined)[] = []
  for (const slot of listed) slots[slot.instrument.index] = slot
  const core: Core = {
    parameters,
    slots,
    listed,
    books: openBooks(parameters.startingBalance),
    schedule: createSchedule(),
    outbox: [],
    ended: createRecentList(options.endedKept ?? ENDED_KEPT),
    keepFills: options.keepFills ?? false,
    historyFrom: 0,
    active: [],
    positionCount: 0,
    sequence: 0,
  }
  if (options.saved !== undefined) restoreExchange(core, options.saved)
  const { schedule, outbox, active } = core
  const reader = createTapeReader(tape)
  const price = blankPrice(tape.instruments[0]!)
  let delivered = 0

  const slotOf = (instrument: Instrument): Slot => {
    const slot = slots[instrument.index]
    if (slot === undefined || slot.instrument.symbol !== instrument.symbol)
      throw new Error(`exchange: ${instrument.symbol} is not listed`)
    return slot
  }

  const deliver = (until: number): AccountEvent | undefined => {
    const event = outbox[delivered]!
    if (event.time > until) return undefined
    delivered += 1
    if (delivered === outbox.length) {
      clear(outbox)
      delivered = 0
    }
    return event
  }

  const send = (action: Action): void => {
    const slot = slotOf(action.instrument)
    if (action.time < slot.time) throw new Error(`exchange: ${action.instrument.symbol} is past ${action.time} already`)
    slot.pending += 1
    refreshActivity(core, slot)
    schedule.add(action)
  }

  const act = (action: Action): void => {
    const slot = slotOf(action.instrument)
    slot.pending -= 1
    slot.cursor = Math.max(slot.cursor, action.time)
    slot.stale = true
    switch (action.kind) {
      case 'submit':
        onSubmit(core, slot, action.request, action.time)
        break
      case 'cancel':
        onCancel(core, slot, action.id, action.time)
        break
      case 'query':
        onQuery(core, slot, action.id, action.time)
        break
      case 'force':
        forceClosed(core, slot, action.cause, action.time)
        break
      case 'release':
        onRelease(core, slot, action.order, action.time)
        break
    }
    refreshActivity(core, slot)
  }

  /** The slot whose path makes something happen first; its paths are looked up as far as needed. */
  const firstCrossing = (): Slot | undefined => {
    let first: Slot | undefined
    for (const slot of active) {
      if (slot.next === null) {
        const next = reader.nextMove(slot.instrument.index)
        if (next !== null) lookAhead(slot, next)
      }
      if (slot.stale) findCrossing(slot)
      if (slot.crossing.time < (first === undefined ? Infinity : first.crossing.time)) first = slot
    }
    return first
  }

  const { quiet } = options
  const isQuiet = (move: Move): boolean => {
    if (quiet === undefined) return false
    const { low, high } = quiet[move.instrument.index]!
    return move.last > low && move.last < high && move.mark > low && move.mark < high
  }

  const passOver = createPassOver(core, tape, quiet)
  const closesBars = tape.closesBars ?? ((): boolean => false)

  const headTime = (): number => reader.head()?.time ?? tape.peek() ?? Infinity

  /**
   * The common case without detours: the next item of the tape, when no order, position or request can have anything
   * to do before it or because of it. A move that does not qualify is handed to the reader.
   */
  const straight = (until: number): EngineEvent | undefined => {
    for (;;) {
      const time = tape.peek()
      if (time === undefined || time > until || time > schedule.time) return undefined
      passOver(Math.min(until, schedule.time))
      const item: TapeItem = tape.next()
      const slot = slots[item.instrument.index]!
      if (active.length > 0) {
        if (slot.active && !slot.touched) {
          if (item.kind === 'move' && inside(slot, item.last, item.mark)) {
            onMove(core, slot, item, price)
            if (isQuiet(item)) continue
            return price
          }
          // Between a bar's close and the next open there is no path on which anything could be met.
          if (item.kind === 'bar' && slot.inBar) return onItem(core, slot, item, price)
        }
        reader.hold(item)
        return undefined
      }
      const event = onItem(core, slot, item, price)
      if (event !== undefined && !(item.kind === 'move' && isQuiet(item))) return event
    }
  }

  const isUntouched = (): boolean => {
    for (let i = 0; i < active.length; i += 1) if (active[i]!.touched || !active[i]!.inBar) return false
    return true
  }

  /** A closed bar that is next, when nothing happens before it: no path leads there on which anything could be met. */
  const closedBar = (until: number): EngineEvent | undefined => {
    const time = tape.peek()
    if (time === undefined || time > until || time > schedule.time || !isUntouched()) return undefined
    const item = tape.next()
    return onItem(core, slots[item.instrument.index]!, item, price)
  }

  const next = (until: EpochMs): EngineEvent | undefined => {
    if (outbox.length > 0) return deliver(until)
    if (reader.size === 0 && closesBars()) {
      const event = closedBar(until)
      if (event !== undefined) return event
    }
    if (reader.size === 0 && active.length <= 1 && parameters.deleveragingStress !== true) {
      const event = straight(until)
      if (event !== undefined) return event
    }
    for (;;) {
      if (reader.size === 0) passOver(Math.min(until, schedule.time))
      const crossed = firstCrossing()
      const crossTime = crossed?.crossing.time ?? Infinity
      const itemTime = headTime()
      const settles = reader.head()?.kind === 'funding'
      if (
        crossed !== undefined &&
        crossTime <= schedule.time &&
        (settles ? crossTime < itemTime : crossTime <= itemTime)
      ) {
        if (crossTime > until) return undefined
        onCrossing(core, crossed)
      } else if (itemTime <= schedule.time) {
        if (itemTime > until || itemTime === Infinity) return undefined
        const item = reader.size > 0 ? reader.take() : tape.next()
        const market = onItem(core, slots[item.instrument.index]!, item, price)
        if (market !== undefined && !(item.kind === 'move' && isQuiet(item))) return market
      } else {
        if (schedule.time > until) return undefined
        act(schedule.take())
      }
      if (outbox.length > 0) return deliver(until)
    }
  }

  const peek = (): EpochMs | undefined => {
    if (outbox.length > 0) return outbox[delivered]!.time
    const crossTime = firstCrossing()?.crossing.time ?? Infinity
    const time = Math.min(crossTime, headTime(), schedule.time)
    return time === Infinity ? undefined : epochMs(time)
  }

  return {
    instruments: tape.instruments,
    events: { peek, next, exhausted: () => peek() === undefined && tape.goesOn?.() !== true },
    submit: (order, at) =>
      send({ kind: 'submit', time: at + parameters.latencyMs, instrument: order.instrument, request: order }),
    cancel: (id, instrument, at) => send({ kind: 'cancel', time: at + parameters.latencyMs, instrument, id }),
    query: (id, instrument, at) => send({ kind: 'query', time: at + parameters.latencyMs, instrument, id }),
    snapshot: (at) => snapshotOf(core, at),
    tellSnapshot: (at) => void outbox.push(snapshotOf(core, at)),
    setLeverage(instrument, leverage) {
      const slot = slotOf(instrument)
      if (slot.size !== 0 || slot.orders.length > 0) return false
      slot.leverage = leverage
      return true
    },
    forceClose: (instrument, cause, at) => send({ kind: 'force', time: at, instrument, cause }),
    save: () => saveExchange(core),
    meets(instrument, low, high) {
      const slot = slotOf(instrument)
      return slot.active && !(inside(slot, low, low) && inside(slot, high, high))
    },
    ledger: core.books,
  }
}
