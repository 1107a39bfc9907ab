import type { AccountSnapshot, OrderReport } from '../domain/event.ts'
import { parseClientOrderId } from '../domain/id.ts'
import type { Instrument } from '../domain/instrument.ts'
import { isTerminal, type ClientOrderId } from '../domain/order.ts'
import { epochMs } from '../domain/unit.ts'
import { alert, type EngineCore } from './core.ts'
import { note } from './correction.ts'
import { confirmed, GRACE_MS, type Suspicion } from './doubt.ts'
import { once, seeForeignOrder } from './foreign.ts'
import { handleOrderEvent } from './on-order.ts'
import { concluded } from './order-news.ts'
import type { SymbolState } from './symbol-state.ts'

/** Brings what is known of the symbol's orders in line with the venue's list of open ones. */
export function compareOrders(
  core: EngineCore,
  state: SymbolState,
  snapshot: AccountSnapshot,
  before: ReadonlyMap<string, Suspicion>,
): void {
  const { instrument } = state
  const listed = new Map<string, OrderReport>()
  for (const report of snapshot.openOrders)
    if (report.instrument === instrument) listed.set(report.clientOrderId, report)
  for (const report of listed.values()) compareListed(core, state, report, snapshot, before)
  for (const order of [...core.orders.open.values()]) {
    const { clientOrderId } = order.request
    if (order.request.instrument !== instrument || listed.has(clientOrderId)) continue
    const settled = order.state === 'accepted' || order.state === 'triggered' || order.state === 'partially_filled'
    // Not in the list is not gone: the order itself is asked about.
    if (settled && snapshot.askedAt > order.updatedAt + GRACE_MS)
      core.effects.push({ kind: 'query', clientOrderId, instrument })
  }
}

function compareListed(
  core: EngineCore,
  state: SymbolState,
  report: OrderReport,
  { askedAt, positions }: AccountSnapshot,
  before: ReadonlyMap<string, Suspicion>,
): void {
  const { instrument } = state
  const clientOrderId = report.clientOrderId as ClientOrderId
  const order = core.orders.find(clientOrderId)
  if (order) {
    const known = !isTerminal(order.state) && order.state !== 'submitted' && order.state !== 'unknown'
    if (known) {
      order.absences = 0
      order.seenAt = epochMs(Math.max(order.seenAt, askedAt))
      return
    }
    if (order.state === 'submitted' || order.state === 'unknown' || order.state === 'rejected') {
      note(
        core,
        'order_found',
        instrument.symbol,
        `order ${clientOrderId} is open at the venue and was ${order.state} here`,
      )
      const now = { time: core.now, venueTime: core.now }
      handleOrderEvent(core, concluded(core, order, 'accepted', 'the venue lists it as open', now))
    } else if (askedAt > order.updatedAt + GRACE_MS)
      withdrawStray(core, instrument, clientOrderId, `was ${order.state} here`)
    return
  }
  // What an earlier process left behind a position that nobody knows here any more may be its only protection.
  const held = positions.some((each) => each.instrument === instrument)
  const protects = report.reduceOnly && held && !state.trade
  if (parseClientOrderId(report.clientOrderId) !== undefined && !protects) {
    withdrawStray(core, instrument, clientOrderId, 'belongs to no trade')
    return
  }
  const name = `order ${report.clientOrderId}`
  // It fills at once: what is seen but one time may be what a stop of the bot's has just become, under the venue's own name.
  if (report.type === 'market' && !confirmed(core, before, name, 'open', askedAt)) return
  seeForeignOrder(core, report, name)
}

/** An order of ours that is open at the venue and that nothing here needs: nothing may come of it. */
function withdrawStray(core: EngineCore, instrument: Instrument, clientOrderId: ClientOrderId, why: string): void {
  if (once(core, `stray ${clientOrderId}`)) {
    const what = `order ${clientOrderId} is open at the venue and ${why}; withdrawn`
    note(core, 'stray_order', instrument.symbol, what)
    alert(core, 'warning', 'STRAY_ORDER', `${instrument.symbol}: ${what}`)
  }
  core.effects.push({ kind: 'cancel', clientOrderId, instrument })
}
