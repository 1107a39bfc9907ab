import { describe, expect, it } from 'vitest'
import { simulate } from '../../../src/app/compose/simulate.ts'
import { recordEstimators } from '../../../src/app/recorded-estimator.ts'
import { freshEstimators } from '../../../src/app/symbol-parts.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { createStrategies } from '../../../src/strategy/registry.ts'
import { candles } from '../backtest/candles.ts'

const config = toConfig(configSchema.parse({ estimator: { burn_in_days: 5, strength_min_observations: 20 } }))

async function published(estimators: ReturnType<typeof freshEstimators>): Promise<readonly string[]> {
  const seen: string[] = []
  await simulate({
    config,
    columns: [candles(180, 1), candles(180, 2, 'ETHUSDT')],
    strategies: createStrategies(config),
    from: null,
    to: null,
    estimators,
    transform: () => (snapshot) => {
      seen.push(JSON.stringify(snapshot))
      return snapshot
    },
  })
  return seen
}

describe('recordEstimators', () => {
  it('publishes again what was published, as often as wanted, without estimating', async () => {
    let made = 0
    const fresh = freshEstimators(config)
    const recorded = recordEstimators((...args) => {
      made++
      return fresh(...args)
    })
    const first = await published(recorded.recording)
    expect(first.length).toBeGreaterThan(100)
    expect(first.at(-1)).toContain('priceMode')
    expect(await published(recorded.playback())).toEqual(first)
    expect(await published(recorded.playback())).toEqual(first)
    expect(made).toBe(2)
  })

  it('publishes what an estimator of its own would have', async () => {
    const recorded = recordEstimators(freshEstimators(config))
    const first = await published(recorded.recording)
    expect(first).toEqual(await published(freshEstimators(config)))
  })
})
