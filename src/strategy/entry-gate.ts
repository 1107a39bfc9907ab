import type { Config } from '../config/schema.ts'
import { signalKey, type Candidate } from '../domain/candidate.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign, type Direction } from '../domain/side.ts'
import { fundingAtOrBefore, HOUR_MS, nextFunding, SECOND_MS, utcDay } from '../domain/time.ts'
import type { ExitReason } from '../domain/trade.ts'
import type { EpochMs } from '../domain/unit.ts'
import { exposureRefusals, type Exposure } from './exposure-gate.ts'
import { feedRefusals, type FeedTiming } from './feed-gate.ts'
import { basisPointText, hoursText, secondsText } from './wording.ts'

const BASIS_POINT = 1e-4

/** The last time a position of the symbol was closed. */
export interface LastExit {
  readonly time: EpochMs
  readonly reason: ExitReason
  /** Time of the evaluation that decided it; `null` where a resting order or the venue did. */
  readonly decidedAt: EpochMs | null
}

/** What the engine remembers of one symbol, and the account as far as an entry depends on it. */
export interface EntryHistory {
  /** Direction of the open position or of an entry that still works. */
  readonly position: Direction | null
  readonly lastExit: LastExit | null
  /** Last time a position of this direction was closed by its protective stop; break-even stops do not count. */
  readonly lastStop: (direction: Direction) => EpochMs | null
  /** Entries of this symbol at or after `time`. */
  readonly entriesSince: (time: EpochMs) => number
  /** True when an entry was made from the zone with this id. */
  readonly clusterUsed: (id: string) => boolean
  /** True when the signal with this key was traded and has been true at every evaluation since. */
  readonly fired: (key: string) => boolean
  readonly feed: FeedTiming
  /** Expected slippage of the entry beyond half the spread, a fraction of the price; NaN when unknown. */
  readonly slippageRatio: number
  /** `null` before the entry has a size: then nothing is judged by it. */
  readonly exposure: Exposure | null
}

function cooldownRefusals(
  view: MarketView,
  candidate: Candidate,
  history: EntryHistory,
  config: Config['entry'],
  out: Refusal[],
): void {
  const { lastExit } = history
  // The bar that ends a trade at its broken zone may carry the break's own signal.
  const isSameBreak =
    candidate.strategy === 'cluster_breakout' &&
    lastExit?.reason === 'anchor_broken' &&
    lastExit.decidedAt !== null &&
    view.time - lastExit.decidedAt < view.barMs
  if (lastExit !== null && !isSameBreak) {
    const wait = config.cooldownBars === null ? config.cooldownHours * HOUR_MS : config.cooldownBars * view.barMs
    const since = view.time - lastExit.time
    if (since < wait) {
      out.push(
        refusal('COOLDOWN', `last exit ${hoursText(since)} ago, ${hoursText(wait)} asked`, {
          since,
          wait,
          exit: lastExit.reason,
        }),
      )
    }
  }
  const stopped = history.lastStop(candidate.direction)
  if (stopped !== null) {
    const wait = config.stopCooldownHours * HOUR_MS
    const since = view.time - stopped
    if (since < wait) {
      const message = `stopped out ${candidate.direction} ${hoursText(since)} ago, ${hoursText(wait)} asked`
      out.push(refusal('STOP_COOLDOWN', message, { since, wait }))
    }
  }
}

function repetitionRefusals(
  view: MarketView,
  candidate: Candidate,
  history: EntryHistory,
  config: Config['entry'],
  out: Refusal[],
): void {
  const max = config.maxEntriesPerDay
  if (max !== null) {
    const entries = history.entriesSince(utcDay(view.time))
    if (entries >= max)
      out.push(refusal('DAILY_ENTRIES', `${entries} entries today (UTC), at most ${max}`, { entries, max }))
  }
  const anchor = candidate.anchor
  if (anchor !== null && history.clusterUsed(anchor.id)) {
    out.push(refusal('CLUSTER_USED', 'this zone has been traded already', { cluster: anchor.id }))
  }
  const key = signalKey(candidate)
  if (history.fired(key))
    out.push(refusal('NOT_RESET', 'the signal has been true ever since it was traded', { signal: key }))
}

function fundingRefusals(view: MarketView, direction: Direction, config: Config['entry'], out: Refusal[]): void {
  const until = nextFunding(view.time) - view.time
  const since = view.time - fundingAtOrBefore(view.time)
  const before = config.fundingBeforeSecs * SECOND_MS
  const after = config.fundingAfterSecs * SECOND_MS
  if (until <= before) {
    out.push(
      refusal(
        'FUNDING_WINDOW',
        `funding settles in ${secondsText(until)}, no entries in the last ${secondsText(before)}`,
        { until, before },
      ),
    )
  } else if (since < after) {
    out.push(
      refusal(
        'FUNDING_WINDOW',
        `funding settled ${secondsText(since)} ago, no entries in the first ${secondsText(after)}`,
        { since, after },
      ),
    )
  }
  const paid = sign(direction) * view.fundingRate
  const max = config.maxFundingBp * BASIS_POINT
  if (paid > max) {
    out.push(
      refusal('FUNDING_COST', `would pay ${basisPointText(paid)} of funding, at most ${basisPointText(max)}`, {
        paid,
        max,
      }),
    )
  }
}

function liquidityRefusals(view: MarketView, history: EntryHistory, config: Config['entry'], out: Refusal[]): void {
  const spread = 2 * view.halfSpreadRatio
  const maxSpread = config.maxSpreadBp * BASIS_POINT
  if (view.bookKnown && !(spread <= maxSpread)) {
    out.push(
      refusal('SPREAD', `spread ${basisPointText(spread)}, at most ${basisPointText(maxSpread)}`, {
        spread,
        max: maxSpread,
      }),
    )
  }
  const { slippageRatio } = history
  const maxSlippage = config.maxSlippageBp * BASIS_POINT
  if (slippageRatio > maxSlippage) {
    const message = `expected slippage ${basisPointText(slippageRatio)}, at most ${basisPointText(maxSlippage)}`
    out.push(refusal('SLIPPAGE', message, { slippage: slippageRatio, max: maxSlippage }))
  }
}

/**
 * Every gate between a chosen candidate and an entry that looks beyond the candidate itself: the open position, what
 * was traded before, funding, liquidity, the feeds, and what the account stands to lose. Empty: it may be entered.
 */
export function entryRefusals(
  view: MarketView,
  candidate: Candidate,
  history: EntryHistory,
  config: Pick<Config, 'entry' | 'heatmap'>,
): readonly Refusal[] {
  const out: Refusal[] = []
  if (history.position !== null) {
    out.push(
      refusal('POSITION_OPEN', `a ${history.position} position is open or on its way`, { position: history.position }),
    )
  }
  cooldownRefusals(view, candidate, history, config.entry, out)
  repetitionRefusals(view, candidate, history, config.entry, out)
  fundingRefusals(view, candidate.direction, config.entry, out)
  liquidityRefusals(view, history, config.entry, out)
  out.push(...feedRefusals(view, candidate, history.feed, config.heatmap))
  if (history.exposure !== null)
    out.push(...exposureRefusals(candidate.entry, candidate.stop, history.exposure, config.entry))
  return out
}
