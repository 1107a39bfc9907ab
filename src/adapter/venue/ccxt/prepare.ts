import type { Decimal } from '../../../domain/decimal.ts'
import { parseClientOrderId } from '../../../domain/id.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { WireError } from '../../ccxt/wire-field.ts'
import { createClockWatch } from './clock-watch.ts'
import type { Dialect, InstrumentSettings, MarginMode } from './dialect.ts'
import { findInstruments, notTrading } from './find-listing.ts'
import { keyRefusal, type KeyPolicy } from './key-rights.ts'
import type { Opening } from './opening.ts'
import { openWire } from './opening-wire.ts'
import { probeVenue } from './probe-stop.ts'
import { refuse, type VenueRefusal } from './refusal.ts'
import type { CcxtVenueParts } from './venue-parts.ts'
import { CallError, type Wire } from './wire.ts'

export interface PrepareOptions {
  readonly exchange: OpenedExchange
  readonly symbols: readonly string[]
  readonly quote: string
  readonly marginMode: MarginMode
  readonly leverage: number
  readonly minimumBalance: Decimal
  readonly anyAddress: boolean
  readonly probeStops: boolean
  readonly recvWindowMs: number
  readonly claim?: (accountId: string) => string | null
  /** Asked immediately before an entry leaves: a sentence forbids it. */
  readonly barred?: () => string | null
  readonly now: () => EpochMs
  readonly warn: (message: string) => void
}

type Prepared =
  | {
      readonly kind: 'prepared'
      readonly parts: Pick<
        CcxtVenueParts,
        | 'dialect'
        | 'pollDialect'
        | 'wire'
        | 'limiter'
        | 'clockWatch'
        | 'instruments'
        | 'closed'
        | 'listings'
        | 'keyPolicy'
        | 'settings'
        | 'known'
      >
    }
  | VenueRefusal

/** Asks everything that decides whether the account can be traded on, and makes it so where that is allowed. */
export async function prepare(opening: Opening, options: PrepareOptions): Promise<Prepared> {
  const { exchange, recvWindowMs, now, quote, marginMode } = options
  const { wire, limiter, handOver } = openWire(opening, exchange, now, {
    ...(options.barred && { barred: options.barred }),
    // Questions and cancels are refused for their time as well as orders, and more often.
    onFailure({ venueCode }) {
      if (venueCode !== null && opening.codes.clock.includes(venueCode)) clockWatch.measureSoon()
    },
  })
  exchange.exchange.options['recvWindow'] = recvWindowMs
  const dialectOf = (instruments: readonly Instrument[], over: Wire = wire): Dialect =>
    opening.dialect({ exchange, wire: over, instruments, quote, marginMode, recvWindowMs, now })
  const clockWatch = createClockWatch({
    serverTime: () => dialectOf([]).serverTime(),
    now,
    setOffset: (offset) => exchange.setClockOffset(offset),
    recvWindowMs,
    warn: options.warn,
    watches: exchange.environment !== 'embedded',
  })
  try {
    await clockWatch.measure()
    const found = await findInstruments(options.symbols, await opening.listings(wire))
    if (found.kind === 'refused') return found
    const { instruments, closed } = found
    const open = instruments.filter((instrument) => !closed.has(instrument))
    const dialect = dialectOf(instruments)
    const polling = asPoll(wire)
    const pollDialect = dialectOf(instruments, polling)
    const account = await checkAccount(dialect, options)
    if (account) return account
    const idle = await idleAmong(closed, dialect)
    if (idle) return idle
    const taken = await claimAccount(dialect, options)
    if (taken) return taken
    const settings = await settle(dialect, open, options)
    if ('kind' in settings) return settings
    // Before the account's stream is opened, which would tell of the probing stops as of somebody else's.
    const known = options.probeStops
      ? await probeVenue({ id: exchange.id, dialect, instruments: open, settings, now })
      : []
    if ('kind' in known) return known
    return {
      kind: 'prepared',
      parts: {
        dialect,
        pollDialect,
        wire,
        limiter,
        clockWatch,
        instruments,
        closed,
        listings: (urgency) => opening.listings(urgency === 'poll' ? polling : wire),
        keyPolicy: policyOf(options),
        settings,
        known,
      },
    }
  } catch (error) {
    return refusalOf(error, opening, exchange)
  } finally {
    handOver()
  }
}

/** The same questions, asked when nobody has a more urgent one. */
const asPoll = (wire: Wire): Wire => ({
  send: wire.send,
  ask: (priority, request) => wire.ask(priority === 'query' ? 'poll' : priority, request),
  get inFlight() {
    return wire.inFlight
  },
})

const policyOf = ({ exchange, anyAddress }: PrepareOptions): KeyPolicy => ({
  live: exchange.environment === 'live',
  anyAddress,
})

