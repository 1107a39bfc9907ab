import { z } from 'zod'
import { EXCHANGES } from './exchange-name.ts'

/**
 * The one schema: types, defaults and the editor's JSON Schema. Keys are snake_case with their unit last; `_pct` is a
 * percent, `_ratio` a fraction of 1, `_bp` a hundredth of a percent. `null` switches an optional condition off, except
 * under `risk`, where a limit that is not configured refuses every entry.
 */
const positive = z.number().positive()
const fraction = z.number().min(0).max(1)
const percentOf = (max: number) => z.number().min(0).max(max)
const perSymbol = (fallback: number) =>
  z
    .object({ default: z.number().min(0) })
    .catchall(z.number().min(0))
    .default({ BTCUSDT: 0.5, ETHUSDT: 1, SOLUSDT: 2, default: fallback })
    .describe('By symbol; `default` serves the others.')

const exchange = z.strictObject({
  name: z.enum(EXCHANGES).default('embedded').describe('The exchange to trade on.'),
  environment: z
    .enum(['demo', 'testnet'])
    .nullable()
    .default(null)
    .describe('Which play-money system of the exchange `mode: testnet` means; null: the one it is known for.'),
  url: z
    .string()
    .nullable()
    .default(null)
    .describe('Of a running `lodestone exchange serve`, for `name: embedded`; null: one of our own is started.'),
  pairs: z.array(z.string()).min(1).default(['BTC/USDT:USDT']).describe('Symbols, as BTC/USDT:USDT or BTCUSDT.'),
  margin_mode: z.enum(['isolated', 'cross']).default('isolated'),
  leverage: z.number().int().min(1).max(125).default(5),
  dead_man_secs: z
    .number()
    .int()
    .min(10)
    .nullable()
    .default(60)
    .describe('Silence of the bot after which the exchange cancels resting entries, where it can spare stops.'),
})

const simulation = z.strictObject({
  fee_maker_bp: z.number().min(-5).max(100).default(2),
  fee_taker_bp: z.number().min(0).max(100).default(5),
  half_spread_bp: perSymbol(2),
  latency_ms: z.number().int().min(0).max(5_000).default(50),
  impact: z
    .boolean()
    .default(true)
    .describe('Slippage beyond half the spread: one-minute volatility × √(size / one-minute volume).'),
  limit_volume_pct: z
    .number()
    .gt(0)
    .max(100)
    .default(2)
    .describe('Share of a bar’s volume that a resting limit may fill.'),
  stop_slippage_min_bp: z.number().min(0).default(2),
  stop_slippage_range_pct: percentOf(100)
    .default(10)
    .describe('Share of the way from the trigger to the bar’s extreme.'),
  stop_slippage_wide_pct: percentOf(100)
    .default(25)
    .describe('The same in a bar whose range is at least `wide_bar_atr`.'),
  wide_bar_atr: positive.default(3),
  liquidation_fee_pct: percentOf(10).default(1.25),
  insurance_fund_pct: percentOf(100).default(0.1).describe('Start of the insurance fund, in percent of open interest.'),
  ambiguous_bar: z.enum(['stop_first', 'target_first']).default('stop_first'),
})

const heatmap = z.strictObject({
  source: z.enum(['estimator', 'api', 'recording']).default('estimator'),
  url: z.string().nullable().default(null).describe('Base URL of a heatmap service, for `source: api`.'),
  file: z
    .string()
    .nullable()
    .default(null)
    .describe('A recording made by `lodestone record`, for `source: recording`.'),
  levels: z
    .enum(['auto', 'absolute'])
    .default('auto')
    .describe('`absolute` asserts that the feed’s levels stand still; it never overrules a detected anchoring.'),
  trade_anchored: z
    .boolean()
    .default(false)
    .describe('Let hunt and support/resistance act on a feed whose levels follow the price.'),
  min_strength: fraction.default(0.5),
  max_distance_pct: percentOf(50).default(3),
  min_open_interest_usd: z.number().min(0).default(500_000),
  poll_interval_secs: positive.default(5),
  stale_after_secs: positive.default(15),
  open_interest_stale_after_secs: positive.default(90),
  price_stale_after_secs: positive.default(2),
  frozen_after_polls: z.number().int().min(2).default(6),
  frozen_price_move_bp: positive.default(5),
  sizes_frozen_after_secs: positive
    .default(120)
    .describe(
      'Sizes and ratio that never change for so long are frozen; longer for a service that renews them seldom.',
    ),
  price_collar_pct: positive.default(0.5).describe('How far the provider’s price may stand from ours.'),
  recovery_snapshots: z.number().int().min(1).default(3),
})

