import { beforeAll, describe, expect, it } from 'vitest'
import { simulate } from '../../../../src/app/compose/simulate.ts'
import { createDrawdownMeter, type Drawdown } from '../../../../src/backtest/drawdown.ts'
import { equitySeries } from '../../../../src/backtest/metrics.ts'
import type { SimulationResult } from '../../../../src/backtest/simulation.ts'
import { toConfig } from '../../../../src/config/camel.ts'
import { configSchema } from '../../../../src/config/schema.ts'
import type { EngineEvent } from '../../../../src/domain/event.ts'
import { DAY_MS } from '../../../../src/domain/time.ts'
import type { EpochMs } from '../../../../src/domain/unit.ts'
import { createEmaCross } from '../../../../src/strategy/ema-cross.ts'
import { candles } from '../../backtest/candles.ts'

const LIMIT_PCT = 0.5
const config = toConfig(configSchema.parse({ strategies: { ema_cross: { enabled: true } } }))

/** Equity at every close, from executions and funding alone: money paid and received, and what is held at the close. */
function accountant() {
  const meter = createDrawdownMeter()
  const note = (time: EpochMs, equity: number): void => meter.see(time, equity, equity)
  let cash = config.dryRunWallet
  let held = 0
  return {
    meter,
    observe(event: EngineEvent): void {
      if (event.kind === 'order_filled') {
        const signed = (event.side === 'buy' ? 1 : -1) * event.quantity.toNumber()
        held += signed
        cash -= signed * event.price.toNumber() + event.fee.toNumber()
      } else if (event.kind === 'funding_paid') cash += event.amount.toNumber()
      else if (event.kind === 'bar') note(event.time, cash + held * event.close)
    },
  }
}

describe('the drawdown of a simulated run', () => {
  let result: SimulationResult
  let own: Drawdown

  beforeAll(async () => {
    const { meter, observe } = accountant()
    const strategies = [createEmaCross(config)]
    ;({ result } = await simulate({ config, columns: [candles(1_000)], strategies, from: null, to: null, observe }))
    own = meter.deepest()
  })

  it('is that of the closes of all bars, from a peak inside a bar at most a little higher', () => {
    expect(result.trades.length).toBeGreaterThan(10)
    expect(result.drawdown.ratio).toBeGreaterThan(own.ratio - 1e-9)
    expect(result.drawdown.ratio).toBeLessThan(own.ratio + 0.001)
    expect(result.drawdown.to).toBe(own.to)
  })

  it('is not less than what the loss limit stopped the run for', async () => {
    const low = toConfig(
      configSchema.parse({ strategies: { ema_cross: { enabled: true } }, risk: { max_drawdown_pct: LIMIT_PCT } }),
    )
    const strategies = [createEmaCross(low)]
    const stopped = await simulate({ config: low, columns: [candles(1_000)], strategies, from: null, to: null })
    const latch = stopped.result.latches.find(({ code }) => code === 'MAX_DRAWDOWN')!
    const lostPct = Number(/down ([\d.]+) %/.exec(latch.reason)![1])
    expect(lostPct).toBeGreaterThanOrEqual(LIMIT_PCT)
    // The reason is rounded to hundredths.
    expect(stopped.result.drawdown.ratio * 100).toBeGreaterThan(lostPct - 0.006)
  })

  it('is deeper than the days show, which begin at midnight', () => {
    const daily = createDrawdownMeter()
    for (const { time, equity } of equitySeries(result.equity)) daily.see(time, equity, equity)
    expect(result.drawdown.abs).toBeGreaterThan(daily.deepest().abs)
    expect(result.drawdown.ratio).toBeGreaterThan(daily.deepest().ratio)
    expect(result.equity.slice(1, -1).every(({ time }) => time % DAY_MS === 0)).toBe(true)
  })
})
