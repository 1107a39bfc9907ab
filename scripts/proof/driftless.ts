import { simulate } from '../../src/app/compose/simulate.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema, type Config } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { HOUR_MS } from '../../src/domain/time.ts'
import type { Trade } from '../../src/domain/trade.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { streamKey, uniform } from '../../src/exchange/crowd/draw.ts'
import { createScripted, type ScriptedEntry } from '../../src/strategy/scripted.ts'
import { randomWalk, type RandomWalk } from './random-walk.ts'

/** One way to trade without any knowledge: a coin decides the direction, distances are fixed. */
export interface Wager {
  readonly stopRatio: number
  readonly targetRatio: number
  readonly withCosts: boolean
  readonly reading: 'stop_first' | 'target_first'
}

/** What one trade came to, in multiples of its first risk. */
export interface Outcome {
  readonly r: number
  /** What entering and leaving cost, worked out from bars and terms without looking at the fills. */
  readonly costR: number
  /** The same trade on the steps inside the bars: filled at the first step at or beyond a level, at that step's price. */
  readonly trueR: number
  /** The same, but filled at the level itself, as if the price had moved without steps. */
  readonly levelR: number
  /** Stop and target both lay in the bar that ended the trade. */
  readonly ambiguous: boolean
  /** The steps say the target came first where the run says stop, or the other way round. */
  readonly otherEnd: boolean
}

/** Mean overshoot of a random walk beyond a level, in standard deviations of a step: −ζ(½)/√(2π) (Siegmund; Broadie, Glasserman and Kou). */
const OVERSHOOT = 0.5826
const SUBSTEPS = 60
const ENTRY_EVERY = 5
const FEE_TAKER = 0.0005
const FEE_MAKER = 0.0002
const HALF_SPREAD = 0.00005
const STOP_LEAST = 0.0002
const STOP_SHARE = 0.1

/** Everything that could refuse an entry or end a trade early is out of the way, and so are the costs unless wanted. */
function configOf({ withCosts, reading }: Wager): Config {
  return toConfig(
    configSchema.parse({
      dry_run_wallet: 1_000_000,
      exchange: { leverage: 1 },
      simulation: withCosts
        ? { ambiguous_bar: reading, impact: false, wide_bar_atr: 1_000 }
        : {
            ambiguous_bar: reading,
            impact: false,
            fee_maker_bp: 0,
            fee_taker_bp: 0,
            half_spread_bp: { default: 0, BTCUSDT: 0 },
            stop_slippage_min_bp: 0,
            stop_slippage_range_pct: 0,
            stop_slippage_wide_pct: 0,
          },
      strategies: {
        liquidation_hunt: { enabled: false },
        support_resistance: { enabled: false },
        cluster_breakout: { enabled: false },
      },
      stop: { break_even_r: null },
      sizing: { risk_per_trade_pct: 0.1 },
      entry: {
        cooldown_hours: 0,
        stop_cooldown_hours: 0,
        max_entries_per_day: null,
        max_holding_hours: 100_000,
        funding_before_secs: 0,
        funding_after_secs: 0,
        max_funding_bp: 10_000,
        max_slippage_bp: 10_000,
        correlated_risk_pct: null,
        gap_max_loss_pct: 100,
      },
      risk: {
        max_daily_loss_pct: 1_000_000,
        max_drawdown_pct: 1_000_000,
        entries_per_hour: 1_000,
        liquidation_distance_ratio: 0.0001,
      },
    }),
  )
}

/** An entry every few bars, unless a trade is open; the coin is the seed's. */
function plan(columns: BarColumns, wager: Wager, seed: number): readonly ScriptedEntry[] {
  const key = streamKey(seed, 'coin')
  const { stopRatio, targetRatio } = wager
  const entries: ScriptedEntry[] = []
  for (let row = 30; row < columns.length; row += ENTRY_EVERY) {
    const direction = uniform(key, row, 0) < 0.5 ? 'LONG' : 'SHORT'
    entries.push({ time: epochMs(columns.openTime[row]!), direction, stopRatio, targetRatio })
  }
  return entries
}

