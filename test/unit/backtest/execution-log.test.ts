import { beforeAll, describe, expect, it } from 'vitest'
import { simulate, type Simulation } from '../../../src/app/compose/simulate.ts'
import { createExecutionLog, type LoggedFill } from '../../../src/backtest/execution-log.ts'
import { metricsOf } from '../../../src/backtest/metrics.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { ZERO } from '../../../src/domain/decimal.ts'
import { createEmaCross } from '../../../src/strategy/ema-cross.ts'
import { candles } from './candles.ts'

const BP = 10
const config = toConfig(
  configSchema.parse({
    simulation: { half_spread_bp: { default: BP }, impact: false, latency_ms: 0 },
    strategies: { ema_cross: { enabled: true } },
    entry: { max_spread_bp: 50, max_slippage_bp: 50 },
  }),
)
const log = createExecutionLog(true)
let run: Simulation
let fills: readonly LoggedFill[]

beforeAll(async () => {
  const strategies = [createEmaCross(config)]
  run = await simulate({ config, columns: [candles(1_000)], strategies, from: null, to: null, observe: log.observe })
  fills = log.fills.filter((entry) => 'fill' in entry)
})

const bp = ({ fill, slippage }: LoggedFill): number => slippage.div(fill.price.times(fill.quantity)).toNumber() * 10_000

describe('createExecutionLog', () => {
  it('keeps every execution with the order behind it', () => {
    expect(run.result.trades.length).toBeGreaterThan(10)
    expect(log.fills).toHaveLength(run.result.fills)
    for (const { fill, order } of fills) {
      expect(order.clientOrderId).toBe(fill.clientOrderId)
      expect(order.side).toBe(fill.side)
    }
  })

  it('knows what was entered and paid without keeping the decisions', async () => {
    const lean = createExecutionLog(false)
    const strategies = [createEmaCross(config)]
    await simulate({ config, columns: [candles(1_000)], strategies, from: null, to: null, observe: lean.observe })
    expect(log.decisions.length).toBeGreaterThan(log.entered.get('BTCUSDT')!.length)
    expect(lean.decisions).toEqual([])
    expect(lean.entered).toEqual(log.entered)
    expect(lean.fills).toEqual(log.fills)
    expect(lean.slippage).toEqual(log.slippage)
  })

  it('charges an entry what it paid beyond the last price: half the spread, to a tick', () => {
    const entries = fills.filter(({ order }) => order.leg === 'entry')
    expect(entries.length).toBeGreaterThan(10)
    const tick = (0.1 / 30_000) * 10_000
    for (const entry of entries) expect(Math.abs(bp(entry) - BP)).toBeLessThan(0.1 + tick)
  })

  it('charges a stop its distance from the trigger, and a resting target nothing', () => {
    const stops = fills.filter(({ order }) => order.leg === 'stop')
    const targets = fills.filter(({ fill }) => fill.liquidity === 'maker')
    expect(stops.length).toBeGreaterThan(0)
    expect(targets.length).toBeGreaterThan(0)
    for (const stop of stops) {
      const { fill, order, slippage } = stop
      const away = fill.price.minus(order.triggerPrice!).abs().times(fill.quantity)
      expect(slippage.toString()).toBe(away.toString())
      expect(bp(stop)).toBeGreaterThan(1.9)
    }
    for (const target of targets) expect(target.slippage.isZero()).toBe(true)
  })

  it('adds slippage up by trade', () => {
    const total = fills.reduce((sum, { slippage }) => sum.plus(slippage), ZERO)
    expect(metricsOf(run.result, log.slippage).slippage.toString()).toBe(total.toString())
    expect([...log.slippage.keys()].sort()).toEqual(run.result.trades.map((t) => t.id).sort())
  })

  it('keeps funding to the cent, and the signals that were sent', () => {
    const paid = log.funding.reduce((sum, { amount }) => sum.plus(amount), ZERO)
    expect(paid.toString()).toBe(run.result.conservation.exchange.funding)
    expect(log.entered.get('BTCUSDT')).toHaveLength(log.decisions.filter((d) => d.note.outcome === 'entered').length)
  })
})
