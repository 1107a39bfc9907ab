import { describe, expect, it } from 'vitest'
import { randomWalk } from '../../scripts/proof/random-walk.ts'
import { simulate } from '../../src/app/compose/simulate.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { Dec } from '../../src/domain/decimal.ts'
import { createStrategies } from '../../src/strategy/registry.ts'

const market = (seed: number, symbol: string, price: number, tick: number): BarColumns =>
  randomWalk({
    seed,
    symbol,
    price,
    tick,
    bars: 1_200,
    substeps: 12,
    hourlyVolatility: 0.008,
    openInterestTurnover: 0.03,
    fundingDeviation: 0.0003,
  }).columns

const one = [market(11, 'BTCUSDT', 50_000, 0.1)]
const three = [...one, market(12, 'ETHUSDT', 2_500, 0.01), market(13, 'DOGEUSDT', 0.31, 0.00001)]

type Overrides = Readonly<Record<string, string>>

function configOf(file: string | null, overrides: Overrides): Config {
  const environment = Object.fromEntries(
    Object.entries(overrides).map(([key, value]) => [`LODESTONE__${key.toUpperCase().replaceAll('.', '__')}`, value]),
  )
  const loaded = loadConfig({ files: file === null ? [] : [file], environment })
  if (loaded.kind === 'invalid')
    throw new Error(loaded.problems.map((each) => `${each.where}: ${each.what}`).join('\n'))
  return loaded.config
}

const quick: Overrides = { 'estimator.burn_in_days': '5', 'estimator.strength_min_observations': '50' }
const patient: Overrides = { 'risk.max_drawdown_pct': '100', 'risk.max_daily_loss_pct': '100' }
const momentum: Overrides = {
  ...patient,
  'strategies.liquidation_hunt.enabled': 'false',
  'strategies.support_resistance.enabled': 'false',
  'strategies.cluster_breakout.enabled': 'false',
  'strategies.ema_cross.enabled': 'true',
  'strategies.ema_cross.fast': '5',
  'strategies.ema_cross.slow': '12',
  'entry.cooldown_hours': '0',
  'entry.stop_cooldown_hours': '0',
  'entry.max_entries_per_day': 'null',
}
/** Large enough positions to be filled in parts, and none that the loss limits keep small. */
const large: Overrides = {
  dry_run_wallet: '3000000',
  'entry.max_slippage_bp': '1000',
  'entry.correlated_risk_pct': 'null',
  'entry.gap_max_loss_pct': '100',
}
/** A stop far beyond the price at which the margin is used up. */
const reckless = (leverage: number): Overrides => ({
  ...momentum,
  'exchange.leverage': String(leverage),
  'strategies.ema_cross.stop_pct': '6',
  'strategies.ema_cross.target_pct': '2',
  'risk.max_leverage': '125',
  'risk.liquidation_distance_ratio': '0.0001',
  'risk.entries_per_hour': '100',
})

/** Five times the equity at risk of a gap that no stop survives. */
const heavy: Overrides = {
  'sizing.risk_per_trade_pct': '10',
  'sizing.max_risk_per_trade_pct': '10',
  'risk.max_gross_exposure_ratio': '100',
  'risk.max_position_ratio': '1',
  'risk.max_order_ratio': '1',
  'strategies.ema_cross.stop_pct': '2',
  'entry.max_slippage_bp': '1000',
  'entry.correlated_risk_pct': 'null',
  'entry.gap_max_loss_pct': '100',
}

/** The same market, but every twenty bars the price opens a quarter lower or a third higher. */
function torn(c: BarColumns): BarColumns {
  const factor = (row: number): number => (Math.floor(row / 20) % 2 === 1 ? 0.75 : 1)
  const scaled = (column: Float64Array): Float64Array =>
    column.map((value, row) => Number((value * factor(row)).toFixed(1)))
  return { ...c, open: scaled(c.open), high: scaled(c.high), low: scaled(c.low), close: scaled(c.close) }
}

interface Subject {
  readonly name: string
  readonly config: Config
  readonly columns: readonly BarColumns[]
  readonly least: { readonly trades: number; readonly forced: number }
}

const cross = { 'exchange.margin_mode': 'cross' }
const subjects: readonly Subject[] = [
  { name: 'the defaults', config: configOf(null, quick), columns: one, least: { trades: 5, forced: 0 } },
  {
    name: 'the literal reading',
    config: configOf('config/literal.yaml', { ...quick, ...patient }),
    columns: three,
    least: { trades: 100, forced: 0 },
  },
  {
    name: 'the literal reading, cross margin',
    config: configOf('config/literal.yaml', { ...quick, ...patient, ...cross }),
    columns: three,
    least: { trades: 100, forced: 0 },
  },
  { name: 'crossing averages', config: configOf(null, momentum), columns: three, least: { trades: 100, forced: 0 } },
  {
    name: 'crossing averages, cross margin',
    config: configOf(null, { ...momentum, ...cross }),
    columns: three,
    least: { trades: 100, forced: 0 },
  },
  {
    name: 'large resting entries',
    config: configOf(null, { ...momentum, ...large, 'entry.order_type': 'limit' }),
    columns: three,
    least: { trades: 30, forced: 0 },
  },
  {
    name: 'liquidations at 50×',
    config: configOf(null, reckless(50)),
    columns: one,
    least: { trades: 30, forced: 20 },
  },
  {
    name: 'liquidations at 100×',
    config: configOf(null, reckless(100)),
    columns: one,
    least: { trades: 30, forced: 20 },
  },
  {
    name: 'bankruptcy under cross margin',
    config: configOf(null, { ...reckless(100), ...cross, ...heavy }),
    columns: [torn(one[0]!)],
    least: { trades: 1, forced: 1 },
  },
  {
    name: 'large isolated positions in a torn market',
    config: configOf(null, { ...reckless(100), ...heavy }),
    columns: [torn(one[0]!)],
    least: { trades: 20, forced: 20 },
  },
]

describe.each(subjects)('$name', ({ config, columns, least }) => {
  it('leaves the exchange and the bot with the same books', async () => {
    const { result, exchange, engine } = await simulate({
      config,
      columns,
      strategies: createStrategies(config),
      from: null,
      to: null,
    })
    expect(result.trades.length).toBeGreaterThanOrEqual(least.trades)
    expect(result.liquidations).toBeGreaterThanOrEqual(least.forced)
    expect(engine.account.books.exposed).toBe(false)
    expect(result.conservation.books).toEqual(result.conservation.exchange)
    const profit = result.trades.reduce((sum, trade) => sum.plus(trade.pnl), new Dec(0))
    expect(profit.plus(result.startingBalance).toString()).toBe(result.finalBalance)
    const { ledger } = exchange
    const due = ledger.startingBalance
      .plus(ledger.realised)
      .plus(ledger.funding)
      .minus(ledger.tradingFees)
      .minus(ledger.liquidationFees)
    expect(due.toString()).toBe(result.finalBalance)
    expect(ledger.fillCount).toBe(result.fills + result.liquidations)
  })
})
