import { openExchange } from '../../adapter/ccxt/open-exchange.ts'
import { leavePanicLatch } from '../../adapter/lock/panic-latch.ts'
import { createPanicVenue } from '../../adapter/venue/ccxt/panic-venue.ts'
import type { Credentials } from '../../config/credentials.ts'
import type { Config } from '../../config/schema.ts'
import { epochMs } from '../../domain/unit.ts'
import type { LatchWriting } from '../../port/latch-writing.ts'
import type { PanicVenue } from '../../port/panic-venue.ts'
import { accountDirectory } from '../account-directory.ts'
import { environmentOf, keysOf } from './ccxt-keys.ts'
import { isOpeningMistake } from './connect.ts'
import { readExchangeFile } from './exchange-file.ts'
import { addressOf, isListening, type ExchangeAddress } from './exchange-process.ts'

/** The way to the venue and the latch of one account, opened without its bot, journal or lock. */
export type OpenedPanic =
  | {
      readonly kind: 'ok'
      readonly account: string
      readonly venue: PanicVenue
      /** The latch that a bot of the account obeys, also one that hangs and comes back. */
      readonly latch: LatchWriting
      readonly close: () => void | Promise<void>
    }
  | {
      readonly kind: 'refused'
      readonly reason: 'configuration' | 'exchange' | 'not_running'
      /** A sentence: no keys, an exchange that cannot be reached. */
      readonly message: string
      /** A bot of the account can be stopped all the same; `null`: there is none to stop. */
      readonly latch: LatchWriting | null
    }

export interface PanicOpening {
  readonly config: Config
  readonly credentials: Credentials | null
  readonly account: string
  /** For the latch. */
  readonly reason: string
}

/** Shorter than what panic itself waits for an answer. */
const DEADLINE_MS = 4_000

/**
 * Begins to leave the latch and opens the account at its exchange, neither waiting for the other; an embedded exchange of a
 * bot's own is found by the file that the bot keeps.
 */
export async function openPanic({ config, credentials, account, reason }: PanicOpening): Promise<OpenedPanic> {
  const directory = accountDirectory(config, account)
  const { name, url } = config.exchange
  const kept = name === 'embedded' && url === null ? readExchangeFile(directory) : null
  const own = kept !== null && (await isListening(kept)) ? kept : null
  if (name === 'embedded' && url === null && own === null)
    return {
      kind: 'refused',
      reason: 'not_running',
      message: `No embedded exchange of ${account} is running: it ended with its bot, and its orders and positions with it.`,
      latch: null,
    }
  const latch = leavePanicLatch(directory, reason)
  const address: ExchangeAddress | null =
    name === 'embedded' && url !== null && credentials ? addressOf(url, credentials) : own
  const keys = address ? { apiKey: address.key, secret: address.secret } : keysOf(credentials)
  if (keys === null) return { kind: 'refused', reason: 'configuration', message: NO_KEYS, latch }

  let marketTime = Date.now()
  try {
    const exchange = await openExchange({
      id: name === 'embedded' ? 'binanceusdm' : name,
      environment: environmentOf(config),
      credentials: keys,
      ...(address && { embedded: { restOrigin: address.origin, streamOrigin: address.streamOrigin } }),
      clock: address
        ? { now: () => epochMs(marketTime), observe: (time) => (marketTime = time) }
        : { now: () => epochMs(Date.now()) },
      deadlineMs: DEADLINE_MS,
    })
    // The exchange of a bot that was killed does not come back.
    const opened = await createPanicVenue({ exchange, ...(own && { patienceMs: 0 }) })
    if (opened.kind === 'refused')
      return { kind: 'refused', reason: 'exchange', message: `${account}: ${opened.message}.`, latch }
    return { kind: 'ok', account, venue: opened.venue, latch, close: opened.close }
  } catch (error) {
    if (!isOpeningMistake(error)) throw error
    return { kind: 'refused', reason: 'configuration', message: error.message, latch }
  }
}

const NO_KEYS = 'No keys of the account: set LODESTONE__EXCHANGE__KEY and _SECRET, or use --secrets.'
