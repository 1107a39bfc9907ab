import type { BarEvent, MarketEvent } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { fundingAtOrBefore } from '../../../../domain/time.ts'
import type { Tape } from '../../../tape.ts'
import type { MarketData, StreamFrame } from '../market-data-port.ts'
import { createAnswers } from './answers.ts'
import type { Context, Listed } from './context.ts'
import { createDayFigures } from './day-figures.ts'
import type { ForcedOrder } from './forced-queue.ts'
import { createSymbolFrames, type SymbolFrames } from './frames.ts'
import { createSymbolMarket, type SymbolMarket } from './symbol-market.ts'
import type { Traded } from './traded.ts'

export interface MarketDataOptions {
  /** The contracts as they are listed now; the symbols are those of the first call. */
  readonly instruments: () => readonly Instrument[]
  /** Length of the feed's bars; candles of its multiples are served. */
  readonly barMs: number
  /** Bars from before the first move, in time order. */
  readonly history: Iterable<BarEvent>
  /** Assumed half spread of a symbol, a fraction of the price, for a tape without a book. */
  readonly halfSpread: (symbol: string) => number
  /** What has been traded in the bar in the making, as of the move that the tape has just handed out; absent: not known. */
  readonly traded?: (instrument: Instrument) => Traded
}

/** Public market data, filled from the exchange's events and from what passes on its tape beside them. */
export interface RecordedMarketData extends MarketData {
  /** The same tape, whose settlements and trades are noted, each for its time: they may be read ahead. */
  watch(tape: Tape): Tape
  /** Notes a forced order of some other trader, for its time. */
  force(symbol: string, order: ForcedOrder): void
}

interface Kept {
  readonly market: SymbolMarket
  readonly frames: SymbolFrames
  listed: Listed
}

const NO_FRAMES: readonly StreamFrame[] = []

/** Everything is kept in bounds and answered as of the time asked: nothing of what is read ahead shows early. */
export function createMarketData(options: MarketDataOptions): RecordedMarketData {
  const { instruments, barMs, traded } = options
  const kept = new Map<string, Kept>()
  for (const instrument of instruments()) {
    const { symbol } = instrument
    const market = createSymbolMarket(instrument, barMs, traded !== undefined, options.halfSpread(symbol))
    const day = createDayFigures(market)
    const listed = { instrument, market, day }
    kept.set(symbol, { market, frames: createSymbolFrames(symbol, barMs), listed })
  }
  const of = (symbol: string): Kept => {
    const found = kept.get(symbol)
    if (found === undefined) throw new RangeError(`${symbol} is not listed`)
    return found
  }
  const listedAs = (instrument: Instrument): Listed => {
    const one = of(instrument.symbol)
    if (one.listed.instrument !== instrument) one.listed = { ...one.listed, instrument }
    return one.listed
  }
  const context: Context = { barMs, listed: () => instruments().map(listedAs) }
  const answer = createAnswers(context, instruments)

  for (const bar of options.history) {
    const { market } = of(bar.instrument.symbol)
    market.onBar(bar)
    // The first bar after a settlement is the first to know its rate.
    if (fundingAtOrBefore(bar.openTime) === bar.openTime)
      market.settlements.add({ time: bar.openTime, rate: bar.fundingRate, mark: bar.open })
  }

  return {
    observe(event: MarketEvent, at, wanted) {
      // The clock of a scaled market falls between milliseconds; what is written is whole.
      const now = Math.floor(at)
      const { market, frames, listed } = of(event.instrument.symbol)
      switch (event.kind) {
        case 'price': {
          market.onPrice(event)
          const found: StreamFrame[] = []
          frames.onPrice(listed, now, wanted, found)
          return found
        }
        case 'bar': {
          market.onBar(event)
          const found: StreamFrame[] = []
          frames.onBar(listed, event.openTime, now, wanted, found)
          return found
        }
        case 'open_interest':
          market.onOpenInterest(event)
          return NO_FRAMES
      }
    },
    answer,
    watch: (tape) => ({
      instruments: tape.instruments,
      peek: () => tape.peek(),
      next() {
        const item = tape.next()
        if (item.kind === 'funding') {
          const { time, rate, mark } = item
          of(item.instrument.symbol).market.settlements.add({ time, rate, mark })
        } else if (item.kind === 'move' && traded !== undefined) {
          of(item.instrument.symbol).market.traded.add(item.time, traded(item.instrument))
        }
        return item
      },
    }),
    force(symbol, order) {
      of(symbol).market.forced.add(order)
    },
  }
}
