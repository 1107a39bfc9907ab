import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configSchema } from '../../../src/config/schema.ts'
import { decide } from '../../../src/strategy/decide.ts'
import { createStrategies } from '../../../src/strategy/registry.ts'
import { signalDocument } from '../../../src/strategy/signal-document.ts'
import { codes, configFrom, marketView, openInterest, zone } from './scene.ts'

type Node = { readonly [key: string]: unknown }
const preset = (name: string): Node =>
  parse(readFileSync(resolve(import.meta.dirname, `../../../config/${name}.yaml`), 'utf8')) as Node

describe('the presets', () => {
  it('spell out the built-in defaults', () => {
    expect(preset('default')).toEqual(configSchema.parse({}))
  })

  it('say in the literal one only what differs', () => {
    const repeated = (node: Node, base: Node, path: string): readonly string[] =>
      Object.entries(node).flatMap(([key, value]) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? repeated(value as Node, base[key] as Node, `${path}${key}.`)
          : JSON.stringify(value) === JSON.stringify(base[key])
            ? [path + key]
            : [],
      )
    expect(repeated(preset('literal'), configSchema.parse({}), '')).toEqual([])
  })
})

/** The heatmap document's example: its price and zones, its open interest and ratio, and no candles at all. */
const example = marketView({
  price: 89_175.1,
  mark: 89_175.1,
  atr: Number.NaN,
  emaFast: Number.NaN,
  emaSlow: Number.NaN,
  rsi: Number.NaN,
  closeAgo: () => Number.NaN,
  halfSpreadRatio: 0.00005,
  longClusters: [
    zone('long', 88_750, { strength: 0.62, notionalUsd: null, mass: null }),
    zone('long', 88_400, { strength: 0.55, notionalUsd: null, mass: null }),
  ],
  shortClusters: [
    zone('short', 89_427.01, { strength: 0.85, notionalUsd: 3_500_000, mass: null }),
    zone('short', 89_650, { strength: 0.58, notionalUsd: null, mass: null }),
  ],
  openInterest: openInterest({ totalUsd: 6_200_000_000, ratio: 1.15 }),
})

describe('the document’s example', () => {
  it('is a LONG hunt of 89,427.01 under the literal rules', () => {
    const config = configFrom(preset('literal'))
    const { chosen } = decide(
      createStrategies(config).flatMap((s) => s.propose(example)),
      config.entry,
    )
    expect(chosen).toMatchObject({ strategy: 'liquidation_hunt', direction: 'LONG', targetClusterId: 'short-89427.01' })
    const json = signalDocument({
      id: 'x',
      candidate: chosen!,
      view: example,
      quantity: null,
      refusals: [],
      minLevelStrength: 0.5,
    })
    // Stop: 88,750 less 0.05 % of the price (44.59), down to the tick; target: the level, down to the tick.
    expect(json).toMatchObject({
      signal: 'LONG',
      entry_price: 89_175.1,
      stop_loss: 88_705.4,
      take_profit: 89_427,
      risk_reward: 0.54,
      confidence: 0.85,
      cluster_data: {
        price_level: 89_427.01,
        side: 'short',
        strength: 0.85,
        open_interest: 3_500_000,
        distance_from_price: 0.28,
      },
      support_levels: [88_750, 88_400],
      resistance_levels: [89_427.01, 89_650],
      market_sentiment: { sentiment: 'BULLISH_BIAS', long_short_ratio: 1.15 },
      flags: ['confidence_is_strength', 'no_atr'],
    })
  })

  it('is no trade by default, for reasons with figures', () => {
    const config = configFrom({})
    const decision = decide(
      createStrategies(config).flatMap((s) => s.propose(example)),
      config.entry,
    )
    expect(decision.chosen).toBeNull()
    const hunt = decision.refused.find(
      (r) => r.candidate.anchor!.id === 'short-89427.01' && r.candidate.strategy === 'liquidation_hunt',
    )!
    expect(codes(hunt.refusals)).toEqual([
      'TOO_NEAR',
      'NOT_CONFIRMED',
      'NOT_APPROACHING',
      'NO_ATR',
      'NOT_CONFIRMED',
      'NOT_CONFIRMED',
      'NOT_CONFIRMED',
    ])
    expect(hunt.refusals.map((r) => r.message)).toContain('0.28 % away, at least 0.45 % asked')
    const resistance = decision.refused.find(
      (r) => r.candidate.strategy === 'support_resistance' && r.candidate.direction === 'SHORT',
    )!
    expect(codes(resistance.refusals)).toContain('NO_ATR')
  })
})
