import type { Instrument } from '../../domain/instrument.ts'
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts'
import { addStep, emptyBar, startBar, type BarState } from './bar-builder.ts'
import { createBehaviour, type Situation } from './behaviour.ts'
import { normal, streamKey, uniform } from './draw.ts'
import { createForcedOrders, type ForcedOrderSummary, type OnForced } from './forced-orders.ts'
import { createLatent } from './latent.ts'
import { createMarkPrice } from './mark.ts'
import { TICK_MS, TICKS_PER_FUNDING, TICKS_PER_MINUTE, type Pace } from './pace.ts'
import type { CrowdParameters, SymbolParameters } from './parameters.ts'
import { createPremium } from './premium.ts'
import { createTraderBook, ISOLATED, type TraderBook } from './trader-book.ts'
import { addToTrailing, createTrailing, type Trailing } from './trailing.ts'

/** Prices of one symbol after its last step. */
export interface Quote {
  last: number
  bid: number
  ask: number
  index: number
}

/** One symbol's market: its value, its traders, and the prices they make. */
export interface Market {
  readonly instrument: Instrument
  readonly quote: Quote
  readonly bar: BarState
  readonly trailing: Trailing
  readonly forced: ForcedOrderSummary
  readonly book: TraderBook
  mark(): number
  /** Rate of the last settlement, a fraction. */
  fundingRate(): number
  /** Base units. */
  openInterest(): number
  /** Long accounts per short account. */
  accountRatio(): number
  /** Tells of every forced order, for the ground truth; nothing of the market depends on it. */
  listen(onForced: OnForced): void
  /** Fills the book before the first step. */
  populate(): void
  /** `tick` must rise by `pace.ticks`. At 00, 08 and 16 UTC funding is settled within the step, at its mark. */
  step(tick: number, pace: Pace): void
  /** Starts a bar at the time of `tick`; the one in the making must have been read. */
  startBar(tick: number): void
}

const TREND_HOURS = 8
const MAX_TREND = 3
/** Bounds of the present volatility relative to the average one, where it drives activity, depth and spread. */
const MIN_BUSTLE = 0.2
const MAX_BUSTLE = 8
const MAX_ACTIVITY = 3
const BUSY_EXPONENT = 1.3
const THIN_EXPONENT = 0.5
const MIN_DEPTH = 0.35
const MAX_DEPTH = 2
const VOLUME_NOISE = 0.15
/** How far a step's shock tips its takers and its last trade towards one side. */
const TAKER_TILT = 0.12
const LAST_TILT = 0.2

