import { simulate } from '../../src/app/compose/simulate.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema, type Config } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { createStrategies } from '../../src/strategy/registry.ts'
import { simulationChecksum } from './checksum.ts'
import type { Outcome } from './measure.ts'

const off = { enabled: false }

/** The averages' cross, free to trade on every cross: no cool-downs, limits opened, no funding window, no break-even. */
export const crossConfig: Config = toConfig(
  configSchema.parse({
    timeframe: '1m',
    dry_run_wallet: 10_000_000,
    strategies: { liquidation_hunt: off, support_resistance: off, cluster_breakout: off, ema_cross: { enabled: true } },
    confirmation: { rsi: off, atr: off },
    entry: {
      cooldown_hours: 0,
      stop_cooldown_hours: 0,
      max_entries_per_day: null,
      funding_before_secs: 0,
      funding_after_secs: 0,
      max_holding_hours: 1_000,
      max_slippage_bp: 1_000,
    },
    risk: { max_daily_loss_pct: 100, max_drawdown_pct: 100, entries_per_hour: 60, price_collar_pct: 5 },
    sizing: { risk_per_trade_pct: 0.01, weekend_ratio: 1 },
    stop: { break_even_r: null },
  }),
)

/** The whole engine over the bars: gate, bracket, exchange, books. */
export async function crossRun(columns: readonly BarColumns[], config: Config = crossConfig): Promise<Outcome> {
  const { result } = await simulate({ config, columns, strategies: createStrategies(config), from: null, to: null })
  return { trades: result.trades.length, checksum: () => simulationChecksum(result) }
}
