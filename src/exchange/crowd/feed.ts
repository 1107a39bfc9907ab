import type { BarEvent, OpenInterestEvent } from '../../domain/event.ts'
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import type { FundingSettlement, Move } from '../tape.ts'
import type { HistoryRecorder } from './history.ts'
import { BAR_LAG_MS, OPEN_INTEREST_LAG_MS, RATIO_LAG_MS } from './lag.ts'
import type { Market } from './market.ts'
import { TICK_MS, TICKS_PER_MINUTE } from './pace.ts'
import { inCascade } from './trailing.ts'

const OPEN_INTEREST_TICKS = TICKS_PER_MINUTE / 2
const RATIO_TICKS = 5 * TICKS_PER_MINUTE

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What an exchange publishes of one symbol's market. */
export interface Feed {
  readonly market: Market
  /** Before the step at `tick`: writes the bar that ends there, if one does, into the history. */
  record(tick: number, history: HistoryRecorder): void
  /** Before the step at `tick`: the bar that ends there. */
  bar(tick: number): BarEvent | undefined
  /** Ends and starts bars, and counts accounts; before the step at `tick`, after `record` or `bar`. */
  turn(tick: number): void
  /** After the step at `tick`. */
  openInterest(tick: number): OpenInterestEvent | undefined
  /** The step's move with figures from before it: call `lead` before the step and `move` after it. */
  lead(): void
  move(tick: number): Move
  settlement(tick: number): FundingSettlement
}

export function createFeed(market: Market, barMs: number, origin: number): Feed {
  const { instrument } = market
  const barTicks = barMs / TICK_MS
  const timeOf = (tick: number): number => origin + tick * TICK_MS
  const ratio = { published: 1, next: 1, nextAt: 0 }
  const knownRatio = (time: number): number => (time >= ratio.nextAt ? ratio.next : ratio.published)
  const moving: Mutable<Move> = {
    kind: 'move',
    time: epochMs(0),
    instrument,
    last: Number.NaN,
    mark: Number.NaN,
    bid: Number.NaN,
    ask: Number.NaN,
    jump: false,
    bar: null,
    minuteVolatility: Number.NaN,
    minuteVolume: Number.NaN,
    cascade: false,
  }
  const ends = (tick: number): boolean => tick % barTicks === 0 && market.bar.steps > 0

  return {
    market,
    record(tick, history) {
      if (ends(tick))
        history.add(market.bar, market.openInterest(), market.fundingRate(), knownRatio(timeOf(tick) + BAR_LAG_MS))
    },
    bar(tick) {
      if (!ends(tick)) return undefined
      const { openTime, open, high, low, close, volume, turnover, markHigh, markLow, takerBuyVolume } = market.bar
      const time = epochMs(timeOf(tick) + BAR_LAG_MS)
      return {
        kind: 'bar',
        time,
        openTime: epochMs(openTime),
        closeTime: epochMs(timeOf(tick)),
        instrument,
        open,
        high,
        low,
        close,
        volume,
        turnover,
        markHigh,
        markLow,
        openInterest: market.openInterest(),
        fundingRate: market.fundingRate(),
        longShortRatio: knownRatio(time),
        takerBuyVolume,
      }
    },
    turn(tick) {
      if (tick % barTicks === 0) market.startBar(tick)
      if (tick % RATIO_TICKS === 0) {
        ratio.published = ratio.next
        ratio.next = market.accountRatio()
        ratio.nextAt = timeOf(tick) + RATIO_LAG_MS
      }
    },
    openInterest(tick) {
      if (tick % OPEN_INTEREST_TICKS !== 0) return undefined
      const asOf = epochMs(timeOf(tick))
      const time = epochMs(asOf + OPEN_INTEREST_LAG_MS)
      const totalUsd = market.openInterest() * market.mark()
      return {
        kind: 'open_interest',
        time,
        instrument,
        openInterest: { asOf, totalUsd, longUsd: null, shortUsd: null, ratio: knownRatio(time), ratioKind: 'account' },
      }
    },
    lead() {
      moving.minuteVolatility = Math.sqrt(market.trailing.variance)
      moving.minuteVolume = market.trailing.volume
      moving.cascade = inCascade(market.trailing)
    },
    move(tick) {
      moving.time = epochMs(timeOf(tick))
      moving.last = market.quote.last
      moving.mark = market.mark()
      moving.bid = market.quote.bid
      moving.ask = market.quote.ask
      return moving
    },
    settlement: (tick) => ({
      kind: 'funding',
      time: epochMs(timeOf(tick)),
      instrument,
      rate: market.fundingRate(),
      mark: market.mark(),
    }),
  }
}

/** Throws unless bars of this length end on every funding settlement and on whole minutes. */
export function assertBarMs(barMs: number): void {
  if (!(barMs >= MINUTE_MS && barMs % MINUTE_MS === 0 && (8 * HOUR_MS) % barMs === 0))
    throw new RangeError(`bars of ${barMs} ms`)
}
