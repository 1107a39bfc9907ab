import type { Config } from '../config/schema.ts'
import { sign, type Direction } from '../domain/side.ts'
import { ceilToTick, floorToTick } from './tick.ts'

/** The stop that replaces `current`, or `null`: a stop only ever tightens, and stays on its side of the price. */
export function tightenedStop(direction: Direction, current: number, proposed: number, price: number): number | null {
  const s = sign(direction)
  return s * (proposed - current) > 0 && s * (price - proposed) > 0 ? proposed : null
}

export interface BreakEvenInput {
  readonly direction: Direction
  readonly entry: number
  /** The stop as first placed; R is the distance to it. */
  readonly firstStop: number
  readonly currentStop: number
  readonly price: number
  /** NaN when unknown: then nothing moves, unless no distance is asked for. */
  readonly atr: number
  /** Costs of the way in and out at the stop per base unit, in price units. */
  readonly costs: number
  readonly tick: number
}

/**
 * Once the trade is `break_even_r` R ahead: entry plus costs (minus for SHORT), rounded so that the costs stay covered,
 * provided that is a tightening and at least `break_even_min_atr` ATR from the price. Else `null`.
 */
export function breakEvenStop(input: BreakEvenInput, config: Config['stop']): number | null {
  const { direction, entry, firstStop, currentStop, price, atr, costs, tick } = input
  if (config.breakEvenR === null) return null
  const s = sign(direction)
  if (!(s * (price - entry) >= config.breakEvenR * Math.abs(entry - firstStop))) return null
  const wanted = entry + s * costs
  const proposed = direction === 'LONG' ? ceilToTick(wanted, tick) : floorToTick(wanted, tick)
  const room = config.breakEvenMinAtr === 0 ? 0 : config.breakEvenMinAtr * atr
  if (!(s * (price - proposed) >= room)) return null
  return tightenedStop(direction, currentStop, proposed, price)
}