/** @param origin time of tick 0, a funding settlement */
export function createMarket(
  instrument: Instrument,
  seed: number,
  p: CrowdParameters,
  own: SymbolParameters,
  origin: number,
): Market {
  const { symbol, lot, tick: tickSize, marginTiers } = instrument
  const latent = createLatent(seed, symbol, p, own)
  const value = latent.state
  const first = Math.exp(value.value)
  const book = createTraderBook(first, lot, marginTiers)
  const behaviour = createBehaviour(seed, symbol, book, p, own, lot, marginTiers)
  const flow = behaviour.flow
  const markPrice = createMarkPrice(first)
  const premium = createPremium(seed, symbol, p)
  const volumeKey = streamKey(seed, `${symbol}:volume`)
  const averageVolatility = own.hourlyVolatility / Math.sqrt(60)
  const averageDepth = p.depth * own.openInterest
  const backgroundPerHour = (own.backgroundVolume * own.openInterest) / 24
  const trailing = createTrailing(averageVolatility, backgroundPerHour / 60)
  const trendWeight = 1 - Math.exp(-MINUTE_MS / (TREND_HOURS * HOUR_MS))
  const trendScale = 1 / (own.hourlyVolatility * Math.sqrt(TREND_HOURS / 2))
  const perTick = 1 / tickSize
  const roundDown = (price: number): number =>
    tickSize < 1 ? Math.floor(price * perTick) / perTick : Math.floor(price / tickSize) * tickSize

  const quote: Quote = {
    last: first,
    bid: first * (1 - own.halfSpread),
    ask: first * (1 + own.halfSpread),
    index: first,
  }
  const now: Situation = {
    bid: quote.bid,
    ask: quote.ask,
    mark: first,
    trend: 1e-12,
    sentiment: value.sentiment,
    activity: 1.0001,
  }
  const bar = emptyBar()
  const forced = createForcedOrders(book, quote, markPrice.state, lot)
  // No whole numbers: the fields shall hold unboxed doubles from the start.
  const price = {
    log: value.value,
    average: value.value,
    impact: 1e-12,
    depth: averageDepth + 1e-9,
    volumePerHour: backgroundPerHour + 1e-9,
    halfSpread: own.halfSpread,
  }

  const minute = (tick: number): void => {
    const at = tick / TICKS_PER_MINUTE
    latent.minute(at, origin + tick * TICK_MS)
    const longs = book.longLots()
    const shorts = book.shortLots()
    premium.minute(at, (longs - shorts) / (longs + shorts), quote.last / quote.index - 1)
    const bustle = Math.max(MIN_BUSTLE, Math.min(MAX_BUSTLE, Math.sqrt(trailing.recentVariance) / averageVolatility))
    price.average += (price.log - price.average) * trendWeight
    price.depth = averageDepth * Math.max(MIN_DEPTH, Math.min(MAX_DEPTH, bustle ** -THIN_EXPONENT))
    price.volumePerHour =
      backgroundPerHour * bustle ** BUSY_EXPONENT * Math.exp(VOLUME_NOISE * normal(volumeKey, at, -2))
    price.halfSpread = own.halfSpread * (0.5 + 0.5 * bustle)
    now.activity = Math.min(MAX_ACTIVITY, bustle)
    now.trend = Math.max(-MAX_TREND, Math.min(MAX_TREND, (price.log - price.average) * trendScale))
    now.sentiment = value.sentiment
  }

  /** Forced orders of the step before reach the book together with this step's voluntary ones. */
  const applyOrders = (pace: Pace): void => {
    const stretch = price.impact / p.dislocation
    price.impact -= price.impact * Math.min(0.5, pace.impactLoss * (1 + stretch * stretch))
    const voluntary = (flow.net * lot) / price.depth
    value.value += p.permanentImpact * voluntary
    price.impact += (1 - p.permanentImpact) * voluntary + (p.forcedImpact * forced.pending.net) / price.depth
  }

  const applyPrice = (tick: number, pace: Pace): number => {
    const log = value.value + price.impact + premium.state.premium
    const move = log - price.log
    price.log = log
    const mid = Math.exp(log)
    const gap = premium.state.premium + (1 - p.spotFollows) * price.impact
    quote.index = mid * (1 - gap + 0.5 * gap * gap)
    const half = mid * price.halfSpread
    quote.bid = roundDown(mid - half)
    quote.ask = -roundDown(-mid - half)
    quote.last = uniform(volumeKey, tick, 1) < 0.5 + LAST_TILT * value.shock ? quote.ask : quote.bid
    const left = 1 - (tick % TICKS_PER_FUNDING) / TICKS_PER_FUNDING
    markPrice.update(quote.last, quote.index, premium.state.estimate * left, pace.basisSteps)
    return move
  }

  const applyVolume = (tick: number, move: number, pace: Pace): void => {
    const background = price.volumePerHour * pace.hours * 2 * uniform(volumeKey, tick, 0)
    const volume = background + flow.volume * lot + forced.pending.quantity
    const buying = Math.max(0, Math.min(1, 0.5 + TAKER_TILT * value.shock))
    const forcedBuys = (forced.pending.quantity + forced.pending.net) / 2
    addStep(bar, quote.last, markPrice.state.mark, volume, background * buying + flow.takerBuys * lot + forcedBuys)
    addToTrailing(trailing, move, volume, forced.pending.quantity, pace)
  }

  /** Funding is paid out of isolated margin, which moves the payer's liquidation price towards the mark. */
  const settleFunding = (): void => {
    const due = premium.settle() * markPrice.state.mark * lot
    for (let row = 0; row < book.count(); row++) {
      if (book.kind[row] === ISOLATED) book.addMargin(row, -book.sign[row]! * due * book.lots[row]!)
    }
  }

  return {
    instrument,
    quote,
    bar,
    trailing,
    forced: forced.summary,
    book,
    mark: () => markPrice.state.mark,
    fundingRate: () => premium.state.settled,
    // Hedgers hold the difference between the crowd's longs and shorts, so every contract has a long and a short.
    openInterest: () => Math.max(book.longLots(), book.shortLots()) * lot,
    accountRatio() {
      const longs = book.longAccounts()
      return longs / Math.max(1, book.count() - longs)
    },
    listen: forced.listen,
    populate() {
      behaviour.populate(now)
    },
    step(tick, pace) {
      if (tick % TICKS_PER_MINUTE === 0) minute(tick)
      latent.step(tick, pace)
      now.bid = quote.bid
      now.ask = quote.ask
      now.mark = markPrice.state.mark
      behaviour.step(tick, pace.hours, now)
      applyOrders(pace)
      const move = applyPrice(tick, pace)
      applyVolume(tick, move, pace)
      if (tick % TICKS_PER_FUNDING === 0 && tick > 0) settleFunding()
      forced.collect(origin + tick * TICK_MS)
    },
    startBar(tick) {
      startBar(bar, origin + tick * TICK_MS, Math.max(book.longLots(), book.shortLots()) * lot)
    },
  }
}
