import type { BarEvent, MarketEvent } from '../../../../../src/domain/event.ts'
import type { Instrument } from '../../../../../src/domain/instrument.ts'
import { DAY_MS } from '../../../../../src/domain/time.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'
import { openCrowd } from '../../../../../src/exchange/crowd/crowd.ts'
import { crowdInstruments } from '../../../../../src/exchange/crowd/instruments.ts'
import type { TraderBook } from '../../../../../src/exchange/crowd/trader-book.ts'
import type { Tape } from '../../../../../src/exchange/tape.ts'
import { createExchange } from '../../../../../src/exchange/exchange.ts'
import {
  createMarketData,
  type RecordedMarketData,
} from '../../../../../src/exchange/protocol/binance-usdm/market-data/market-data.ts'
import type { StreamFrame } from '../../../../../src/exchange/protocol/binance-usdm/market-data-port.ts'
import { PARAMETERS } from '../../fixture.ts'

export const MONDAY = Date.UTC(2026, 0, 5)
export const BAR_MS = 300_000
export const NO_STREAMS: ReadonlySet<string> = new Set()

/** A crowd's market and its public data. */
export interface CrowdFeed {
  readonly data: RecordedMarketData
  /** To be played by whoever has the exchange. */
  readonly tape: Tape
  readonly instruments: readonly Instrument[]
  readonly preroll: readonly BarEvent[]
  /** Forced orders of all symbols since the crowd began. */
  readonly forcedSo: () => { readonly count: number; readonly notional: number }
}

export interface Scene extends CrowdFeed {
  /** Lets the market run up to `until`; `seen` is told of each event after the market data has taken it in. */
  run(
    until: number,
    seen?: (event: MarketEvent, frames: readonly StreamFrame[]) => void,
    wanted?: ReadonlySet<string>,
  ): void
}

export function crowdFeed(symbols: readonly string[], seed = 7, prerollMs = 2 * DAY_MS): CrowdFeed {
  const instruments = crowdInstruments(symbols)
  const sink: { data?: RecordedMarketData } = {}
  const { tape, markets } = openCrowd(
    { seed, instruments, start: epochMs(MONDAY), prerollMs, durationMs: 3 * DAY_MS },
    ({ instrument, book }) =>
      (time, row, price) =>
        sink.data?.force(instrument.symbol, {
          time,
          side: isLong(book, row) ? 'sell' : 'buy',
          quantity: book.lots[row]! * instrument.lot,
          price,
        }),
  )
  const preroll = [...tape.preroll()]
  const data = createMarketData({
    instruments: () => instruments,
    barMs: BAR_MS,
    history: preroll,
    halfSpread: () => 0.0001,
    traded: (instrument) => markets[instrument.index]!.bar,
  })
  sink.data = data
  return {
    data,
    tape: data.watch(tape),
    instruments,
    preroll,
    forcedSo: () =>
      instruments
        .map((instrument) => tape.forcedOrders(instrument))
        .reduce(
          (sum, of) => ({
            count: sum.count + of.longCount + of.shortCount,
            notional: sum.notional + of.longNotional + of.shortNotional,
          }),
          { count: 0, notional: 0 },
        ),
  }
}

/** The crowd on an exchange whose events the market data takes in. */
export function crowdScene(symbols: readonly string[], seed?: number, prerollMs?: number): Scene {
  const feed = crowdFeed(symbols, seed, prerollMs)
  const { data } = feed
  const { events } = createExchange({ tape: feed.tape, parameters: PARAMETERS })
  return {
    ...feed,
    run(until, seen, wanted = NO_STREAMS) {
      for (let event = events.next(epochMs(until)); event !== undefined; event = events.next(epochMs(until))) {
        if (event.kind !== 'price' && event.kind !== 'bar' && event.kind !== 'open_interest') continue
        const frames = data.observe(event, event.time, wanted)
        seen?.(event, frames)
      }
    },
  }
}

const isLong = (book: TraderBook, row: number): boolean => book.sign[row]! > 0

/** The body of a request that is granted. */
export function ask(
  data: RecordedMarketData,
  path: string,
  query: Record<string, string | number>,
  now: number,
): unknown {
  const answer = data.answer(path, queryOf(query), now)
  if (answer?.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`)
  return JSON.parse(JSON.stringify(answer.body))
}

export const queryOf = (query: Record<string, string | number>): URLSearchParams =>
  new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))
