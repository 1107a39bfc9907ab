import type {
  AccountEvent,
  CommandEvent,
  EngineEvent,
  HeatmapEvent,
  HeatmapFailed,
  MarketEvent,
  TimerEvent,
} from '../../../domain/event.ts'
import type { EmbeddedExchange } from '../../exchange.ts'
import { isMarketEvent, mergeEvents } from './merged-events.ts'

/** Moves market time and hands out what happens on the way. */
export interface Driver {
  readonly now: number
  /** The market has nothing more to come. */
  readonly ended: boolean
  /** Plays everything up to and including `until`, which becomes the time. */
  playTo(until: number): void
  /**
   * Plays to `until`, or only to the first instant at which something was published, with all that belongs to that
   * instant. `Infinity`: to the next publication.
   */
  playToPublication(until: number): void
}

export interface DriverOptions {
  /** The matching cores of the accounts, all on the same tape. */
  readonly exchanges: readonly [EmbeddedExchange, ...EmbeddedExchange[]]
  readonly start: number
  /** True when somebody was told. Market events are reused objects. */
  readonly onMarket: (event: MarketEvent, now: number) => boolean
  /** `account`: the index of its core. */
  readonly onAccount: (event: AccountEvent, now: number, account: number) => boolean
  /** Something of the exchange's own that is due at a market time, after all events of that time. */
  readonly alarm?: { readonly due: number; ring(now: number): void }
}

/** What an exchange never says. */
const isOfTheBot = (event: EngineEvent): event is HeatmapEvent | HeatmapFailed | TimerEvent | CommandEvent =>
  event.kind === 'heatmap' || event.kind === 'heatmap_failed' || event.kind === 'timer' || event.kind === 'command'

export function createDriver({ exchanges, start, onMarket, onAccount, alarm }: DriverOptions): Driver {
  const at = { now: start, ended: false }
  const events = mergeEvents(exchanges)

  function tell(event: EngineEvent): boolean {
    at.now = Math.max(at.now, event.time)
    if (isMarketEvent(event)) return onMarket(event, at.now)
    if (isOfTheBot(event)) return false
    return onAccount(event, at.now, events.account)
  }

  function play(until: number, stopAtPublication: boolean): void {
    let limit = until
    for (;;) {
      const due = alarm?.due ?? Number.POSITIVE_INFINITY
      const event = events.next(Math.min(limit, due))
      if (event === undefined) {
        if (due > limit || due === Number.POSITIVE_INFINITY) break
        at.now = Math.max(at.now, due)
        alarm?.ring(at.now)
        continue
      }
      const published = tell(event)
      if (published && stopAtPublication) limit = Math.min(limit, at.now)
    }
    if (limit < Number.POSITIVE_INFINITY) at.now = Math.max(at.now, limit)
    at.ended = events.exhausted
  }

  return {
    get now() {
      return at.now
    },
    get ended() {
      return at.ended
    },
    playTo: (until) => play(until, false),
    playToPublication: (until) => play(until, true),
  }
}