/** Plays the wager on one tape without drift and without funding; what is open at its end is closed at its last price. */
export async function play(
  seed: number,
  bars: number,
  hourlyVolatility: number,
  wager: Wager,
): Promise<readonly Outcome[]> {
  const walk = randomWalk({ seed, bars, hourlyVolatility, substeps: SUBSTEPS })
  walk.columns.fundingRate.fill(0)
  // So deep that no limit waits for volume.
  walk.columns.volume.fill(1e7)
  const config = configOf(wager)
  const { result } = await simulate({
    config,
    columns: [walk.columns],
    strategies: [createScripted(plan(walk.columns, wager, seed), config)],
    from: null,
    to: null,
  })
  return result.trades.map((trade) => judge(trade, walk, wager))
}

const numberOf = (value: { toNumber(): number }): number => value.toNumber()

/** Reads the same trade off the steps of the tape, with arithmetic of its own. */
function judge(trade: Trade, walk: RandomWalk, wager: Wager): Outcome {
  const { columns, path, substeps } = walk
  const barOf = (time: number): number => Math.floor((time - columns.openTime[0]!) / HOUR_MS)
  const sign = trade.direction === 'LONG' ? 1 : -1
  const stop = numberOf(trade.stopPrice)
  const target = numberOf(trade.targetPrice)
  const first = barOf(trade.entryTime)
  const last = Math.min(barOf(trade.exitTime), columns.length - 1)
  const open = columns.open[first]!
  const risk = Math.abs(numberOf(trade.entryPrice) - stop)
  // The target needs a trade one tick beyond it.
  let step = first * substeps
  while (step < path.length && sign * (path[step]! - stop) > 0 && sign * (path[step]! - target) <= 0) step++
  const price = path[Math.min(step, path.length - 1)]!
  const end: End = step === path.length ? 'end' : sign * (price - stop) <= 0 ? 'stop' : 'target'
  const level = end === 'end' ? price : end === 'stop' ? stop : target
  const held = { high: columns.high[last]!, low: columns.low[last]! }
  const ambiguous = sign > 0 ? held.low <= stop && held.high > target : held.high >= stop && held.low < target
  const ended: End = trade.exitReason === 'stop' || trade.exitReason === 'target' ? trade.exitReason : 'end'
  return {
    r: trade.rMultiple,
    costR: wager.withCosts ? costOf(sign, open, stop, target, price, ended, held) / risk : 0,
    trueR: (sign * (price - open)) / risk,
    levelR: (sign * (level - open)) / risk,
    ambiguous: ended !== 'end' && ambiguous,
    otherEnd: ended !== end || (end !== 'end' && Math.floor(step / substeps) !== last),
  }
}

type End = 'stop' | 'target' | 'end'

/** Per unit: half the spread and the taker's fee in; out the maker's fee at the target, else the slip or spread and the taker's fee. */
function costOf(
  sign: number,
  open: number,
  stop: number,
  target: number,
  close: number,
  ended: End,
  bar: { high: number; low: number },
): number {
  const into = open * HALF_SPREAD + open * (1 + sign * HALF_SPREAD) * FEE_TAKER
  if (ended === 'target') return into + target * FEE_MAKER
  const reach = sign > 0 ? stop - bar.low : bar.high - stop
  const lost = ended === 'end' ? close * HALF_SPREAD : Math.max(stop * STOP_LEAST, STOP_SHARE * reach)
  return into + lost + ((ended === 'end' ? close : stop) - sign * lost) * FEE_TAKER
}

/**
 * What a wager gains, in R, by having stop and target filled at their levels although a walk in steps passes a level by a
 * part of a step: gained at the stop, lost at the target, each as often as it is reached. A price without steps has none.
 */
export function stepEffect(hourlyVolatility: number, { stopRatio, targetRatio }: Wager): number {
  const overshoot = (OVERSHOOT * hourlyVolatility) / Math.sqrt(SUBSTEPS)
  return (overshoot / stopRatio) * ((targetRatio - stopRatio) / (targetRatio + stopRatio))
}

export interface Mean {
  readonly count: number
  readonly mean: number
  readonly standardError: number
}

export function meanOf(values: readonly number[]): Mean {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  return { count, mean, standardError: Math.sqrt(variance / count) }
}

export const within = ({ mean, standardError }: Mean, errors: number): boolean =>
  Math.abs(mean) <= errors * standardError
