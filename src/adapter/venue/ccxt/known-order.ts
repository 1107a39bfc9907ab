import { createBoundedMap } from '../../../domain/bounded-map.ts'
import { ZERO, type Decimal } from '../../../domain/decimal.ts'
import { parseClientOrderId } from '../../../domain/id.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { OrderRequest } from '../../../domain/order.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { Namespace, VenueOrder } from './dialect.ts'

/** An order of ours as far as the venue has been heard about it. */
export interface KnownOrder {
  readonly clientOrderId: string
  readonly instrument: Instrument
  readonly namespace: Namespace
  readonly quantity: Decimal
  readonly knownSince: EpochMs
  venueId: string | null
  /** The regular order that a conditional one became. */
  childId: string | null
  /** Trades that were told. */
  readonly told: Set<string>
  toldQuantity: Decimal
  ended: boolean
}

/** Orders remembered, so that late news find theirs. */
const MAX_KNOWN = 4_096

/** Which client id belongs to which of the venue's ids. */
export interface KnownOrders {
  register(request: OrderRequest, at: EpochMs): KnownOrder
  /** An order of ours, registered now if an earlier process placed it; `undefined` for a foreign one. */
  of(order: VenueOrder, at: EpochMs): KnownOrder | undefined
  find(clientOrderId: string): KnownOrder | undefined
  /** Where an order is to be looked for first: stops wait for a trigger, all else is in the regular list. */
  namespaceOf(clientOrderId: string): Namespace
  /** By the id of a regular order, a child included. */
  byVenueId(venueId: string): KnownOrder | undefined
  bindChild(known: KnownOrder, childId: string): void
  /** Conditional orders of the instrument that may have a child nobody has named yet. */
  childless(instrument: Instrument): readonly KnownOrder[]
}

/**
 * @param conditionalsApart the venue keeps what waits for a trigger in a list of its own
 */
export function createKnownOrders(conditionalsApart: boolean): KnownOrders {
  const orders = createBoundedMap<string, KnownOrder>(MAX_KNOWN)
  const venueIds = createBoundedMap<string, KnownOrder>(2 * MAX_KNOWN)
  const conditional = createBoundedMap<string, KnownOrder>(MAX_KNOWN)
  /** Those of the bounded map that are still of interest. */
  let waiting: KnownOrder[] = []

  function add(clientOrderId: string, namespace: Namespace, instrument: Instrument, quantity: Decimal, at: EpochMs) {
    const known: KnownOrder = {
      clientOrderId,
      instrument,
      namespace,
      quantity,
      knownSince: at,
      venueId: null,
      childId: null,
      told: new Set(),
      toldQuantity: ZERO,
      ended: false,
    }
    orders.set(clientOrderId, known)
    if (namespace === 'conditional') {
      conditional.set(clientOrderId, known)
      waiting = [...waiting.filter((each) => !each.ended && conditional.has(each.clientOrderId)), known]
    }
    return known
  }

  return {
    register({ clientOrderId, instrument, quantity, type }, at) {
      const waits = type === 'stop_market' || type === 'take_profit_market'
      const namespace = waits && conditionalsApart ? 'conditional' : 'regular'
      return add(clientOrderId, namespace, instrument, quantity, at)
    },
    of(order, at) {
      const { clientOrderId, venueId, namespace } = order
      let known = orders.get(clientOrderId)
      if (!known) {
        if (!parseClientOrderId(clientOrderId)) return undefined
        known = add(clientOrderId, namespace, order.instrument, order.quantity, at)
      }
      if (known.namespace === namespace) {
        known.venueId = venueId
        if (namespace === 'regular') venueIds.set(venueId, known)
      }
      return known
    },
    find: (clientOrderId) => orders.get(clientOrderId),
    namespaceOf: (clientOrderId) =>
      orders.get(clientOrderId)?.namespace ??
      (conditionalsApart && parseClientOrderId(clientOrderId)?.leg === 'stop' ? 'conditional' : 'regular'),
    byVenueId: (venueId) => venueIds.get(venueId),
    bindChild(known, childId) {
      known.childId = childId
      venueIds.set(childId, known)
    },
    childless: (instrument) =>
      waiting.filter((known) => known.instrument === instrument && known.childId === null && !known.ended),
  }
}