const estimator = z.strictObject({
  bin_width_bp: z.number().min(0.05).max(500).default(5),
  range_pct: z.number().min(1).max(90).default(25),
  churn_ratio: fraction.default(0),
  unmapped_ratio: fraction
    .default(0.65)
    .describe('Share of open interest with no liquidation price: cross, hedged, unlevered.'),
  leverage_mix: z.record(z.string(), fraction).default({ 5: 0.25, 10: 0.3, 20: 0.2, 50: 0.15, 100: 0.1 }),
  half_life_hours: z.record(z.string(), positive).default({ 5: 240, 10: 96, 20: 24, 50: 12, 100: 6 }),
  typical_notional_usd: positive.default(20_000),
  tilt: z.number().min(-2).max(2).default(0),
  burn_in_days: z.number().min(0).default(30),
  publish_interval: z.string().default('1h').describe('`bar` or a duration.'),
  kernel_bins: positive.max(100).default(2),
  kernel_atr_ratio: positive.max(10).default(0.1),
  prominence_ratio: fraction.default(0.25),
  edge_cut_ratio: fraction.default(0.5),
  min_overlap_ratio: fraction.default(0.5),
  strength_window_days: positive.default(30),
  strength_min_observations: z.number().int().min(1).default(500),
  open_interest_jump_pct: positive
    .default(25)
    .describe('A larger rise in one bar is a change of the feed, not of the market.'),
})

const openInterestGate = {
  min_open_interest_pct: z.number().min(0).nullable().default(0.05).describe('Of the symbol’s open interest.'),
  min_open_interest_usd: z.number().min(0).nullable().default(null),
}

const strategies = z.strictObject({
  liquidation_hunt: z
    .strictObject({
      enabled: z.boolean().default(true),
      min_strength: fraction.default(0.6),
      max_distance_pct: percentOf(50).default(2),
      max_distance_atr: positive.nullable().default(3),
      min_distance_pct: percentOf(50).default(0.45),
      approach_bars: z.number().int().min(0).default(3),
      with_trend: z.boolean().default(true),
      untouched: z.boolean().default(true),
      ...openInterestGate,
      protective_min_strength: fraction.default(0.3),
      protective_atr: z
        .tuple([z.number().min(0), positive])
        .nullable()
        .default([0.5, 1.5])
        .describe('Distance of the stop at which a protective cluster counts, in ATR.'),
      protective_max_pct: percentOf(50).default(3),
      fallback_stop_atr: positive.default(1),
    })
    .prefault({}),
  support_resistance: z
    .strictObject({
      enabled: z.boolean().default(true),
      min_strength: fraction.default(0.5),
      proximity_pct: percentOf(50).default(1),
      confirmation: z.enum(['rejection', 'none']).default('rejection'),
      max_target_r: positive.default(2),
      ...openInterestGate,
    })
    .prefault({}),
  cluster_breakout: z
    .strictObject({
      enabled: z.boolean().default(true),
      min_strength: fraction.default(0.5),
      max_entry_lag_bars: positive.default(1),
      closed_bar: z.boolean().default(true),
      min_target_r: positive.default(1),
      max_target_r: positive.default(2),
      ...openInterestGate,
    })
    .prefault({}),
  ema_cross: z
    .strictObject({
      enabled: z.boolean().default(false),
      fast: z.number().int().min(1).default(12),
      slow: z.number().int().min(2).default(26),
      stop_pct: positive.default(1),
      target_pct: positive.default(2),
    })
    .prefault({})
    .describe('Plain momentum, as a baseline to compare with.'),
})

