import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { epochMs } from '../../domain/unit.ts'
import type { Tape, TapeItem } from '../tape.ts'
import type { Feed } from './feed.ts'
import type { ForcedOrderSummary } from './forced-orders.ts'
import { barEvents, type CrowdHistory } from './history.ts'
import { TICK_MS, TICKS_PER_FUNDING, type Pace } from './pace.ts'

/**
 * The crowd as a tape. Published as an exchange would: moves every 2 s with the book, closed bars 1.5 s after their end,
 * open interest every 30 s, funding at 00, 08 and 16 UTC.
 */
export interface CrowdTape extends Tape {
  /** The bars known at the first move. Throws on an instrument that is not on the tape. */
  history(instrument: Instrument): CrowdHistory
  /** The same bars of all symbols as events, in time order. */
  preroll(): Iterable<BarEvent>
  /** Forced orders since the crowd began, as of the last move. */
  forcedOrders(instrument: Instrument): Readonly<ForcedOrderSummary>
}

export interface CrowdTapeParts {
  readonly instruments: readonly Instrument[]
  /** One a symbol, stepped up to the tick before `firstTick`. */
  readonly feeds: readonly Feed[]
  readonly histories: readonly CrowdHistory[]
  readonly firstTick: number
  readonly origin: number
  readonly end: number
  readonly pace: Pace
}

export function createCrowdTape({
  instruments,
  feeds,
  histories,
  firstTick,
  origin,
  end,
  pace,
}: CrowdTapeParts): CrowdTape {
  // Items of the present step, then those that wait for their time, in order.
  const ready: TapeItem[] = []
  const waiting: TapeItem[] = []
  let at = 0
  let tick = firstTick

  const wait = (item: TapeItem | undefined): void => {
    if (!item) return
    let i = waiting.length
    while (i > 0 && waiting[i - 1]!.time > item.time) i--
    waiting.splice(i, 0, item)
  }
  const release = (until: number): void => {
    while (waiting.length > 0 && waiting[0]!.time <= until) ready.push(waiting.shift()!)
  }

  const step = (): void => {
    const time = origin + tick * TICK_MS
    release(time)
    for (let i = 0; i < feeds.length; i++) {
      const feed = feeds[i]!
      wait(feed.bar(tick))
      feed.turn(tick)
      feed.lead()
      feed.market.step(tick, pace)
      wait(feed.openInterest(tick))
      ready.push(feed.move(tick))
    }
    if (tick % TICKS_PER_FUNDING === 0) for (let i = 0; i < feeds.length; i++) ready.push(feeds[i]!.settlement(tick))
    tick++
  }

  /** Whether an item is ready, stepping the market on where none is. */
  const fill = (): boolean => {
    if (at < ready.length) return true
    ready.length = 0
    at = 0
    if (origin + tick * TICK_MS <= end) step()
    else release(end)
    return ready.length > 0
  }

  const indexOf = (instrument: Instrument): number => {
    const i = instruments.findIndex((other) => other.symbol === instrument.symbol)
    if (i < 0) throw new RangeError(`${instrument.symbol} is not on this tape`)
    return i
  }

  return {
    instruments,
    peek: () => (fill() ? epochMs(ready[at]!.time) : undefined),
    next() {
      if (!fill()) throw new RangeError('the tape has ended')
      return ready[at++]!
    },
    history: (instrument) => histories[indexOf(instrument)]!,
    preroll: () => barEvents(instruments, histories),
    forcedOrders: (instrument) => feeds[indexOf(instrument)]!.market.forced,
  }
}
