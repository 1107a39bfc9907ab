import { createRestlessClock } from '../../../domain/restless-clock.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { createPriorityLimiter, type PriorityLimiter } from '../../limiter/priority-limiter.ts'
import type { Opening } from './opening.ts'
import { createWire, type Wire, type WireOptions } from './wire.ts'

/** The way to a venue that nobody trades on yet. */
export interface OpeningWire {
  readonly wire: Wire
  readonly limiter: PriorityLimiter
  /** From here on whoever trades on it gives waiting requests their turn. */
  handOver(): void
}

/** Wall ms between two looks whether a waiting request's turn has come. */
const PUMP_MS = 20

export function openWire(
  opening: Opening,
  exchange: OpenedExchange,
  now: () => EpochMs,
  asked: Pick<WireOptions, 'barred' | 'onFailure'> = {},
): OpeningWire {
  // Market time of our own exchange stands still until the bot runs, and while a request waits.
  const limiter = createPriorityLimiter(
    opening.limiter,
    createRestlessClock(now, () => performance.now()),
  )
  const { venueCodeOf, weightBucket, tooOften } = opening
  const wire = createWire({ exchange, limiter, venueCodeOf, weightBucket, tooOften, ...asked })
  const pump = setInterval(() => limiter.pump(), PUMP_MS)
  return { wire, limiter, handOver: () => clearInterval(pump) }
}
