import { Dec, ZERO, type Decimal } from '../domain/decimal.ts'
import type { AccountSnapshot, ExecutionReport, PositionReport } from '../domain/event.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { epochMs, type Money, type Quantity } from '../domain/unit.ts'
import { align, assumedPrice } from './align.ts'
import { accountedTo, isBotsId, notBooked, signedSum } from './by-others.ts'
import type { EngineCore } from './core.ts'
import { guardEquity } from './guard.ts'
import type { SymbolState } from './symbol-state.ts'

/**
 * The executions by others that changed a position of the bot's.
 * @param change signed base units that the venue's position differs by from the books'
 * @returns `null` when those that are told and not counted yet do not add up to the change
 */
export function executionsBehind(
  core: EngineCore,
  state: SymbolState,
  change: Decimal,
): readonly ExecutionReport[] | null {
  const from = accountedTo(core, state)
  const found = notBooked(core, state.instrument).filter(
    ({ clientOrderId, venueTime }) =>
      venueTime > from && !isBotsId(clientOrderId) && core.orders.find(clientOrderId as ClientOrderId) === undefined,
  )
  return signedSum(found).eq(change) ? found : null
}

/**
 * Takes the venue's position over and brings the trade and its protection in line. What the change has won or lost is a
 * result like any other: the loss limits must not forget it.
 * @param executions what made the change; `null` when nobody knows: it is booked at the mark, without a fee
 */
export function adopt(
  core: EngineCore,
  state: SymbolState,
  { askedAt }: AccountSnapshot,
  report: PositionReport | undefined,
  change: Decimal,
  executions: readonly ExecutionReport[] | null,
): void {
  const { books } = core.account
  const { instrument, trade } = state
  const ours = books.position(instrument)
  if (executions === null) {
    core.venue.guessed = true
    state.guessedAt = askedAt
    const side = change.isPositive() ? 'buy' : 'sell'
    books.fill(instrument, side, assumedPrice(core, state), change.abs() as Quantity, ZERO as Money)
  }
  for (const { side, price, quantity, fee } of executions ?? []) {
    books.fill(instrument, side, price, quantity, fee)
    if (trade) trade.fees = trade.fees.plus(fee)
  }
  const { signed, entryPrice } = books.position(instrument)
  books.hold(instrument, { signed, entryPrice: report?.entryPrice ?? entryPrice })
  // The venue's clock may be ahead.
  state.adoptedAt = epochMs(Math.max(askedAt, ...(executions ?? []).map(({ venueTime }) => venueTime)))
  align(core, state, ours.signed.times(ours.entryPrice), averagePrice(executions))
  guardEquity(core)
}

/** `undefined` where there is no single side that it could be the price of. */
function averagePrice(executions: readonly ExecutionReport[] | null): Decimal | undefined {
  const first = executions?.[0]
  if (!executions || !first || executions.some(({ side }) => side !== first.side)) return undefined
  const cost = executions.reduce((sum, { price, quantity }) => sum.plus(price.times(quantity)), new Dec(0))
  const units = executions.reduce((sum, { quantity }) => sum.plus(quantity), new Dec(0))
  return cost.div(units)
}
