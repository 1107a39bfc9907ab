import { setTimeout } from 'node:timers/promises'
import { epochMs } from '../../../domain/unit.ts'
import type { PanicVenue } from '../../../port/panic-venue.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { createPriorityLimiter, type LimiterRules } from '../../limiter/priority-limiter.ts'
import { impatient } from './impatient-wire.ts'
import { openingOf } from './opening-of.ts'
import { refusalOf } from './prepare.ts'
import type { VenueRefusal } from './refusal.ts'
import { timely } from './timely-wire.ts'
import { createWire, type Wire } from './wire.ts'

export interface PanicVenueOptions {
  /** Opened with credentials. The venue owns it from here on and closes it. */
  readonly exchange: OpenedExchange
  /** Wall ms for which a venue that gives no usable answer is asked again. [15,000] */
  readonly patienceMs?: number
}

export type PanicVenueResult =
  | { readonly kind: 'ok'; readonly venue: PanicVenue; readonly close: () => Promise<void> }
  | VenueRefusal

/** The venues' longest: a request must not be refused because the machine is slow today. */
const RECV_WINDOW_MS = 30_000
/** Wall ms between two looks whether a waiting request's turn has come. */
const PUMP_MS = 50
/** Wall ms without an answer after which a question is asked once more. */
const SILENCE_MS = 500
/** A venue is busiest when panic is called for: one that is out of reach is tried for so long, with so long a pause; wall ms. */
const PATIENCE_MS = 15_000
const AGAIN_MS = 250
/** Share of a venue's limits that bots use; panic uses the rest, too, and does not wait because of what a bot has used. */
const BOTS_SHARE = 0.9

/**
 * The shortest way to an account: no listings, no settings, no stream, no lock, and whatever it does has the priority of
 * protective orders. The first look is under way when it is handed over. Wrong keys come back as a sentence at once, and a venue
 * that cannot be reached when it has been tried long enough; the exchange is closed then.
 */
export async function createPanicVenue({
  exchange,
  patienceMs = PATIENCE_MS,
}: PanicVenueOptions): Promise<PanicVenueResult> {
  const opening = openingOf(exchange.id)
  const { venueCodeOf, weightBucket, tooOften } = opening
  const limiter = createPriorityLimiter(whole(opening.limiter), () => performance.now())
  const plain = createWire({ exchange, limiter, venueCodeOf, weightBucket, tooOften })
  const isEmbedded = exchange.environment === 'embedded'
  const wire = impatient(isEmbedded ? timely(plain, opening.codes.clock) : plain, SILENCE_MS)
  const venue = opening.panic(wire)
  exchange.exchange.options['recvWindow'] = RECV_WINDOW_MS
  const timer = setInterval(() => limiter.pump(), PUMP_MS)
  const close = async (): Promise<void> => {
    clearInterval(timer)
    await exchange.close()
  }
  // An embedded exchange tells its time with every answer.
  const clock = opening.dialect({
    exchange,
    wire: protective(wire),
    instruments: [],
    quote: 'USDT',
    marginMode: 'isolated',
    recvWindowMs: RECV_WINDOW_MS,
    now: () => epochMs(Date.now()),
  })
  async function first(): Promise<PanicVenue> {
    const asked = Date.now()
    const serverTime = await clock.serverTime()
    if (!isEmbedded) exchange.setClockOffset(serverTime - (asked + Date.now()) / 2)
    return await begun(venue)
  }
  const begunAt = performance.now()
  for (;;) {
    try {
      return { kind: 'ok', venue: await first(), close }
    } catch (error) {
      const refused = refusalOf(error, opening, exchange)
      if (refused.code !== 'UNREACHABLE' || performance.now() - begunAt >= patienceMs) {
        await close()
        return refused
      }
    }
    await setTimeout(AGAIN_MS)
  }
}

const whole = ({ buckets, patienceMs }: LimiterRules): LimiterRules => ({
  buckets: buckets.map(({ capacity, windowMs }) => ({ capacity: Math.round(capacity / BOTS_SHARE), windowMs })),
  patienceMs,
})

/** Nothing that panic asks waits for the end of a penalty. */
const protective = (wire: Wire): Wire => ({
  send: (_, request) => wire.send('protective', request),
  ask: (_, request) => wire.ask('protective', request),
  get inFlight() {
    return wire.inFlight
  },
})

/** The venue once it has told one of the two things that panic looks at, both of which were asked for; or its refusal. */
async function begun(venue: PanicVenue): Promise<PanicVenue> {
  const openOrders = venue.openOrders()
  const positions = venue.positions()
  await Promise.any([openOrders, positions]).catch(() => positions)
  return { ...venue, openOrders: firstly(openOrders, venue.openOrders), positions: firstly(positions, venue.positions) }
}

/** Answers with `first` once, and by asking anew from then on. */
function firstly<T>(first: Promise<T>, ask: () => Promise<T>): () => Promise<T> {
  first.catch(() => undefined)
  let told = false
  return () => {
    if (told) return ask()
    told = true
    return first
  }
}
