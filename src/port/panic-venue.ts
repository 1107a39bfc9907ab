import type { ClientOrderId } from '../domain/order.ts'

export interface PanicOrder {
  readonly symbol: string
  /** The venue's own id. */
  readonly id: string
  readonly clientOrderId: string
  /** Which of the venue's lists it stands in. */
  readonly list: 'regular' | 'conditional'
  readonly reduceOnly: boolean
}

export interface PanicPosition {
  readonly symbol: string
  readonly direction: 'LONG' | 'SHORT'
  /** As the venue counts it, exact: base units or contracts. */
  readonly quantity: string
}

/** The way to the venue that needs neither engine, journal nor lock. Every call answers completely or throws. */
export interface PanicVenue {
  /** Of both lists, every symbol, whoever placed them. */
  openOrders(): Promise<readonly PanicOrder[]>
  /** The open ones, every symbol. */
  positions(): Promise<readonly PanicPosition[]>
  /** An order that is gone already is no error. */
  cancel(order: PanicOrder): Promise<void>
  /** A reduce-only market order over the whole position: sent twice, it can still not turn it. */
  closeReduceOnly(position: PanicPosition, id: ClientOrderId): Promise<void>
}
