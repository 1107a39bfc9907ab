import type { EngineEvent } from '../domain/event.ts'
import type { Effect, Submit } from '../domain/effect.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import type { Clock } from '../port/clock.ts'
import type { Journal } from '../port/journal.ts'
import type { EventSource } from '../port/market.ts'
import type { Notifier } from '../port/notifier.ts'
import type { Venue } from '../port/venue.ts'
import { createTimerQueue } from './timer-queue.ts'

/** After the last command, outcomes that are already on their way get this much market time. */
const DRAIN_MS = 60_000
/** What must survive even where nothing came of it: the account's history and the orders of people. */
export const REMEMBERED: ReadonlySet<EngineEvent['kind']> = new Set([
  'order_accepted',
  'order_rejected',
  'order_triggered',
  'order_filled',
  'order_canceled',
  'order_expired',
  'order_unknown',
  'order_absent',
  'funding_paid',
  'position_forced',
  'venue_alarm',
  'contract_changed',
  'command',
])

/** Spares the set the prices and bars, of which most is made. */
const isRemembered = (kind: EngineEvent['kind']): boolean => kind !== 'bar' && kind !== 'price' && REMEMBERED.has(kind)

/** Events without consequences that are played before signals and the clock are looked at again. */
const BURST = 1_024

/** Pure: what the run loop drives. */
export interface EventProcessor {
  process(event: EngineEvent): readonly Effect[]
}

export interface RunPorts {
  readonly clock: Clock
  readonly venue: Venue
  /** Everything besides the venue that produces events: heatmaps, commands. */
  readonly sources: readonly EventSource[]
  readonly journal: Journal
  readonly notifier: Notifier
  /** Sees every event and what came of it; for displays and reports. */
  readonly observe: (event: EngineEvent, effects: readonly Effect[]) => void
}

export interface RunOptions {
  /** Market time at which to end; `null`: when the sources do. */
  readonly until: EpochMs | null
  readonly interrupt: AbortSignal
  /** Sent when the run ends, before the last outcomes are awaited: closes what is open, or nothing. */
  readonly lastCommand: (time: EpochMs) => EngineEvent | null
  /**
   * Where outcomes take their own time: whether nothing more is to be waited for, and for how long at most. Absent: the
   * venue knows everything at once.
   */
  readonly drain?: {
    readonly settled: () => boolean
    /** Market time. */
    readonly withinMs: number
    /** Nothing more can come, or it has taken too long: market time may stand still for ever. */
    readonly abandoned?: () => boolean
  }
}

export type RunEnd = 'finished' | 'exhausted' | 'interrupted'

/**
 * The one loop of every mode: next event → process → commit → dispatch. Synchronous as long as the clock need not wait;
 * at equal times the venue's events come first (account, then market), then heatmaps, timers, commands.
 */
