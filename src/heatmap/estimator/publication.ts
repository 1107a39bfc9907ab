import type { Config } from '../../config/schema.ts'
import type { LevelSnapshot, LiquidationLevel } from '../../domain/cluster.ts'
import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { DAY_MS, HOUR_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import { createBarAggregator } from '../../indicator/aggregate.ts'
import { createAtr } from '../../indicator/atr.ts'
import { createStrengthRanking } from '../strength.ts'
import { createBinPrices } from './bin-prices.ts'
import { appendLevels, observeClusters, settleBands } from './level.ts'
import { levelId } from './level-id.ts'
import type { MassMap } from './mass-map.ts'
import type { OpenInterestFlow } from './open-interest-flow.ts'
import { createSchedule, isDue, publishIntervalMs } from './schedule.ts'
import { createSideClusters } from './side-clusters.ts'
import { LONG, SHORT, type SideIndex } from './tier-set.ts'

/** Name and version of the model: a change of what it computes changes the version, and with it every identity. */
const ESTIMATOR_SOURCE = 'estimator@1'

/** Period of the ATR of one-hour bars that scales kernel and distance bands. */
const ATR_PERIOD = 14
/** How often clusters are added to what strength is ranked among, whatever the interval of publication. */
const SAMPLING_MS = HOUR_MS

export interface PublicationOptions {
  readonly instrument: Instrument
  readonly config: Config['estimator']
  readonly barMs: number
  /** In log price. */
  readonly binWidth: number
  /** Bins of the tracked range. */
  readonly span: number
  readonly map: MassMap
  readonly flow: OpenInterestFlow
}

/** Turns the map into snapshots when they are due. */
export interface Publication {
  /** To be called once a bar, after the map has taken it: `close` is the closing bin, `low` and `high` the range. */
  onBar(bar: BarEvent, close: number, low: number, high: number): LevelSnapshot | undefined
  published(): number
}

export function createPublication(options: PublicationOptions): Publication {
  const { instrument, config, barMs, binWidth, span, map, flow } = options
  const hours = createBarAggregator(HOUR_MS)
  const atr = createAtr(ATR_PERIOD)
  const intervalMs = publishIntervalMs(config.publishInterval, barMs)
  const publishing = createSchedule(intervalMs)
  const sampling = createSchedule(SAMPLING_MS)
  const burnInMs = config.burnInDays * DAY_MS
  const ranking = createStrengthRanking(config.strengthWindowDays * DAY_MS, config.strengthMinObservations)
  const birth = (side: SideIndex, time: EpochMs, bin: number): string =>
    levelId(ESTIMATOR_SOURCE, instrument.symbol, side === LONG ? 'long' : 'short', time, bin)
  const longs = createSideClusters(map, LONG, span, config, birth)
  const shorts = createSideClusters(map, SHORT, span, config, birth)
  const prices = createBinPrices(binWidth, span)
  let sequence = 0

  function extract(bar: BarEvent, close: number, low: number, high: number): void {
    const atrBins = (config.kernelAtrRatio * atr.value()) / bar.close / binWidth
    const sigma = atrBins > config.kernelBins ? atrBins : config.kernelBins
    longs.extract(low, close - 1, sigma, bar.closeTime)
    shorts.extract(close + 1, high, sigma, bar.closeTime)
    settleBands('long', longs, prices, bar.close, atr.value())
    settleBands('short', shorts, prices, bar.close, atr.value())
    ranking.forget(bar.closeTime)
  }

  function snapshot(bar: BarEvent): LevelSnapshot {
    const levels: LiquidationLevel[] = []
    appendLevels(levels, 'long', longs, prices, map.tiers.leverage, ranking)
    appendLevels(levels, 'short', shorts, prices, map.tiers.leverage, ranking)
    const ratioKnown = Number.isFinite(bar.longShortRatio)
    sequence++
    return {
      source: ESTIMATOR_SOURCE,
      symbol: instrument.symbol,
      sequence,
      asOf: bar.closeTime,
      receivedAt: bar.time,
      intervalMs,
      lagMs: bar.time - bar.closeTime,
      referencePrice: bar.close,
      levels,
      quarantined: [],
      openInterest: {
        asOf: epochMs(flow.knownAt),
        totalUsd: flow.known * bar.close,
        // Every contract has one long and one short: a ratio of accounts does not divide open interest.
        longUsd: null,
        shortUsd: null,
        ratio: ratioKnown ? bar.longShortRatio : null,
        ratioKind: ratioKnown ? 'account' : 'unknown',
      },
      sha256: null,
    }
  }

  return {
    published: () => sequence,
    onBar(bar, close, low, high) {
      const hour = hours.update(bar)
      if (hour) atr.update(hour.high, hour.low, hour.close)
      const publish = isDue(publishing, bar.closeTime)
      const sample = isDue(sampling, bar.closeTime)
      if (!publish && !sample) return undefined
      if (!(bar.closeTime - flow.firstAt >= burnInMs)) return undefined
      extract(bar, close, low, high)
      const published = publish ? snapshot(bar) : undefined
      if (sample) {
        observeClusters(longs, bar.closeTime, ranking)
        observeClusters(shorts, bar.closeTime, ranking)
      }
      return published
    },
  }
}