const confirmation = z.strictObject({
  trend: z
    .strictObject({
      enabled: z.boolean().default(true),
      ema_fast: z.number().int().min(1).default(20),
      ema_slow: z.number().int().min(2).default(50),
    })
    .prefault({}),
  rsi: z
    .strictObject({
      enabled: z.boolean().default(true),
      period: z.number().int().min(2).default(14),
      low: percentOf(100).default(20),
      high: percentOf(100).default(80),
    })
    .prefault({}),
  atr: z
    .strictObject({
      enabled: z.boolean().default(true),
      period: z.number().int().min(1).default(14),
      min_pct: percentOf(100).default(0.1),
      max_pct: percentOf(100).default(5),
    })
    .prefault({}),
})

const stop = z.strictObject({
  buffer_atr: positive.default(0.25),
  max_distance_atr: positive.nullable().default(2.5),
  max_distance_pct: percentOf(50).default(3),
  no_atr_buffer_pct: percentOf(5)
    .nullable()
    .default(null)
    .describe('Buffer where no ATR is known; null: no trade then.'),
  avoid_strength: fraction.default(0.5).describe('A stop never stands inside a live cluster of this strength.'),
  break_even_r: positive.nullable().default(1),
  break_even_min_atr: z.number().min(0).default(0.5),
})

const target = z.strictObject({
  buffer_atr: z.number().min(0).default(0.05),
  placement: z.enum(['before', 'at', 'beyond']).default('before'),
  beyond_pct: percentOf(5).default(0),
  fade_ratio: fraction
    .nullable()
    .default(0.5)
    .describe('Close when the target’s cluster keeps less than this share of its mass at entry.'),
  min_net_risk_reward: z.number().nullable().default(1),
  max_cost_ratio: fraction.nullable().default(0.15),
})

const sizing = z.strictObject({
  risk_per_trade_pct: percentOf(10).default(0.5),
  max_risk_per_trade_pct: percentOf(10).default(1),
  multiplier_min: z.number().min(0).nullable().default(0.25),
  multiplier_max: z.number().min(0).nullable().default(1),
  use_strength: z.boolean().default(true),
  position_ratio_only: z.boolean().default(true).describe('Ignore a long/short ratio that is only a book imbalance.'),
  weekend_ratio: fraction.default(0.5),
})

const entry = z.strictObject({
  combination: z
    .enum(['veto', 'first'])
    .default('veto')
    .describe('`veto`: opposite signals cancel each other; `first`: the first in `priority` wins.'),
  priority: z
    .array(z.enum(['liquidation_hunt', 'support_resistance', 'cluster_breakout', 'ema_cross']))
    .default(['cluster_breakout', 'liquidation_hunt', 'support_resistance', 'ema_cross']),
  order_type: z
    .enum(['ioc', 'limit'])
    .default('ioc')
    .describe('`ioc`: a limit at the price collar, the rest is dropped; `limit`: rests at the signal’s price.'),
  limit_timeout_secs: positive.default(3_600),
  cooldown_bars: z.number().min(0).nullable().default(null).describe('Instead of `cooldown_hours`.'),
  cooldown_hours: z.number().min(0).default(4),
  stop_cooldown_hours: z.number().min(0).default(12).describe('Same direction after a stop.'),
  max_entries_per_day: z.number().int().min(1).nullable().default(2),
  max_holding_hours: positive.default(24),
  funding_before_secs: z.number().min(0).default(600),
  funding_after_secs: z.number().min(0).default(60),
  max_funding_bp: z.number().min(0).default(5).describe('No entry that would pay more at the next settlement.'),
  max_spread_bp: positive.default(3),
  max_slippage_bp: positive.default(10),
  anchor_exit: z.boolean().default(true),
  correlated_risk_pct: positive.nullable().default(1),
  gap_pct: percentOf(50).default(10),
  gap_max_loss_pct: percentOf(100).default(3),
})

