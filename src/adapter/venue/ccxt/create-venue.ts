import type { Decimal } from '../../../domain/decimal.ts'
import { DAY_MS, MINUTE_MS } from '../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { MarginMode } from './dialect.ts'
import { openingOf } from './opening-of.ts'
import { prepare } from './prepare.ts'
import type { VenueRefusal } from './refusal.ts'
import { startCcxtVenue, type CcxtVenue } from './venue.ts'

export interface CcxtVenueOptions {
  /** Opened with credentials. The venue owns it from here on and closes it. */
  readonly exchange: OpenedExchange
  /** In the venue's spelling, `BTCUSDT`; they become the instruments, in this order. */
  readonly symbols: readonly string[]
  readonly quote: string
  readonly marginMode: MarginMode
  /** Set on every instrument at start; entries may change theirs. */
  readonly leverage: number
  /** Wallet balance below which trading makes no sense; quote units. */
  readonly minimumBalance: Decimal
  /** A live key may work from every address; absent: it may not. */
  readonly anyAddress?: boolean
  /** Ask the venue first whether it takes stops. Where it does not, the account can be guarded and nothing is opened. */
  readonly probeStops?: boolean
  /** Silence after which the venue is to cancel resting entries, where it can; absent: never. ms. */
  readonly deadManMs?: number
  /**
   * Takes the account under the name that the venue has for it, before anything of it is changed; a sentence: somebody
   * else has it. Not asked where the venue does not tell one.
   */
  readonly claim?: (accountId: string) => string | null
  /**
   * Asked immediately before an entry leaves, after everything it may have waited for: a sentence forbids it, and the
   * entry counts as never sent.
   */
  readonly barred?: () => string | null
  /** A request older than this is refused by the venue; ms of its clock. */
  readonly recvWindowMs?: number
  /** Where the bot's own history on the account begins; absent: a week ago at most. */
  readonly historyFrom?: EpochMs
  readonly now: () => EpochMs
  readonly wakeup: () => void
  readonly warn: (message: string) => void
}

export type CcxtVenueResult = { readonly kind: 'ok'; readonly venue: CcxtVenue } | VenueRefusal

const DEFAULT_RECV_WINDOW_MS = 5_000
/** A little less than the week that a venue answers for in one piece. */
const HISTORY_MS = 7 * DAY_MS - 5 * MINUTE_MS

/**
 * Takes over an account: checks the key, the mode, the balance and the clock, reads the instruments, sets leverage and
 * margin mode and reads them back, opens the account's stream. Whatever forbids trading comes back as a sentence, and
 * the exchange is closed.
 */
export async function createCcxtVenue(options: CcxtVenueOptions): Promise<CcxtVenueResult> {
  const { exchange, now, wakeup, marginMode } = options
  const prepared = await prepare(openingOf(exchange.id), {
    exchange,
    symbols: options.symbols,
    quote: options.quote,
    marginMode,
    leverage: options.leverage,
    minimumBalance: options.minimumBalance,
    anyAddress: options.anyAddress ?? false,
    probeStops: options.probeStops ?? false,
    recvWindowMs: options.recvWindowMs ?? DEFAULT_RECV_WINDOW_MS,
    now,
    warn: options.warn,
    ...(options.claim && { claim: options.claim }),
    ...(options.barred && { barred: options.barred }),
  })
  if (prepared.kind === 'refused') {
    await exchange.close()
    return prepared
  }
  const earliest = epochMs(now() - HISTORY_MS)
  const historyFrom = epochMs(Math.max(options.historyFrom ?? earliest, earliest))
  const venue = await startCcxtVenue({
    ...prepared.parts,
    exchange,
    marginMode,
    historyFrom,
    now,
    wakeup,
    deadManMs: options.deadManMs ?? null,
    warn: options.warn,
  })
  return { kind: 'ok', venue }
}
