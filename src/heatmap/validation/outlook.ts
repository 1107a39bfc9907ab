import type { ClusterSide } from '../../domain/side.ts'

/** What a map said of one side, bin by bin, and what happened there until the horizon was over. */
export interface SideOutlook {
  /** Absolute bin of index 0 of the three columns, which have one length. */
  readonly firstBin: number
  /** Mass the map showed; any unit, the same throughout. */
  readonly predicted: ArrayLike<number>
  /** Notional liquidated within the horizon, by the bin of the liquidation price. */
  readonly realised: ArrayLike<number>
  /** Number of liquidations within the horizon, likewise. */
  readonly events: ArrayLike<number>
}

/** One published map with what followed it. Bins are those of ln(price) / bin width. */
export interface Outlook {
  /** UTC day of the publication: maps of one day overlap and are resampled together. */
  readonly day: number
  readonly spotBin: number
  /** Outermost bins the mark price reached within the horizon. */
  readonly lowestBin: number
  readonly highestBin: number
  /** ATR at publication, in bins; NaN when unknown. */
  readonly atrBins: number
  readonly long: SideOutlook
  readonly short: SideOutlook
}

export const CLUSTER_SIDES: readonly ClusterSide[] = ['long', 'short']

/** A column's figure for an absolute bin; 0 outside it. */
export function figureAt(side: SideOutlook, column: 'predicted' | 'realised' | 'events', bin: number): number {
  return side[column][bin - side.firstBin] ?? 0
}

/** First and last bin of a side that the price crossed within the horizon; first > last when it crossed none. */
export const crossedBins = (outlook: Outlook, side: ClusterSide): readonly [number, number] =>
  side === 'long' ? [outlook.lowestBin, outlook.spotBin - 1] : [outlook.spotBin + 1, outlook.highestBin]

/** Whether the price crossed a bin of a side within the horizon. */
export function isCrossed(outlook: Outlook, side: ClusterSide, bin: number): boolean {
  const [first, last] = crossedBins(outlook, side)
  return bin >= first && bin <= last
}
