import { toConfig } from '../../../../src/config/camel.ts'
import { configSchema, type Config } from '../../../../src/config/schema.ts'
import { Dec } from '../../../../src/domain/decimal.ts'
import type { BarEvent } from '../../../../src/domain/event.ts'
import type { Instrument, MarginTier } from '../../../../src/domain/instrument.ts'
import { epochMs } from '../../../../src/domain/unit.ts'

/** Bars of an imagined market: 5 minutes, and a margin table of one bracket. */
export const BAR_MS = 300_000

export const defaults: Config['estimator'] = toConfig(configSchema.parse({})).estimator
/** The defaults, publishing every bar from the first on. */
export const eager: Config['estimator'] = { ...defaults, burnInDays: 0, publishInterval: 'bar' }

const oneBracket: readonly MarginTier[] = [
  { floorUsd: 0, capUsd: 50_000, maintenanceRatio: 0.004, deductionUsd: 0, maxLeverage: 125 },
]

const instrumentWith = (marginTiers: readonly MarginTier[]): Instrument => ({
  index: 0,
  symbol: 'BTCUSDT',
  unified: 'BTC/USDT:USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: new Dec('0.1'),
  tick: 0.1,
  lotSize: new Dec('0.001'),
  lot: 0.001,
  minQuantity: new Dec('0.001'),
  maxQuantity: new Dec(1_000),
  minNotional: new Dec(5),
  marginTiers,
  priceBand: null,
})

export const instrument = instrumentWith(oneBracket)

export interface BarFigures {
  readonly low?: number
  readonly high?: number
  readonly close?: number
  readonly markLow?: number
  readonly markHigh?: number
  readonly volume?: number
  readonly turnover?: number
  readonly takerBuyVolume?: number
  readonly longShortRatio?: number
}

/** The bar that closes `index` bars after the epoch; a flat one at 50,000 unless told otherwise. */
export function bar(index: number, openInterest: number, figures: BarFigures = {}): BarEvent {
  const close = figures.close ?? 50_000
  return {
    kind: 'bar',
    time: epochMs(index * BAR_MS + 2_000),
    openTime: epochMs((index - 1) * BAR_MS),
    closeTime: epochMs(index * BAR_MS),
    instrument,
    open: close,
    high: figures.high ?? close,
    low: figures.low ?? close,
    close,
    volume: figures.volume ?? 0,
    turnover: figures.turnover ?? Number.NaN,
    markHigh: figures.markHigh ?? Number.NaN,
    markLow: figures.markLow ?? Number.NaN,
    openInterest,
    fundingRate: 0,
    longShortRatio: figures.longShortRatio ?? Number.NaN,
    takerBuyVolume: figures.takerBuyVolume ?? Number.NaN,
  }
}
