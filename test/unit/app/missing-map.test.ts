import { describe, expect, it } from 'vitest'
import { simulate } from '../../../src/app/compose/simulate.ts'
import { missingMaps } from '../../../src/app/missing-map.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { BarColumns } from '../../../src/domain/bar-columns.ts'
import { createStrategies } from '../../../src/strategy/registry.ts'
import { candles } from '../backtest/candles.ts'
import { day } from '../backtest/build.ts'

const configOf = (rest: object = {}) => toConfig(configSchema.parse({ estimator: { burn_in_days: 5 }, ...rest }))
const config = configOf()

/** The candles with open interest from one row on, and with none in the rows before it. */
function heldFrom(columns: BarColumns, row: number): BarColumns {
  return { ...columns, openInterest: columns.openInterest.map((held, i) => (i < row ? Number.NaN : held)) }
}

async function published(columns: BarColumns, to: ReturnType<typeof day> | null): Promise<boolean> {
  let seen = false
  await simulate({
    config,
    columns: [columns],
    strategies: createStrategies(config),
    from: null,
    to,
    transform: () => (snapshot) => {
      seen = true
      return snapshot
    },
  })
  return seen
}

describe('missingMaps', () => {
  it('names the symbol whose candles hold no open interest', () => {
    const none = heldFrom(candles(240, 2, 'ETHUSDT'), 240)
    expect(missingMaps(config, [candles(240), none])).toEqual([
      'ETHUSDT: the candles have no open interest, without which the estimator has nothing to estimate: the heatmap strategies have no zones.',
    ])
  })

  it('says how long candles are that end before the map is warm', () => {
    expect(missingMaps(config, [candles(61)])).toEqual([
      'BTCUSDT: 2.5 days of candles, but the map warms up for 5 days (estimator.burn_in_days): the heatmap strategies have no zones.',
    ])
    expect(missingMaps(config, [heldFrom(candles(240), 180)])).toEqual([
      expect.stringContaining('2.5 days of candles with open interest, but the map warms up for 5 days'),
    ])
    expect(missingMaps(config, [candles(240)], day(4))).toEqual([expect.stringContaining('3.9 days of candles, but')])
  })

  it('says nothing of candles that begin after the end', () => {
    expect(missingMaps(config, [candles(24)], day(0))).toEqual([])
  })

  it('says nothing where no enabled strategy looks at the estimator’s map', () => {
    const off = { enabled: false }
    const strategies = {
      liquidation_hunt: off,
      support_resistance: off,
      cluster_breakout: off,
      ema_cross: { enabled: true },
    }
    expect(missingMaps(configOf({ strategies }), [candles(24)])).toEqual([])
    const heatmap = { source: 'api', url: 'http://127.0.0.1:1' }
    expect(missingMaps(configOf({ heatmap }), [candles(24)])).toEqual([])
  })

  it.each([
    ['from the first bar', 0, null],
    ['from a later bar', 30, null],
    ['up to an end', 0, day(5)],
  ] as const)('agrees to the bar with what a run publishes: open interest %s', async (_, row, to) => {
    for (const bars of [119, 120, 121, 122, 148, 149, 150, 151, 152]) {
      const columns = heldFrom(candles(bars), row)
      const isMissing = missingMaps(config, [columns], to ?? undefined).length > 0
      expect([bars, isMissing]).toEqual([bars, !(await published(columns, to))])
    }
  })
})
