import { toConfig } from '../../../src/config/camel.ts'
import { configSchema, type Config } from '../../../src/config/schema.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import { clientOrderId } from '../../../src/domain/id.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import type { Leg, OrderRequest } from '../../../src/domain/order.ts'
import type { PositionBook } from '../../../src/domain/portfolio.ts'
import { epochMs, price, quantity } from '../../../src/domain/unit.ts'
import type { EntryRequest, RiskContext } from '../../../src/risk/context.ts'
import { createEntryHistory } from '../../../src/risk/entry-history.ts'
import { createGate } from '../../../src/risk/gate.ts'
import { createIdMemory } from '../../../src/domain/id-memory.ts'

/** A Wednesday noon, UTC. */
export const NOON = epochMs(1_704_888_000_000)
export const SATURDAY = epochMs(NOON + 3 * 86_400_000)

export function instrumentAt(index: number, symbol: string): Instrument {
  return {
    index,
    symbol,
    unified: `${symbol.slice(0, -4)}/USDT:USDT`,
    base: symbol.slice(0, -4),
    quote: 'USDT',
    tickSize: new Dec('0.1'),
    tick: 0.1,
    lotSize: new Dec('0.001'),
    lot: 0.001,
    minQuantity: new Dec('0.001'),
    maxQuantity: new Dec('1000'),
    minNotional: new Dec('5'),
    marginTiers: [
      { floorUsd: 0, capUsd: 50_000, maintenanceRatio: 0.004, deductionUsd: 0, maxLeverage: 125 },
      { floorUsd: 50_000, capUsd: 1_000_000, maintenanceRatio: 0.01, deductionUsd: 300, maxLeverage: 50 },
      { floorUsd: 1_000_000, capUsd: 100_000_000, maintenanceRatio: 0.05, deductionUsd: 40_300, maxLeverage: 10 },
    ],
    priceBand: null,
  }
}

export const BTC = instrumentAt(0, 'BTCUSDT')
export const ETH = instrumentAt(1, 'ETHUSDT')

type Overrides = { readonly [K in keyof Config]?: Partial<Config[K]> }

const defaults = toConfig(configSchema.parse({}))

/** The default configuration with single keys replaced. */
export function configWith(overrides: Overrides = {}): Config {
  const base: Record<string, unknown> = { ...defaults }
  for (const [section, values] of Object.entries(overrides))
    Object.assign(base, { [section]: { ...Object(base[section]), ...Object(values) } })
  return base as Config
}

/** Limits so wide that only the one under test can refuse. */
export const wide = (risk: Partial<Config['risk']> = {}): Config =>
  configWith({
    exchange: { leverage: 10 },
    risk: {
      maxOrderUsd: 1e9,
      maxOrderRatio: null,
      maxPositionUsd: 1e9,
      maxPositionRatio: null,
      maxOpenTrades: 100,
      maxGrossExposureRatio: 1e6,
      maxLeverage: 125,
      freeMarginRatio: 0,
      liquidationDistanceRatio: 0.001,
      maxDailyLossPct: 99,
      maxDrawdownPct: 99,
      priceCollarPct: 50,
      entriesPerHour: 60,
      ...risk,
    },
  })

let intent = 0

export function order(overrides: Partial<OrderRequest> = {}, leg: Leg = 'entry'): OrderRequest {
  intent += 1
  return {
    clientOrderId: clientOrderId({ strategy: 1, epoch: 1, intent, leg, revision: 0 }),
    instrument: BTC,
    side: 'buy',
    type: 'limit',
    quantity: quantity('0.1'),
    price: price('50000'),
    timeInForce: 'IOC',
    reduceOnly: false,
    leg,
    tradeId: `t${intent}`,
    ...overrides,
  }
}

/** A LONG of 0.1 BTC at 50,000: 5,000 of value, stop 1 % below. */
export const request = (
  overrides: Partial<EntryRequest> = {},
  orderOverrides: Partial<OrderRequest> = {},
): EntryRequest => ({
  order: order(orderOverrides),
  direction: 'LONG',
  signalId: 'signal-1',
  leverage: 5,
  entry: 50_000,
  stop: 49_500,
  fundingRate: 0.0001,
  ...overrides,
})

/** 10,000 of equity, flat, two instruments at 50,000 and 2,000, fresh marks. */
export const context = (overrides: Partial<RiskContext> = {}): RiskContext => ({
  time: NOON,
  equity: 10_000,
  dayStartEquity: 10_000,
  highWaterEquity: 10_000,
  freeMargin: 10_000,
  mark: Float64Array.of(50_000, 2_000),
  markTime: Float64Array.of(NOON, NOON),
  positionNotional: new Float64Array(2),
  workingBuyNotional: new Float64Array(2),
  workingSellNotional: new Float64Array(2),
  openTrades: 0,
  entries: createEntryHistory(),
  signals: createIdMemory(),
  latches: [],
  venue: 'ready',
  closed: [null, null],
  ...overrides,
})

export const position = (signed: string): PositionBook => ({ signed: new Dec(signed), entryPrice: new Dec('50000') })

/** Codes of the gate's refusals of an entry; empty when it is approved. */
export function refusedFor(config: Config, entry: EntryRequest, account: RiskContext = context()): readonly string[] {
  const result = createGate(config, [BTC, ETH]).approveEntry(entry, account)
  return result.kind === 'refused' ? result.refusals.map((refused) => refused.code) : []
}
