import type { EngineEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { SECOND_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { Venue } from '../../port/venue.ts'
import type { LiveMarket } from '../market-data/live-market.ts'

export interface PaperVenueOptions {
  /** The embedded exchange on a live market. */
  readonly venue: Venue
  readonly market: Pick<LiveMarket, 'isCurrent'>
  readonly now: () => EpochMs
  /** Keeps the account as it is; `false`: it is not kept, and nothing may go on. */
  readonly save: () => boolean
  /** In which something was open when the last process ended. */
  readonly awaited: readonly Instrument[]
  /** What the person at the screen must know. */
  readonly tell: (message: string) => void
}

/** So long the account waits for the prices of what is open in it. */
const PATIENCE_MS = 30 * SECOND_MS

const isOfAccount = ({ kind }: EngineEvent): boolean => kind !== 'price' && kind !== 'bar' && kind !== 'open_interest'

/**
 * Simulated money that outlives its process. News of the account are handed on once the account is kept with them, so that
 * the bot never knows more of it than the next process will find. Requests wait while the market of their symbol is not
 * current: they would meet a price of before. The account is in reach once what the market did since the last process has
 * been played.
 */
export function createPaperVenue({ venue, market, now, save, awaited, tell }: PaperVenueOptions): Venue {
  const { events } = venue
  const start = now()
  /** Requests that wait, in their order. */
  const waiting: { readonly name: string; readonly instrument: Instrument; readonly send: (at: EpochMs) => void }[] = []
  let told = Number.NEGATIVE_INFINITY
  let isUp = false
  let upAt: EpochMs | null = null
  let isKept = true

  function request(name: string, instrument: Instrument, at: EpochMs, send: (at: EpochMs) => void): void {
    if (market.isCurrent(instrument) && !waiting.some((each) => each.instrument === instrument)) send(at)
    // What waits already needs not be asked again.
    else if (waiting.every((each) => each.name !== name)) waiting.push({ name, instrument, send })
  }

  function sendWaiting(): void {
    for (const each of waiting.splice(0)) {
      if (market.isCurrent(each.instrument)) each.send(epochMs(Math.max(now(), told)))
      else waiting.push(each)
    }
  }

  function lookUp(): void {
    const missing = awaited.filter((each) => !market.isCurrent(each))
    const isLate = now() - start > PATIENCE_MS
    if (missing.length > 0 && !isLate) return
    if (missing.length > 0) {
      const symbols = missing.map(({ symbol }) => symbol).join(', ')
      tell(`${symbols}: something is open, and the market does not tell its price; what is ordered there waits for it`)
    }
    upAt = epochMs(Math.max(now(), told))
  }

  return {
    instruments: venue.instruments,
    pending: 0,
    submit: (order, at) =>
      request(`submit ${order.clientOrderId}`, order.instrument, at, (later) => venue.submit(order, later)),
    cancel: (id, instrument, at) =>
      request(`cancel ${id}`, instrument, at, (later) => venue.cancel(id, instrument, later)),
    query: (id, instrument, at) =>
      request(`query ${id}`, instrument, at, (later) => venue.query(id, instrument, later)),
    check: (id, instrument, at) =>
      request(`check ${id}`, instrument, at, (later) => venue.check(id, instrument, later)),
    snapshot: venue.snapshot,
    events: {
      peek() {
        const time = events.peek()
        if (waiting.length > 0) sendWaiting()
        if (isUp) return time
        if (upAt === null) lookUp()
        return upAt !== null && (time === undefined || upAt < time) ? upAt : time
      },
      next(until) {
        if (!isKept) return undefined
        const event = events.next(until)
        if (event !== undefined) {
          if (isOfAccount(event)) isKept = save()
          if (!isKept) return undefined
          told = event.time
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
