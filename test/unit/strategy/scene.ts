import { toConfig } from '../../../src/config/camel.ts'
import { configSchema, type Config } from '../../../src/config/schema.ts'
import type { Candidate } from '../../../src/domain/candidate.ts'
import type { Cluster, ClusterTransition, OpenInterest } from '../../../src/domain/cluster.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import type { MarketView } from '../../../src/domain/market-view.ts'
import type { RefusalCode } from '../../../src/domain/refusal.ts'
import { epochMs } from '../../../src/domain/unit.ts'

/** Building blocks of the strategy tests: a market in which every gate of the defaults is open, and ways to shut one. */

/** 2025-06-11 12:00 UTC, a Wednesday, four hours from any funding settlement. */
export const NOON = epochMs(Date.UTC(2025, 5, 11, 12))
export const HOUR = 3_600_000

type Patch = { readonly [key: string]: unknown }

export const configFrom = (file: Patch): Config => toConfig(configSchema.parse(file))

/** The defaults, with the costs of trading taken out of the way unless they are what is tested. */
export const freeOfCost = {
  simulation: { fee_maker_bp: 0, fee_taker_bp: 0 },
  target: { min_net_risk_reward: null, max_cost_ratio: null },
} as const

export function instrument(tick: number): Instrument {
  return {
    index: 0,
    symbol: 'BTCUSDT',
    unified: 'BTC/USDT:USDT',
    base: 'BTC',
    quote: 'USDT',
    tickSize: new Dec(tick),
    tick,
    lotSize: new Dec('0.001'),
    lot: 0.001,
    minQuantity: new Dec('0.001'),
    maxQuantity: new Dec(1_000),
    minNotional: new Dec(100),
    marginTiers: [],
    priceBand: null,
  }
}

/** Point zone at `price`, strong and large; `edges` makes it wide. */
export function zone(side: 'long' | 'short', price: number, patch: Partial<Cluster> = {}): Cluster {
  return {
    id: `${side}-${price}`,
    side,
    priceLow: price,
    priceMode: price,
    priceHigh: price,
    notionalUsd: 20_000_000,
    mass: 200,
    strength: 0.8,
    leverage: 25,
    state: 'active',
    active: true,
    firstSeen: NOON,
    lastSeen: NOON,
    touchCount: 0,
    ...patch,
  }
}

export const openInterest = (patch: Partial<OpenInterest> = {}): OpenInterest => ({
  asOf: NOON,
  totalUsd: 6_200_000_000,
  longUsd: null,
  shortUsd: null,
  ratio: 1,
  ratioKind: 'account',
  ...patch,
})

/** Price 1000 with an ATR of 10 (1 %), flat averages that favour nobody until a test says so. */
export function marketView(patch: Partial<MarketView> = {}): MarketView {
  return {
    instrument: instrument(0.1),
    time: NOON,
    occasion: 'bar',
    price: 1_000,
    mark: 1_000,
    priceTime: NOON,
    closeAgo: () => 1_000,
    barMs: HOUR,
    atr: 10,
    emaFast: 1_000,
    emaSlow: 1_000,
    previousEmaFast: 1_000,
    previousEmaSlow: 1_000,
    rsi: 50,
    longClusters: [],
    shortClusters: [],
    broken: [],
    rejected: [],
    openInterest: openInterest(),
    fundingRate: 0,
    halfSpreadRatio: 0,
    bookKnown: false,
    health: 'HEALTHY',
    anchoring: 'absolute',
    snapshotAsOf: NOON,
    ...patch,
  }
}

/** A rising market: above both averages, and 20 lower three bars ago. */
export const rising = (patch: Partial<MarketView> = {}): MarketView =>
  marketView({ emaFast: 995, emaSlow: 990, closeAgo: () => 980, ...patch })

/** Its mirror image. */
export const falling = (patch: Partial<MarketView> = {}): MarketView =>
  marketView({ emaFast: 1_005, emaSlow: 1_010, closeAgo: () => 1_020, ...patch })

export const transition = (cluster: Cluster, patch: Partial<ClusterTransition> = {}): ClusterTransition => ({
  kind: 'broken',
  cluster,
  time: NOON,
  price: 1_000,
  reason: 'crossed',
  observed: true,
  ...patch,
})

/** A candidate that nothing stands against. */
export const candidate = (patch: Partial<Candidate> = {}): Candidate => ({
  strategy: 'liquidation_hunt',
  direction: 'LONG',
  time: NOON,
  anchor: {
    id: 'z1',
    side: 'short',
    priceLow: 1_015,
    priceMode: 1_015,
    priceHigh: 1_015,
    strength: 0.8,
    notionalUsd: 20_000_000,
    mass: 200,
    distanceRatio: 0.015,
  },
  targetClusterId: 'z1',
  entry: 1_000,
  stop: 990,
  target: 1_015,
  grossRiskReward: 1.5,
  netRiskReward: 1.2,
  costRatio: 0.1,
  confidence: 0.8,
  flags: [],
  reason: '',
  refusals: [],
  ...patch,
})

export const codes = (list: readonly { readonly code: RefusalCode }[]): readonly RefusalCode[] =>
  list.map((r) => r.code)
