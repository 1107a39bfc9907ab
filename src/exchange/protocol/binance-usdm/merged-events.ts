import type { EngineEvent, MarketEvent } from '../../../domain/event.ts'
import { epochMs } from '../../../domain/unit.ts'
import type { EmbeddedExchange } from '../../exchange.ts'

/** The events of several matching cores on one market, as if of one. */
export interface MergedEvents {
  /** Whose the event is that was returned last, an index. */
  readonly account: number
  /** Nothing happens any more. */
  readonly exhausted: boolean
  /** The next event up to `until`; `undefined`: every core is there. Market events are reused objects. */
  next(until: number): EngineEvent | undefined
}

export const isMarketEvent = (event: EngineEvent): event is MarketEvent =>
  event.kind === 'price' || event.kind === 'bar' || event.kind === 'open_interest'

/**
 * By time, then by account. What the market does is told by the first core alone. No core goes beyond the time of the
 * event that is returned, so that each can still be asked for something at that time.
 */
export function mergeEvents(exchanges: readonly [EmbeddedExchange, ...EmbeddedExchange[]]): MergedEvents {
  const [{ events: alone }] = exchanges
  if (exchanges.length === 1)
    return {
      account: 0,
      get exhausted() {
        return alone.exhausted()
      },
      next: (until) => alone.next(epochMs(until)),
    }
  const at = { account: 0 }

  const earliest = (): number => Math.min(...exchanges.map(({ events }) => events.peek() ?? Number.POSITIVE_INFINITY))

  function nextAt(time: number): EngineEvent | undefined {
    for (const [account, { events }] of exchanges.entries()) {
      let event = events.next(epochMs(time))
      while (event !== undefined && account > 0 && isMarketEvent(event)) event = events.next(epochMs(time))
      if (event === undefined) continue
      at.account = account
      return event
    }
    return undefined
  }

  return {
    get account() {
      return at.account
    },
    get exhausted() {
      return earliest() === Number.POSITIVE_INFINITY
    },
    next(until) {
      for (let time = earliest(); time <= until && time < Number.POSITIVE_INFINITY; time = earliest()) {
        const event = nextAt(time)
        if (event !== undefined) return event
      }
      return undefined
    },
  }
}
