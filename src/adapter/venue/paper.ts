import type { EngineEvent } from '../../domain/event.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { Venue } from '../../port/venue.ts'
import type { LiveMarket } from '../market-data/live-market.ts'

export interface PaperVenueOptions {
  /** The embedded exchange on a live market. */
  readonly venue: Venue
  readonly market: LiveMarket
  readonly now: () => EpochMs
  /** Keeps the account as it is. */
  readonly save: () => void
}

const isOfAccount = ({ kind }: EngineEvent): boolean => kind !== 'price' && kind !== 'bar' && kind !== 'open_interest'

/**
 * Simulated money that outlives its process. News of the account are handed on once the account is kept with them, so that
 * the bot never knows more of it than the next process will find. The account is in reach once what the market did since the
 * last process has been played.
 */
export function createPaperVenue({ venue, market, now, save }: PaperVenueOptions): Venue {
  const { events } = venue
  let told = Number.NEGATIVE_INFINITY
  let isUp = false
  let upAt: EpochMs | null = null

  return {
    ...venue,
    events: {
      peek() {
        const time = events.peek()
        if (isUp) return time
        if (upAt === null && market.isCurrent()) upAt = epochMs(Math.max(now(), told))
        return upAt !== null && (time === undefined || upAt < time) ? upAt : time
      },
      next(until) {
        const event = events.next(until)
        if (event !== undefined) {
          told = event.time
          if (isOfAccount(event)) save()
          return event
        }
        if (isUp || upAt === null || upAt > until) return undefined
        isUp = true
        return { kind: 'connection', time: epochMs(Math.max(upAt, told)), channel: 'account', state: 'up', message: '' }
      },
      exhausted: events.exhausted,
    },
  }
}