const risk = z.strictObject({
  max_order_usd: positive.nullable().default(null),
  max_order_ratio: positive.nullable().default(0.5).describe('Of equity × leverage.'),
  max_order_quantity: positive.nullable().default(null).describe('Base units; null: the venue’s own maximum.'),
  max_position_usd: positive.nullable().default(null),
  max_position_ratio: positive.nullable().default(0.5).describe('Of equity × leverage.'),
  max_open_trades: z.number().int().min(1).nullable().default(3),
  max_gross_exposure_ratio: positive.nullable().default(2).describe('Of equity.'),
  max_leverage: positive.nullable().default(10).describe('Of an order’s margin.'),
  free_margin_ratio: fraction.nullable().default(0.1).describe('Share of equity that stays free.'),
  liquidation_distance_ratio: positive
    .nullable()
    .default(2)
    .describe('Own liquidation at least this many stop distances away.'),
  max_daily_loss_pct: positive.nullable().default(3).describe('Of the day’s starting equity, open result included.'),
  max_drawdown_pct: positive.nullable().default(10).describe('From the highest equity, open result included.'),
  price_collar_pct: positive.nullable().default(0.5),
  entries_per_hour: positive.nullable().default(6),
})

const log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  file: z
    .boolean()
    .default(true)
    .describe('Write JSON lines to lodestone.log in the account’s directory. Paper has neither.'),
})

const live = z.strictObject({
  max_loss_usd: positive
    .nullable()
    .default(null)
    .describe('The loss you accept if every stop fails at once; `mode: live` is refused without it.'),
  any_address: z.boolean().default(false).describe('Trade with a key that is not restricted to addresses.'),
})

export const configSchema = z.strictObject({
  mode: z
    .enum(['backtest', 'paper', 'testnet', 'live'])
    .default('testnet')
    .describe(
      '`paper`: the embedded exchange in this process; `testnet`: through ccxt, the embedded exchange included.',
    ),
  market: z
    .enum(['crowd', 'tape', 'ccxt'])
    .default('crowd')
    .describe('What `mode: paper` plays: the simulated crowd, candles, or the live market of `exchange.name`.'),
  dry_run_wallet: positive.default(10_000).describe('Starting balance in the quote currency.'),
  timeframe: z
    .string()
    .default('auto')
    .describe('State and signal bars: `auto` (5m where the data has it, else its own), or a duration.'),
  data_dir: z.string().min(1).default('user_data').describe('Journal, log and control socket of each account.'),
  reconcile_interval_secs: z
    .number()
    .min(1)
    .max(600)
    .default(10)
    .describe('How often the books are compared with the exchange.'),
  protection_check_secs: z
    .number()
    .min(1)
    .max(4)
    .default(3)
    .describe('How long a stop, or an entry that works, may go unseen before the exchange is asked about it.'),
  shutdown: z
    .enum(['keep_protected', 'flatten'])
    .default('keep_protected')
    .describe('When the process ends: leave positions behind their stops, or close them.'),
  exchange: exchange.prefault({}),
  log: log.prefault({}),
  live: live.prefault({}),
  simulation: simulation.prefault({}),
  heatmap: heatmap.prefault({}),
  estimator: estimator.prefault({}),
  strategies: strategies.prefault({}),
  confirmation: confirmation.prefault({}),
  stop: stop.prefault({}),
  target: target.prefault({}),
  sizing: sizing.prefault({}),
  entry: entry.prefault({}),
  risk: risk.prefault({}),
})

export type FileConfig = z.output<typeof configSchema>

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S
type CamelKeys<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? string extends keyof T
      ? T
      : { readonly [K in keyof T as K extends string ? Camel<K> : K]: CamelKeys<T[K]> }
    : T

/** The configuration as the code reads it: the file's words in camelCase. Keys of free maps (symbols, tiers) stay. */
export type Config = CamelKeys<FileConfig>
