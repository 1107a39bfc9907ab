import type { AccountSnapshot, Elsewhere, ExecutionReport, OrderReport } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import { MINUTE_MS } from '../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import type { Dialect, InstrumentSettings, VenueExecution, VenueOrder } from './dialect.ts'
import type { KnownOrders } from './known-order.ts'

export interface SnapshotTaken {
  readonly snapshot: AccountSnapshot
  readonly settings: ReadonlyMap<string, InstrumentSettings>
  readonly hedged: boolean
}

/** What a snapshot asks a venue. */
export type SnapshotQuestions = Pick<
  Dialect,
  'settings' | 'isHedged' | 'wallet' | 'openOrders' | 'fundingsSince' | 'executionsSince' | 'positions' | 'history'
>

export interface SnapshotOptions {
  /** Asks until the account has been seen once: until then nobody knows what has to be protected. */
  readonly first: SnapshotQuestions
  /** Asks from then on, when nobody has a more urgent question. */
  readonly later: SnapshotQuestions
  readonly instruments: readonly Instrument[]
  readonly orders: KnownOrders
  readonly now: () => EpochMs
  /** Where the account's history begins for the bot. */
  readonly historyFrom: EpochMs
}

/** Whose execution it is. */
type Owner = Pick<VenueOrder, 'clientOrderId' | 'forced'>

const NOBODY: Owner = { clientOrderId: '', forced: null }

/** How far each look reaches back behind that one: what was listed late is found all the same. */
const OVERLAP_MS = 5 * MINUTE_MS

/**
 * Takes the whole account, or rejects: nothing is ever left out in silence. Each reaches back to the last but one: the first
 * is looked at before there is anybody to book what happened while no bot ran, and so the second tells it again.
 */
export function createSnapshotTaker(options: SnapshotOptions): () => Promise<SnapshotTaken> {
  const { instruments, orders, now } = options
  let dialect = options.first
  let from = options.historyFrom
  let afterwards = options.historyFrom

  /** Names the owners of executions; what an earlier process placed is looked up in the venue's history. */
  async function name(instrument: Instrument, executions: readonly VenueExecution[]): Promise<ExecutionReport[]> {
    const owner = new Map<string, Owner>()
    for (const { orderId } of executions) {
      const known = orders.byVenueId(orderId)
      if (known) owner.set(orderId, { clientOrderId: known.clientOrderId, forced: null })
    }
    if (executions.some(({ orderId }) => !owner.has(orderId))) {
      const since = epochMs(Math.min(...executions.map(({ venueTime }) => venueTime)) - OVERLAP_MS)
      for (const order of await dialect.history(instrument, epochMs(Math.min(since, from)))) learn(order, owner)
    }
    return executions.map(({ orderId, forced, ...rest }) => {
      const own = owner.get(orderId) ?? NOBODY
      return { ...rest, clientOrderId: own.clientOrderId, forced: forced ?? own.forced }
    })
  }

  function learn(order: VenueOrder, owner: Map<string, Owner>): void {
    const known = orders.of(order, now())
    if (order.namespace === 'regular') {
      if (!owner.has(order.venueId)) owner.set(order.venueId, order)
      return
    }
    if (order.childId === null) return
    // A child is its parent's, whatever name it goes by.
    owner.set(order.childId, order)
    if (known) orders.bindChild(known, order.childId)
  }

  /** What a conditional order has become, under a name of its own; it is told as news of that order. */
  const isChild = ({ namespace, venueId, clientOrderId }: VenueOrder): boolean =>
    namespace === 'regular' && (orders.byVenueId(venueId)?.clientOrderId ?? clientOrderId) !== clientOrderId

  return async () => {
    const askedAt = now()
    const historyFrom = from
    const elsewhere: Elsewhere[] = []
    const onElsewhere = (what: Elsewhere): number => elsewhere.push(what)
    const [settings, hedged, wallet, open, fundings, executions] = await Promise.all([
      dialect.settings(),
      dialect.isHedged(),
      dialect.wallet(),
      dialect.openOrders(null, onElsewhere),
      dialect.fundingsSince(historyFrom),
      Promise.all(instruments.map((instrument) => dialect.executionsSince(instrument, historyFrom))),
    ])
    // Positions come last: what was executed meanwhile is in them, and news of it are on their way.
    const positions = await dialect.positions(settings, onElsewhere)
    const named = await Promise.all(instruments.map((instrument, i) => name(instrument, executions[i]!)))
    for (const order of open) orders.of(order, now())
    dialect = options.later
    from = afterwards
    afterwards = epochMs(Math.max(from, askedAt - OVERLAP_MS))
    const snapshot: AccountSnapshot = {
      kind: 'account_snapshot',
      time: now(),
      askedAt,
      wallet,
      positions,
      openOrders: open.filter((order) => order.status === 'open' && !isChild(order)).map(reportOf),
      elsewhere,
      executions: named.flat().toSorted((a, b) => a.venueTime - b.venueTime),
      fundings,
      historyFrom,
    }
    return { snapshot, settings, hedged }
  }
}

const reportOf = (order: VenueOrder): OrderReport => ({
  clientOrderId: order.clientOrderId,
  instrument: order.instrument,
  side: order.side,
  type: order.type,
  quantity: order.quantity,
  filled: order.filled,
  price: order.price,
  triggerPrice: order.triggerPrice,
  reduceOnly: order.reduceOnly,
})
