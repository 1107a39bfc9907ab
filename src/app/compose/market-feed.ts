import { join } from 'node:path'
import type { CcxtEnvironment, CcxtId } from '../../adapter/ccxt/environment.ts'
import { publicSourcesOf } from '../../adapter/ccxt/environment.ts'
import { makeDirectory } from '../../adapter/directory/make-directory.ts'
import { openBarLog, type BarLog } from '../../adapter/market-data/bar-log.ts'
import { createMarketDialect } from '../../adapter/market-data/ccxt/create-dialect.ts'
import type { MarketDialect, QuoteUpdate } from '../../adapter/market-data/ccxt/dialect.ts'
import { createMarketDataSource, publishedUntil, type MarketDataSource } from '../../adapter/market-data/ccxt/source.ts'
import type { Config } from '../../config/schema.ts'
import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import type { Connection } from './connect.ts'

/** Length of the bars that the bot reads from an exchange. */
export const BAR_MS = 5 * MINUTE_MS
/** How long after its close a bar is asked for: the embedded exchange publishes on the dot, real ones need a moment. */
const EMBEDDED_LAG_MS = 1_500
const VENUE_LAG_MS = 2_500

/** Days of history beyond the estimator's burn-in, for the slow averages. */
const WARM_DAYS = 15
const EMBEDDED_DAYS = 61

/** How many days of history a bot is to read: all that our own exchange has, or what the estimator needs. */
export const historyDays = ({ exchange, estimator }: Config): number =>
  exchange.name === 'embedded' ? EMBEDDED_DAYS : estimator.burnInDays + WARM_DAYS

export interface MarketFeedOptions {
  readonly connection: Connection
  readonly id: CcxtId
  readonly environment: CcxtEnvironment
  readonly instruments: readonly Instrument[]
  /** How much of the past is read. */
  readonly historyMs: number
  /** Where bars are kept for the next start; `null`: the venue keeps all it needs itself. */
  readonly barDirectory: string | null
  readonly onNews: () => void
  /** Hears of every price, also of those that are overtaken before the source tells them. */
  readonly onUpdate?: (update: QuoteUpdate) => void
  readonly warn: (message: string) => void
}

/** Public data of the market that orders meet, past and present. */
export interface MarketFeed {
  /** Bars of all symbols in the order of their publication. */
  readonly history: readonly BarEvent[]
  readonly source: MarketDataSource
  /** For questions besides. */
  readonly dialect: MarketDialect
  close(): Promise<void>
}

export type OpenedMarketFeed =
  | { readonly kind: 'ok'; readonly feed: MarketFeed }
  /** A sentence without a full stop. */
  | { readonly kind: 'refused'; readonly message: string }

/** Reads history up to now and prepares what follows. */
export async function openMarketFeed(options: MarketFeedOptions): Promise<OpenedMarketFeed> {
  const { connection, id, environment, instruments, warn } = options
  const where = publicSourcesOf(id, environment)
  const prices = await connection.openPublic(where.prices)
  const statistics = where.statistics === where.prices ? prices : await connection.openPublic(where.statistics)
  const embedded = environment === 'embedded'
  const barLagMs = embedded ? EMBEDDED_LAG_MS : VENUE_LAG_MS
  const { now } = connection.clock
  const close = async (): Promise<void> => {
    await prices.close()
    if (statistics !== prices) await statistics.close()
  }
  try {
    const dialect = createMarketDialect({ prices, statistics, instruments, barMs: BAR_MS, barLagMs })
    const knownUntil = publishedUntil(now(), BAR_MS, barLagMs)
    const from = epochMs(knownUntil - options.historyMs)
    const told = await Promise.all(instruments.map((each) => dialect.history(each, from, knownUntil)))
    const logs = openLogs(options, barLagMs)
    const histories = told.map((bars, i) => logs?.[i]?.complete(bars, from, knownUntil) ?? bars)
    const keep = (index: number, bars: readonly BarEvent[]): void => {
      try {
        logs?.[index]?.add(bars)
      } catch (error) {
        warn(`bars are not kept for the next start: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    for (const [i, bars] of histories.entries()) keep(i, bars)
    const source = createMarketDataSource({
      exchange: prices,
      dialect,
      instruments,
      barMs: BAR_MS,
      barLagMs,
      knownUntil,
      now,
      onUpdate: options.onUpdate,
      onBar: (bar) => keep(bar.instrument.index, [bar]),
      onNews: options.onNews,
      warn,
      lockStep: embedded,
    })
    return {
      kind: 'ok',
      feed: {
        history: inOrder(histories),
        source,
        dialect,
        async close() {
          source.close()
          await close()
        },
      },
    }
  } catch (error) {
    await close()
    const why = error instanceof Error ? error.message : String(error)
    return {
      kind: 'refused',
      message: `the exchange did not tell the history of its market: ${withoutQuery(why).slice(0, MAX_WHY)}`,
    }
  }
}

/** Files of bars by instrument; `null` where none are kept, or none can be. */
function openLogs(options: MarketFeedOptions, barLagMs: number): readonly BarLog[] | null {
  const { barDirectory, instruments, warn } = options
  if (barDirectory === null) return null
  try {
    makeDirectory(barDirectory, OWN_USER_ONLY)
    return instruments.map((each) =>
      openBarLog(join(barDirectory, `${each.symbol}-${BAR_MS / MINUTE_MS}m.csv`), each, BAR_MS, barLagMs),
    )
  } catch (error) {
    warn(`bars are not kept for the next start: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

const OWN_USER_ONLY = 0o700
const MAX_WHY = 200
const withoutQuery = (message: string): string => message.replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')

const inOrder = (histories: readonly (readonly BarEvent[])[]): readonly BarEvent[] =>
  histories.flat().toSorted((a, b) => a.closeTime - b.closeTime || a.instrument.index - b.instrument.index)
