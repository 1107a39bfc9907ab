import { Dec, type Decimal } from '../domain/decimal.ts'
import type { AccountSnapshot, ExecutionReport } from '../domain/event.ts'
import { PANIC_EPOCH, parseClientOrderId } from '../domain/id.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { epochMs } from '../domain/unit.ts'
import { stateOf, type EngineCore } from './core.ts'
import { GRACE_MS, isMoving } from './doubt.ts'
import { executionKey, isBooked } from './on-forced.ts'
import type { SymbolState } from './symbol-state.ts'

/** Executions by others that are kept until they are accounted for. */
const MAX_KEPT = 1_024

/** What others had executed by then is in the books, or was of a position that was not the present trade's. */
export const accountedTo = (core: EngineCore, { adoptedAt, trade }: SymbolState): number =>
  Math.max(core.booksFrom, adoptedAt, trade?.submittedAt ?? Number.NEGATIVE_INFINITY)

/** Signed base units; zero where the venue shows nothing. */
export function heldAtVenue({ positions }: AccountSnapshot, instrument: Instrument): Decimal {
  const report = positions.find((each) => each.instrument === instrument)
  return report === undefined ? new Dec(0) : report.direction === 'LONG' ? report.quantity : report.quantity.neg()
}

/**
 * Keeps what others executed from one look to the next: the look that confirms a difference reaches back less far than the
 * one that first showed it.
 */
export function keepOthers(core: EngineCore, snapshot: AccountSnapshot): void {
  const { others } = core.venue
  for (const execution of snapshot.executions) {
    if (isByOthers(core, execution)) others.set(executionKey(execution), execution)
    // An earlier look may not have known whose order it was.
    else others.delete(executionKey(execution))
  }
  for (const [key, execution] of others) {
    const tooMany = others.size > MAX_KEPT
    if (tooMany || execution.venueTime <= accountedTo(core, stateOf(core, execution.instrument))) others.delete(key)
  }
}

/** An id of a bot's. What `panic` has ordered is in no bot's books, although its ids are of our making. */
export function isBotsId(text: string): boolean {
  const parts = parseClientOrderId(text)
  return parts !== undefined && parts.epoch !== PANIC_EPOCH
}

const isByOthers = (core: EngineCore, { clientOrderId, forced }: ExecutionReport): boolean =>
  core.orders.find(clientOrderId as ClientOrderId) === undefined && (forced !== null || !isBotsId(clientOrderId))

/** What others executed on an instrument and is in no book, oldest first. */
export const notBooked = (core: EngineCore, instrument: Instrument): readonly ExecutionReport[] =>
  [...core.venue.others.values()].filter((each) => each.instrument === instrument && !isBooked(core, each))

/** The books agree with the venue, and nothing is on its way: what others did long enough ago is accounted for. */
export function accountForOthers(core: EngineCore, state: SymbolState, askedAt: number): void {
  const to = askedAt - Math.max(GRACE_MS, core.options.venueLagMs)
  const { others } = core.venue
  const past = [...others].filter(([, each]) => each.instrument === state.instrument && each.venueTime <= to)
  for (const [key] of past) others.delete(key)
  // Else nothing is to be kept apart, and what is saved would change with every look.
  if (past.length > 0) state.adoptedAt = epochMs(Math.max(state.adoptedAt, to))
}

/**
 * Closings by the venue itself that no news has told: those that the venue's positions differ by at least, or exactly together
 * with whatever else others did. Where they come to more, or a fill may be on its way beside them, the next look decides.
 */
export function untoldClosings(core: EngineCore, snapshot: AccountSnapshot): ReadonlySet<ExecutionReport> {
  const found = new Set<ExecutionReport>()
  for (const state of core.states) {
    const { instrument } = state
    const difference = heldAtVenue(snapshot, instrument).minus(core.account.books.position(instrument).signed)
    if (difference.isZero() || hasUntoldFill(core, instrument, snapshot)) continue
    const others = notBooked(core, instrument)
    const closings = others.filter(({ forced }) => forced !== null)
    const closed = signedSum(closings)
    // A venue may list the parts of a liquidation one after the other.
    const isPart = closed.isNegative() === difference.isNegative() && closed.abs().lte(difference.abs())
    const isMixed = !isMoving(core, state, snapshot.askedAt) && signedSum(others).eq(difference)
    if (isPart || isMixed) for (const closing of closings) found.add(closing)
  }
  return found
}

const hasUntoldFill = (core: EngineCore, instrument: Instrument, { executions }: AccountSnapshot): boolean =>
  executions.some(
    (each) =>
      each.instrument === instrument &&
      core.orders.find(each.clientOrderId as ClientOrderId)?.fills.includes(each.tradeId) === false,
  )

export const signedSum = (executions: readonly ExecutionReport[]): Decimal =>
  executions.reduce(
    (total, { side, quantity }) => (side === 'buy' ? total.plus(quantity) : total.minus(quantity)),
    new Dec(0),
  )
