export type OrderSide = 'buy' | 'sell'
/** Direction of a position or of a signal. */
export type Direction = 'LONG' | 'SHORT'
/** Which positions a cluster liquidates: long clusters lie below the price, short clusters above. */
export type ClusterSide = 'long' | 'short'

export const entrySide = (direction: Direction): OrderSide => (direction === 'LONG' ? 'buy' : 'sell')
export const exitSide = (direction: Direction): OrderSide => (direction === 'LONG' ? 'sell' : 'buy')
/** +1 for LONG, −1 for SHORT. */
export const sign = (direction: Direction): 1 | -1 => (direction === 'LONG' ? 1 : -1)
export const clusterSign = (side: ClusterSide): 1 | -1 => (side === 'long' ? 1 : -1)