async function checkAccount(dialect: Dialect, options: PrepareOptions): Promise<VenueRefusal | null> {
  const { minimumBalance, quote } = options
  const [rights, hedged, wallet] = await Promise.all([dialect.keyRights(), dialect.isHedged(), dialect.wallet()])
  const overscoped = keyRefusal(rights, policyOf(options))
  if (overscoped) return overscoped
  if (hedged)
    return refuse('HEDGE_MODE', 'the account is in hedge mode; switch it to one-way mode, positions and orders closed')
  if (wallet.lt(minimumBalance))
    return refuse(
      'TOO_LITTLE_BALANCE',
      `the account holds ${wallet.toFixed()} ${quote}, and at least ${minimumBalance.toFixed()} are needed`,
    )
  return null
}

/** A contract that nobody can trade is taken over for what is held or rests there, which would be left alone otherwise. */
async function idleAmong(closed: ReadonlyMap<Instrument, string>, dialect: Dialect): Promise<VenueRefusal | null> {
  if (closed.size === 0) return null
  const [positions, orders] = await Promise.all([dialect.positions(await dialect.settings()), dialect.openOrders(null)])
  const ours = orders.filter(({ clientOrderId }) => parseClientOrderId(clientOrderId) !== undefined)
  const needed = new Set([...positions, ...ours].map(({ instrument }) => instrument))
  for (const [instrument, status] of closed) if (!needed.has(instrument)) return notTrading(instrument, status)
  return null
}

async function claimAccount(dialect: Dialect, { claim, warn }: PrepareOptions): Promise<VenueRefusal | null> {
  if (!claim) return null
  let accountId: string
  try {
    accountId = await dialect.accountId()
  } catch (error) {
    // Whoever cannot be asked at all has been found out before.
    if (!isRefused(error) && !(error instanceof WireError)) throw error
    warn('the exchange does not tell which account the key belongs to: run no second bot with another key of it')
    return null
  }
  const taken = claim(accountId)
  return taken === null ? null : refuse('ACCOUNT_TAKEN', taken)
}

/**
 * Sets margin mode and leverage where they differ, and believes only what is read back. The leverage of a position that is
 * held stays what it is: a bot must be able to start beside it, and its liquidation price must not move.
 */
async function settle(
  dialect: Dialect,
  instruments: readonly Instrument[],
  { marginMode, leverage }: PrepareOptions,
): Promise<ReadonlyMap<string, InstrumentSettings> | VenueRefusal> {
  const before = await dialect.settings()
  const isOff = ({ symbol }: Instrument): boolean => before.get(symbol)?.leverage !== leverage
  const held = instruments.some(isOff)
    ? new Set((await dialect.positions(before)).map(({ instrument }) => instrument.symbol))
    : new Set<string>()
  let changed = false
  for (const instrument of instruments) {
    const own = before.get(instrument.symbol)
    try {
      if (own?.marginMode !== marginMode) {
        await dialect.setMarginMode(instrument, marginMode)
        changed = true
      }
    } catch (error) {
      if (!isRefused(error)) throw error
      return refuse('MARGIN_MODE_NOT_SET', `${instrument.symbol}: ${marginMode} margin was refused: ${error.message}`)
    }
    try {
      if (isOff(instrument) && !held.has(instrument.symbol)) {
        await dialect.setLeverage(instrument, leverage)
        changed = true
      }
    } catch (error) {
      if (!isRefused(error)) throw error
      return refuse('LEVERAGE_NOT_SET', `${instrument.symbol}: leverage ${leverage} was refused: ${error.message}`)
    }
  }
  const after = changed ? await dialect.settings() : before
  for (const { symbol } of instruments) {
    const own = after.get(symbol)
    if (own?.marginMode !== marginMode)
      return refuse(
        'MARGIN_MODE_NOT_SET',
        `${symbol}: the margin mode reads ${own?.marginMode} after ${marginMode} was set`,
      )
    if (own.leverage !== leverage && !held.has(symbol))
      return refuse('LEVERAGE_NOT_SET', `${symbol}: the leverage reads ${own.leverage} after ${leverage} was set`)
  }
  return after
}

/** The venue has looked at the request and said no. */
const isRefused = (error: unknown): error is CallError =>
  error instanceof CallError && error.failure.venueCode !== null && error.failure.record.status < 500

/** What an account's first failure means. */
export function refusalOf(error: unknown, { codes }: Opening, exchange: OpenedExchange): VenueRefusal {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof CallError ? error.failure.venueCode : null
  if (code !== null && codes.key.includes(code))
    return refuse(
      'WRONG_KEY',
      `the exchange does not accept this API key in its ${exchange.environment} environment; keys of another environment do not work here, and neither does one that lacks futures or this address`,
    )
  if (code !== null && codes.secret.includes(code))
    return refuse('WRONG_SECRET', 'the API secret does not belong to the API key')
  if (code !== null && codes.clock.includes(code))
    return refuse('CLOCK_OFFSET', `the exchange refuses the time of the requests: ${message}`)
  return refuse('UNREACHABLE', `the exchange could not be asked: ${message}`)
}