export async function run(engine: EventProcessor, ports: RunPorts, options: RunOptions): Promise<RunEnd> {
  const { clock, venue, sources, journal, notifier, observe } = ports
  const timers = createTimerQueue()
  const end = options.until ?? Number.POSITIVE_INFINITY

  function dispatch(effects: readonly Effect[], time: EpochMs): void {
    // By hand here and below: a list's iterator costs an object for each of the many short lists.
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!
      switch (effect.kind) {
        case 'submit':
          venue.submit(effect.order, time)
          break
        case 'cancel':
          venue.cancel(effect.clientOrderId, effect.instrument, time)
          break
        case 'query':
          venue.query(effect.clientOrderId, effect.instrument, time)
          break
        case 'check':
          venue.check(effect.clientOrderId, effect.instrument, time)
          break
        case 'snapshot':
          venue.snapshot(time, effect.afresh)
          break
        case 'schedule':
          timers.set(effect.id, effect.at)
          break
        case 'alert':
          notifier.alert(effect, time)
          break
        case 'note':
        case 'save':
          break
      }
    }
  }

  /** True when something came of the event. */
  function handle(event: EngineEvent): boolean {
    const effects = engine.process(event)
    const acted = effects.length > 0
    if (acted || isRemembered(event.kind)) {
      const commit = journal.commit(event, effects)
      if (commit.kind === 'durable') dispatch(effects, event.time)
      else withhold(effects, event.time, commit.message)
    }
    observe(event, effects)
    return acted
  }

  /** The journal refuses: what reduces risk leaves all the same, an order that opens a position never does. */
  function withhold(effects: readonly Effect[], time: EpochMs, why: string): void {
    const held: Submit[] = []
    const rest: Effect[] = []
    for (const effect of effects) {
      if (effect.kind === 'submit' && !effect.order.reduceOnly) held.push(effect)
      else rest.push(effect)
    }
    const message = `the journal takes nothing (${why}); no entries until it does`
    notifier.alert({ kind: 'alert', level: 'critical', code: 'JOURNAL_REFUSED', message }, time)
    dispatch(rest, time)
    for (const { order } of held) {
      const { clientOrderId, instrument } = order
      handle({
        kind: 'order_rejected',
        time,
        venueTime: time,
        instrument,
        clientOrderId,
        code: 'JOURNAL_REFUSED',
        message,
      })
    }
  }

  // Fields, because a captured variable that holds a double costs an allocation each time it is set.
  const at = { now: clock.now(), soonest: Number.POSITIVE_INFINITY }

  /** Index of the source that speaks next, -1 for the timers; sets `at.soonest`. */
  function nextSpeaker(): number {
    let speaker = -1
    let soonest = Number.POSITIVE_INFINITY
    for (let i = 0; i < sources.length; i++) {
      const time = sources[i]!.peek()
      if (time !== undefined && time < soonest) {
        soonest = time
        speaker = i
      }
    }
    const timer = timers.nextAt()
    if (timer < soonest) {
      soonest = timer
      speaker = -1
    }
    at.soonest = soonest
    return speaker
  }

  const hasEnded = (): boolean => venue.events.exhausted() && sources.every((source) => source.exhausted())

  /** Lets the venue's events through up to `limit`, until one has consequences; false when there was none. */
  function playVenue(limit: EpochMs): boolean {
    let played = 0
    while (played < BURST) {
      const event = venue.events.next(limit)
      if (!event) return played > 0
      played++
      at.now = event.time
      if (handle(event)) break
    }
    clock.advance(at.now)
    return true
  }

  let reason: RunEnd
  for (;;) {
    if (options.interrupt.aborted) {
      reason = 'interrupted'
      break
    }
    const speaker = nextSpeaker()
    let limit = Math.min(at.soonest, end)
    // A clock that never waits needs not know beforehand when the venue will speak.
    if (clock.paced) limit = Math.min(limit, venue.events.peek() ?? Number.POSITIVE_INFINITY)
    const waiting = clock.wait(epochMs(limit), options.interrupt)
    if (waiting) {
      await waiting
      // Look again: something may have come in from outside, and a wait may end before its time.
      continue
    }
    if (playVenue(epochMs(limit))) continue
    // A market that has ended passes no more time: what timers would still decide, nobody could fill.
    if (speaker < 0 && hasEnded()) {
      reason = 'exhausted'
      break
    }
    if (at.soonest < Number.POSITIVE_INFINITY && at.soonest <= limit) {
      const now = epochMs(Math.max(at.now, at.soonest))
      at.now = now
      clock.advance(now)
      if (speaker >= 0) {
        const outside = sources[speaker]!.next(now)
        if (outside) handle(outside)
      } else {
        const timer = timers.pop()
        if (timer) handle({ kind: 'timer', time: now, id: timer.id })
      }
      continue
    }
    if (limit === end && end < Number.POSITIVE_INFINITY) {
      reason = 'finished'
      break
    }
  }

  const last = options.lastCommand(at.now)
  if (last) handle(last)
  if (options.drain) await drain(options.drain)
  else {
    const horizon = epochMs(at.now + DRAIN_MS)
    for (let event = venue.events.next(horizon); event; event = venue.events.next(horizon)) handle(event)
  }
  return reason

  /** Goes on with the account's news and the timers, without the market's, until all is settled or the time is over. */
  async function drain({ settled, withinMs, abandoned }: NonNullable<RunOptions['drain']>): Promise<void> {
    const never = new AbortController().signal
    const horizon = epochMs(clock.now() + withinMs)
    for (;;) {
      const now = clock.now()
      const event = venue.events.next(now)
      if (event) handle(event)
      else if (timers.nextAt() <= now) handle({ kind: 'timer', time: now, id: timers.pop()!.id })
      else if ((venue.pending === 0 && settled()) || now >= horizon || abandoned?.() === true) return
      else await clock.wait(epochMs(Math.min(timers.nextAt(), horizon)), never)
    }
  }
}
