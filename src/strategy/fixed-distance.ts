import type { MarketView } from '../domain/market-view.ts'
import { sign, type Direction } from '../domain/side.ts'
import { roundStop, type StopPlacement } from './stop.ts'
import { roundTarget, type TargetPlacement } from './target.ts'

/** A stop a fraction of the price away, wherever zones are. */
export const stopAtRatio = (view: MarketView, direction: Direction, ratio: number): StopPlacement => ({
  price: roundStop(direction, view.price * (1 - sign(direction) * ratio), view.instrument.tick),
  flags: [],
  refusals: [],
})

/** A target a fraction of the price away. */
export const targetAtRatio = (view: MarketView, direction: Direction, ratio: number): TargetPlacement => ({
  price: roundTarget(direction, view.price * (1 + sign(direction) * ratio), view.instrument.tick),
  clusterId: null,
})
