import type { Config } from '../config/schema.ts'
import { createClusterBreakout } from './cluster-breakout.ts'
import { createEmaCross } from './ema-cross.ts'
import { createLiquidationHunt } from './liquidation-hunt.ts'
import type { Strategy } from './strategy.ts'
import { createSupportResistance } from './support-resistance.ts'

/** The enabled strategies in document order, the baseline last. */
export function createStrategies(config: Config): readonly Strategy[] {
  const { liquidationHunt, supportResistance, clusterBreakout, emaCross } = config.strategies
  const out: Strategy[] = []
  if (liquidationHunt.enabled) out.push(createLiquidationHunt(config))
  if (supportResistance.enabled) out.push(createSupportResistance(config))
  if (clusterBreakout.enabled) out.push(createClusterBreakout(config))
  if (emaCross.enabled) out.push(createEmaCross(config))
  return out
}
