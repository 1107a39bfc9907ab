import type { Config } from '../config/schema.ts'
import type { Steps } from './order-precision.ts'
import type { Rule } from './rule.ts'
import { contractOpen } from './rules/contract-open.ts'
import { dailyLoss } from './rules/daily-loss.ts'
import { duplicateSignal } from './rules/duplicate-signal.ts'
import { entriesStopped } from './rules/entries-stopped.ts'
import { entryRate } from './rules/entry-rate.ts'
import { figures } from './rules/figures.ts'
import { freeMargin } from './rules/free-margin.ts'
import { freshMark } from './rules/fresh-mark.ts'
import { killLatch } from './rules/kill-latch.ts'
import { latched } from './rules/latched.ts'
import { ownLiquidationDistance } from './rules/liquidation-distance.ts'
import { maxDrawdown } from './rules/max-drawdown.ts'
import { maxGrossExposure } from './rules/max-gross-exposure.ts'
import { maxLeverage } from './rules/max-leverage.ts'
import { maxOpenTrades } from './rules/max-open-trades.ts'
import { maxOrderQuantity } from './rules/max-order-quantity.ts'
import { maxOrderValue } from './rules/max-order-value.ts'
import { maxPosition } from './rules/max-position.ts'
import { orderShape } from './rules/order-shape.ts'
import { priceBand } from './rules/price-band.ts'
import { priceCollar } from './rules/price-collar.ts'
import { venueReady } from './rules/venue-ready.ts'

/** What of the configuration the gate reads. */
export type GateConfig = Pick<Config, 'risk' | 'exchange' | 'entry' | 'heatmap'>

/** Every rule an entry must pass, in the order in which refusals are told. */
export const entryRules = (config: GateConfig, steps: Steps): readonly Rule[] => [
  killLatch,
  entriesStopped,
  latched('VENUE_ALARM', 'VENUE_ALARM', 'the venue raised an alarm'),
  latched('RECONCILE', 'RECONCILE', 'the books were corrected'),
  latched('FOREIGN', 'FOREIGN', 'the account holds what is not the bot’s'),
  venueReady,
  contractOpen,
  figures,
  orderShape(steps),
  duplicateSignal,
  entryRate(config),
  freshMark(config),
  priceCollar(config),
  priceBand,
  dailyLoss(config),
  maxDrawdown(config),
  maxOrderQuantity(config),
  maxOrderValue(config),
  maxPosition(config),
  maxOpenTrades(config),
  maxGrossExposure(config),
  maxLeverage(config),
  freeMargin(config),
  ownLiquidationDistance(config),
]
