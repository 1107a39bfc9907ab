import { describe, expect, it } from 'vitest'
import { refusal } from '../../../src/domain/refusal.ts'
import { crowdingOf, levelsOf, sentimentOf, signalDocument } from '../../../src/strategy/signal-document.ts'
import { candidate, instrument, marketView, NOON, openInterest, zone } from './scene.ts'

const document = (patch: Partial<Parameters<typeof signalDocument>[0]> = {}) =>
  signalDocument({
    id: 's1',
    candidate: candidate(),
    view: marketView(),
    quantity: '0.123',
    refusals: [],
    minLevelStrength: 0.5,
    ...patch,
  })

describe('the signal as JSON', () => {
  const example = candidate({
    anchor: {
      id: 'z',
      side: 'short',
      priceLow: 89_427.01,
      priceMode: 89_427.01,
      priceHigh: 89_427.01,
      strength: 0.85,
      notionalUsd: 3_500_000,
      mass: null,
      distanceRatio: 251.91 / 89_175.1,
    },
    entry: 89_175.1,
    stop: 87_386.99,
    target: 89_874.15,
    // Whatever a candidate claims, the document reckons from its own prices.
    grossRiskReward: 2.5,
    netRiskReward: 0.314,
    confidence: 0.85,
    reason: 'because',
    flags: ['spot_anchored'],
  })
  const view = marketView({
    instrument: instrument(0.01),
    price: 89_175.1,
    longClusters: [zone('long', 88_750, { strength: 0.62 }), zone('long', 88_400, { strength: 0.55 })],
    shortClusters: [zone('short', 89_427.01, { strength: 0.85 }), zone('short', 89_650, { strength: 0.58 })],
    openInterest: openInterest({ ratio: 1.15 }),
  })

  it('has the keys and figures of the heatmap document, and ours below', () => {
    const text = JSON.stringify(document({ candidate: example, view }))
    expect(JSON.parse(text)).toEqual({
      symbol: 'BTCUSDT',
      signal: 'LONG',
      entry_price: 89_175.1,
      stop_loss: 87_386.99,
      take_profit: 89_874.15,
      confidence: 0.85,
      risk_reward: 0.39,
      reason: 'because',
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
      id: 's1',
      strategy: 'liquidation_hunt',
      time: '2025-06-11T12:00:00.000Z',
      net_risk_reward: 0.31,
      quantity: 0.123,
      crowding: 'BALANCED',
      flags: ['spot_anchored'],
      decision: { status: 'TRADE', reasons: [] },
    })
    expect(Object.keys(JSON.parse(text) as object).slice(0, 12)).toEqual([
      'symbol',
      'signal',
      'entry_price',
      'stop_loss',
      'take_profit',
      'confidence',
      'risk_reward',
      'reason',
      'cluster_data',
      'support_levels',
      'resistance_levels',
      'market_sentiment',
    ])
    expect(NOON).toBe(Date.parse('2025-06-11T12:00:00Z'))
  })

  it('rounds prices to the tick and keeps one digit more of a level', () => {
    const coarse = marketView({ ...view, instrument: instrument(0.1) })
    const odd = { ...example, target: 89_874.16 }
    expect(document({ candidate: odd, view: coarse })).toMatchObject({
      stop_loss: 87_387,
      take_profit: 89_874.2,
      cluster_data: { price_level: 89_427.01 },
    })
  })

  it('gives reasons for no trade', () => {
    const refusals = [refusal('TOO_NEAR', '0.28 % away', { distance: 0.0028 })]
    expect(document({ refusals, quantity: null })).toMatchObject({
      quantity: null,
      decision: { status: 'NO_TRADE', reasons: [{ code: 'TOO_NEAR', message: '0.28 % away' }] },
    })
  })

  it('shows what is not known as null', () => {
    const bare = candidate({ anchor: null, stop: Number.NaN, netRiskReward: Number.NaN })
    const json = document({ candidate: bare, view: marketView({ openInterest: null }) })
    expect(json).toMatchObject({
      stop_loss: null,
      risk_reward: null,
      net_risk_reward: null,
      cluster_data: null,
      market_sentiment: { sentiment: 'NEUTRAL', long_short_ratio: null },
      crowding: 'BALANCED',
    })
    expect(document({ candidate: candidate({ target: Number.NaN }) })).toMatchObject({
      take_profit: null,
      risk_reward: null,
    })
  })
})

describe('levels', () => {
  it('are listed from strength 0.5 on, on their own side, nearest first', () => {
    const zones = [
      zone('long', 980),
      zone('long', 990, { strength: 0.5 }),
      zone('long', 985, { strength: 0.49 }),
      zone('long', 984, { strength: null }),
      zone('long', 1_000),
    ]
    expect(levelsOf(zones, 'long', 1_000, 0.1, 0.5)).toEqual([990, 980])
    const above = [zone('short', 1_020), zone('short', 1_010), zone('short', 1_000)]
    expect(levelsOf(above, 'short', 1_000, 0.1, 0.5)).toEqual([1_010, 1_020])
  })
})

describe('sentiment and crowding', () => {
  it('have the cuts of the document', () => {
    expect([1.15, 1.11, 1.1, 1, 0.9, 0.89, null].map(sentimentOf)).toEqual([
      'BULLISH_BIAS',
      'BULLISH_BIAS',
      'NEUTRAL',
      'NEUTRAL',
      'NEUTRAL',
      'BEARISH_BIAS',
      'NEUTRAL',
    ])
    expect([1.21, 1.2, 1, 0.8, 0.79, null].map(crowdingOf)).toEqual([
      'LONG_CROWDED',
      'BALANCED',
      'BALANCED',
      'BALANCED',
      'SHORT_CROWDED',
      'BALANCED',
    ])
  })
})
