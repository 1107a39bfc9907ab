import type { MarginTier } from '../../domain/instrument.ts'
import { streamKey, uniform } from './draw.ts'
import { createOpeningPlan } from './opening-plan.ts'
import type { CrowdParameters, SymbolParameters } from './parameters.ts'
import { CROSS, ISOLATED, UNLEVERED, type TraderBook } from './trader-book.ts'

/** What the traders see when they decide. */
export interface Situation {
  bid: number
  ask: number
  mark: number
  /** Distance of the price from its average of the last hours, in standard deviations. */
  trend: number
  sentiment: number
  /** 1 in an average hour; traders come, look and leave more often in a busy one. */
  activity: number
}

/** Voluntary trading of one step, in lots. */
export interface Flow {
  /** Market buys less market sells. */
  net: number
  volume: number
  takerBuys: number
}

export interface Behaviour {
  readonly flow: Flow
  /** Openings and reviews of one step of `hours`; the result is in `flow` until the next call. */
  step(index: number, hours: number, now: Situation): void
  /** Fills the book with the number of traders it settles at, entered around the present price. */
  populate(now: Situation): void
}

const POPULATE_SPREAD = 0.05

export function createBehaviour(
  seed: number,
  symbol: string,
  book: TraderBook,
  p: CrowdParameters,
  own: SymbolParameters,
  lot: number,
  tiers: readonly MarginTier[],
): Behaviour {
  const openings = streamKey(seed, `${symbol}:openings`)
  const reviews = streamKey(seed, `${symbol}:reviews`)
  const populating = streamKey(seed, `${symbol}:populate`)
  const flow: Flow = { net: 0, volume: 0, takerBuys: 0 }

  const plan = createOpeningPlan(p, own, lot)

  const allowed = (notional: number): number => {
    for (let i = 0; i < tiers.length; i++) if (notional <= tiers[i]!.capUsd) return tiers[i]!.maxLeverage
    return 1
  }
  /** A resting order is filled by a taker of the other side, who stands for nobody in the book and moves nothing. */
  const trade = (lots: number, buy: boolean, taker: boolean): void => {
    flow.volume += lots
    if (buy === taker) flow.takerBuys += lots
    if (taker) flow.net += buy ? lots : -lots
  }

  const open = (key: number, index: number, k: number, now: Situation, shift: number): void => {
    const follows = uniform(key, index, k) < p.trendFollowers ? 1 : -1
    const lean = p.longBias + follows * p.trendLean * now.trend + p.sentimentLean * now.sentiment
    const buy = uniform(key, index, k + 1) * (1 + Math.exp(-lean)) < 1
    const sign = buy ? 1 : -1
    const lots = plan.size(uniform(key, index, k + 2))
    const arrangement = uniform(key, index, k + 3)
    const taker = uniform(key, index, k + 4) >= p.passiveShare
    const price = (buy === taker ? now.ask : now.bid) * shift
    if (arrangement < p.crossShare + p.unleveredShare) {
      const whole = Math.max(1, Math.round(lots))
      const kind = arrangement < p.crossShare ? CROSS : UNLEVERED
      if (book.add(sign, kind, price, whole, 1) >= 0) trade(whole, buy, taker)
      return
    }
    const choice = plan.choice(uniform(key, index, k + 5))
    const whole = Math.max(1, Math.round(lots * plan.sizeRatio[choice]!))
    const leverage = Math.min(plan.leverage[choice]!, allowed(whole * lot * price))
    const row = book.add(sign, ISOLATED, price, whole, leverage)
    if (row < 0) return
    // No exchange opens a position that it would have to liquidate at once.
    if ((book.liquidation[row]! - now.mark) * sign >= 0) book.remove(row)
    else trade(whole, buy, taker)
  }

  const review = (index: number, k: number, now: Situation): void => {
    const row = Math.floor(uniform(reviews, index, k) * book.count())
    const isolated = book.kind[row] === ISOLATED
    const sign = book.sign[row]!
    let hours = plan.patientHours
    let factor = 1
    if (isolated) {
      hours = plan.holdingHours[book.leverage[row]!]!
      const gain = (now.mark - book.entry[row]!) * sign
      const lost = -gain / ((book.entry[row]! - book.liquidation[row]!) * sign)
      if (lost > p.troubleRatio) {
        const mood = uniform(reviews, index, k + 1)
        if (mood < p.cutOdds) return close(row, index, k)
        if (mood < p.cutOdds + p.addMarginOdds) return book.addMargin(row, book.initialMargin[row]! / 2)
      }
      if (gain * book.lots[row]! * lot > p.takeProfitRatio * book.margin[row]!) factor = 2
    }
    if (uniform(reviews, index, k + 2) * hours < p.reviewHours * factor) close(row, index, k)
  }
  const close = (row: number, index: number, k: number): void => {
    const lots = book.lots[row]!
    const buy = book.sign[row]! < 0
    book.remove(row)
    trade(lots, buy, uniform(reviews, index, k + 3) >= p.passiveShare)
  }

  return {
    flow,
    step(index, hours, now) {
      flow.net = 0
      flow.volume = 0
      flow.takerBuys = 0
      // Expected counts, rounded at random: which traders they are varies far more than how many.
      const looking = Math.floor((book.count() * hours * now.activity) / p.reviewHours + uniform(reviews, index, 0))
      for (let i = 0; i < looking && book.count() > 1; i++) review(index, 1 + 4 * i, now)
      const coming = Math.floor(plan.perHour * hours * now.activity + uniform(openings, index, 0))
      for (let i = 0; i < coming; i++) open(openings, index, 1 + 6 * i, now, 1)
    },
    populate(now) {
      for (let i = 0; i < p.traders; i++) {
        open(populating, i, 0, now, 1 + POPULATE_SPREAD * (uniform(populating, i, 20) - 0.5))
      }
    },
  }
}
