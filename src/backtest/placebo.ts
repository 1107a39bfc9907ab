import { ZERO } from '../domain/decimal.ts'
import type { Trade } from '../domain/trade.ts'
import type { Money } from '../domain/unit.ts'
import { differenceInterval, meanInterval, type Interval, type Outcome } from './bootstrap.ts'
import { mean } from './returns.ts'
import type { Placebo } from './simulation.ts'

export type PlaceboKind = Placebo['kind']

/** Order of tables and reports. */
export const PLACEBO_KINDS: readonly PlaceboKind[] = ['mirrored', 'jittered', 'random_direction', 'random_times']

/** What one run, real or placebo, is judged by. */
export interface Run {
  readonly seed: number | null
  readonly trades: number
  /** Mean net result in units of risk; `null` without trades. */
  readonly meanR: number | null
  readonly net: Money
}

export interface RealRun extends Run {
  readonly interval: Interval | null
}

/** All runs of one kind. */
export interface PlaceboOutcome {
  readonly kind: PlaceboKind
  readonly runs: readonly Run[]
  readonly meanTrades: number
  /** Mean R of the trades of all runs together, so that a run weighs as much as it traded; `null` without trades. */
  readonly meanR: number | null
  /** Of that mean. */
  readonly interval: Interval | null
  readonly meanNet: Money
  /** Place of the real run among real and seeded runs by mean R, 1 = best, ties against it; `null` for a kind with one run. */
  readonly rank: number | null
  /** Real less placebo mean R, the latter of the trades of all runs together. */
  readonly difference: Interval | null
  /** Whether the real run stands out; `null` where there is nothing to compare. */
  readonly beaten: boolean | null
}

const BOOTSTRAP_SEED = 1
/** Of the places among all runs, the share that counts as standing out. */
const SIGNIFICANCE = 0.05

const outcomesOf = (trades: readonly Trade[]): readonly Outcome[] =>
  trades.map((t) => ({ entryTime: t.entryTime, r: t.rMultiple }))

function runOf(seed: number | null, trades: readonly Trade[]): Run {
  const net = trades.reduce((total, t) => total.plus(t.pnl), ZERO) as Money
  return { seed, trades: trades.length, meanR: trades.length === 0 ? null : mean(trades.map((t) => t.rMultiple)), net }
}

export const realRun = (trades: readonly Trade[]): RealRun => ({
  ...runOf(null, trades),
  interval: meanInterval(outcomesOf(trades), BOOTSTRAP_SEED),
})

/**
 * Compares the real run with all runs of one placebo. A seeded kind is beaten when the real run takes one of the best 5 %
 * of places (with few seeds: the best); a kind with a single run, when the interval of the difference lies above zero.
 * @param placebos the trades of each run, by seed
 */
export function comparePlacebo(
  kind: PlaceboKind,
  real: readonly Trade[],
  placebos: readonly { readonly seed: number | null; readonly trades: readonly Trade[] }[],
): PlaceboOutcome {
  const runs = placebos.map(({ seed, trades }) => runOf(seed, trades))
  const means = runs.flatMap(({ meanR }) => (meanR === null ? [] : [meanR]))
  const own = runOf(null, real).meanR
  const pooled = outcomesOf(placebos.flatMap(({ trades }) => trades))
  const seeded = kind !== 'mirrored'
  const comparable = own !== null && means.length > 0
  const rank = seeded && comparable ? 1 + means.filter((r) => r >= own).length : null
  const difference = comparable ? differenceInterval(outcomesOf(real), pooled, BOOTSTRAP_SEED) : null
  const places = Math.max(1, Math.floor(SIGNIFICANCE * (means.length + 1)))
  return {
    kind,
    runs,
    meanTrades: mean(runs.map(({ trades }) => trades)),
    meanR: pooled.length === 0 ? null : mean(pooled.map(({ r }) => r)),
    interval: meanInterval(pooled, BOOTSTRAP_SEED),
    meanNet: runs.reduce((total, { net }) => total.plus(net), ZERO).div(Math.max(1, runs.length)) as Money,
    rank,
    difference,
    beaten: rank !== null ? rank <= places : seeded || difference === null ? null : difference.low > 0,
  }
}
