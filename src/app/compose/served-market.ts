import type { Config } from '../../config/schema.ts'
import type { BarColumns } from '../../domain/bar-columns.ts'
import type { BarEvent, MarketEvent } from '../../domain/event.ts'
import { normaliseSymbol, type Instrument } from '../../domain/instrument.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import type { EpochMs } from '../../domain/unit.ts'
import { openCrowd } from '../../exchange/crowd/crowd.ts'
import { listedInstruments, listInstrument } from '../../exchange/listing.ts'
import { halfSpreadRatio, type ExchangeParameters } from '../../exchange/parameters.ts'
import {
  createMarketData,
  type RecordedMarketData,
} from '../../exchange/protocol/binance-usdm/market-data/market-data.ts'
import { createBarTape } from '../../exchange/tape/bar-tape.ts'
import type { Tape, TapeItem } from '../../exchange/tape.ts'
import { tapeStart } from '../tape-start.ts'
import { CROWD_START } from './paper.ts'

/** A market to put an exchange on: its tape, and the public data that is recorded from it. */
export interface ServedMarket {
  readonly kind: 'ok'
  readonly instruments: readonly Instrument[]
  readonly tape: Tape
  readonly data: RecordedMarketData
  readonly start: EpochMs
  readonly barMs: number
}

export interface MarketRefused {
  readonly kind: 'refused'
  readonly message: string
}

const CROWD_BAR_MS = 5 * MINUTE_MS
const NO_STREAMS: ReadonlySet<string> = new Set()

/**
 * The simulated crowd of a paper session of the same seed.
 * @param asked symbols; none: those of `exchange.pairs`
 */
export function crowdMarket(
  config: Config,
  parameters: ExchangeParameters,
  seed: number,
  asked: readonly string[],
): ServedMarket | MarketRefused {
  const known = listedInstruments().map((each) => each.symbol)
  const instruments: Instrument[] = []
  for (const text of asked.length > 0 ? asked : config.exchange.pairs) {
    const symbol = normaliseSymbol(text) ?? text
    if (!known.includes(symbol))
      return { kind: 'refused', message: `the simulated crowd trades ${known.join(', ')}, not ${text}` }
    if (!instruments.some((each) => each.symbol === symbol))
      instruments.push(listInstrument(symbol, instruments.length, Number.NaN))
  }
  // Forced orders from before the public record began are nobody's news.
  const record: { data?: RecordedMarketData } = {}
  const { tape, markets } = openCrowd(
    { seed, instruments, start: CROWD_START, barMs: CROWD_BAR_MS },
    ({ instrument, book }) =>
      (time, row, price) =>
        record.data?.force(instrument.symbol, {
          time,
          side: book.sign[row]! > 0 ? 'sell' : 'buy',
          quantity: book.lots[row]! * instrument.lot,
          price,
        }),
  )
  const data = createMarketData({
    instruments: () => instruments,
    barMs: CROWD_BAR_MS,
    history: tape.preroll(),
    halfSpread: (symbol) => halfSpreadRatio(parameters, symbol),
    traded: (instrument) => markets[instrument.index]!.bar,
  })
  record.data = data
  return { kind: 'ok', instruments, tape: data.watch(tape), data, start: CROWD_START, barMs: CROWD_BAR_MS }
}

/** Candles, from where a paper session on them begins; what comes before is history. */
export function tapeMarket(
  config: Config,
  parameters: ExchangeParameters,
  columns: readonly BarColumns[],
): ServedMarket {
  const instruments = columns.map((c, index) => listInstrument(c.symbol, index, c.open[0]!))
  const { barMs } = columns[0]!
  const data = createMarketData({
    instruments: () => instruments,
    barMs,
    history: [],
    halfSpread: (symbol) => halfSpreadRatio(parameters, symbol),
  })
  const tape = data.watch(
    createBarTape(
      columns.map((c, i) => ({ instrument: instruments[i]!, columns: c })),
      parameters,
    ),
  )
  const start = tapeStart(config, columns)
  for (let time = tape.peek(); time !== undefined && time < start; time = tape.peek()) {
    const event = eventOf(tape.next())
    if (event !== undefined) data.observe(event, time, NO_STREAMS)
  }
  return { kind: 'ok', instruments, tape, data, start, barMs }
}

function eventOf(item: TapeItem): MarketEvent | undefined {
  if (item.kind === 'bar') return item satisfies BarEvent
  if (item.kind !== 'move') return undefined
  const { time, instrument, last, mark, bid, ask } = item
  return { kind: 'price', time, venueTime: time, instrument, last, mark, bid, ask }
}
