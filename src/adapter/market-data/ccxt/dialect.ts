import type { BarEvent, OpenInterestEvent } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { Candle, Settlement } from './history.ts'
import type { Ask } from './requests.ts'

/** What a frame says about a symbol's prices; absent fields are not told. */
export interface QuoteUpdate {
  readonly instrument: Instrument
  readonly last?: number
  readonly mark?: number
  readonly bid?: number
  readonly ask?: number
  /** The venue's time at which it had the mark so, also where it tells it by telling nothing else; absent: just now. */
  readonly markAt?: EpochMs
}

/** For a venue whose frames carry their time, if this one does. */
export const markAtOf = (markAt: EpochMs | undefined): Pick<QuoteUpdate, 'markAt'> =>
  markAt === undefined ? {} : { markAt }

/** A socket to open and what to say on it first. */
export interface Subscription {
  readonly url: string
  readonly message: unknown
}

export interface MarketDialectOptions {
  /** Asks the market that orders meet: prices, candles, funding. */
  readonly prices: Ask
  /** Asks for open interest and ratios: elsewhere, where a play-money system has none. */
  readonly statistics: Ask
  /** Of the market that orders meet, as the class's table names it. */
  readonly streamBase: (kind: string) => string
  readonly instruments: readonly Instrument[]
  readonly barMs: number
  /** How long after the fact the venue publishes a bar; stamps bars of the past. */
  readonly barLagMs: number
  /** Our own exchange keeps all its statistics and has those of a bar when it has the bar. */
  readonly embedded: boolean
}

/** A venue's public data in its own words. */
export interface MarketDialect {
  readonly subscriptions: readonly Subscription[]
  /** Throws on a frame that makes no sense; `[]`: nothing about prices. */
  readFrame(frame: unknown): readonly QuoteUpdate[]
  /** Prices by request, where the streams are silent. */
  quotes(): Promise<readonly QuoteUpdate[]>
  /** The closed bar that opened at `openTime`, stamped `time`; `null`: the venue does not have it yet. */
  bar(instrument: Instrument, openTime: EpochMs, time: EpochMs): Promise<BarEvent | null>
  /** Closed bars from `from` up to the one that closes at `until`, oldest first; what the venue does not have is missing. */
  history(instrument: Instrument, from: EpochMs, until: EpochMs): Promise<readonly BarEvent[]>
  /** Open interest now; `withRatio`: the long/short ratio is asked for as well. */
  openInterest(instrument: Instrument, mark: number, withRatio: boolean, time: EpochMs): Promise<OpenInterestEvent>
  /** Candles of one minute by the time they open, from `from` until before `until`, the running one included. */
  minutes(instrument: Instrument, from: number, until: number): Promise<ReadonlyMap<number, Candle>>
  /** The settlement that comes next. */
  nextFunding(instrument: Instrument): Promise<NextFunding>
  /** What was settled from `from` until before `until`, as far as the venue tells yet. */
  settlements(instrument: Instrument, from: number, until: number): Promise<readonly Settlement[]>
}

export interface NextFunding {
  readonly time: EpochMs
  /** As it stands now, a fraction; NaN: the venue tells only what was settled. */
  readonly rate: number
}
