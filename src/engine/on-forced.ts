import type { ExecutionReport, PositionForced } from '../domain/event.ts'
import { closeQuantity, progress } from '../execution/bracket.ts'
import { alert, flush, requestSnapshot, stateOf, type EngineCore } from './core.ts'
import { settle } from './settle.ts'

/** A closing by the venue itself: in its news or in its history. */
type Closing = Pick<ExecutionReport, 'instrument' | 'tradeId' | 'side' | 'quantity' | 'venueTime'>

const MAX_FORCED_IDS = 64

/** Some venues count executions symbol by symbol. */
export const executionKey = ({ instrument, tradeId }: Pick<Closing, 'instrument' | 'tradeId'>): string =>
  `${instrument.symbol} ${tradeId}`

/** Whether it has been booked. What was saved without a symbol is known by the execution alone. */
export const isBooked = ({ forced }: EngineCore, closing: Pick<Closing, 'instrument' | 'tradeId'>): boolean =>
  forced.includes(executionKey(closing)) || forced.includes(closing.tradeId)

/** Whether it closed what the books hold: neither what is not the bot's, nor what is counted in a position taken over. */
export function isOfBooks(core: EngineCore, { instrument, side, quantity, venueTime }: Closing): boolean {
  if (venueTime <= core.booksFrom || venueTime <= stateOf(core, instrument).adoptedAt) return false
  const { signed } = core.account.books.position(instrument)
  return !signed.isZero() && signed.isPositive() === (side === 'sell') && quantity.lte(signed.abs())
}

/** The venue closed the position on its own: book it, drop the bracket, say so. */
export function handleForced(core: EngineCore, event: PositionForced): void {
  if (isBooked(core, event)) return
  // The books and the account are to be compared before anything is made of it.
  if (!isOfBooks(core, event)) return requestSnapshot(core)
  core.forced.push(executionKey(event))
  if (core.forced.length > MAX_FORCED_IDS) core.forced.shift()
  core.counters.forced++
  core.account.books.fill(event.instrument, event.side, event.price, event.quantity, event.fee)
  const state = stateOf(core, event.instrument)
  state.accountTime = event.time
  const { trade } = state
  const what = `${event.instrument.symbol}: the venue closed ${event.quantity.toString()} at ${event.price.toString()} (${event.cause})`
  alert(core, 'critical', 'POSITION_FORCED', what)
  if (!trade) return
  trade.fees = trade.fees.plus(event.fee)
  trade.exitReason = event.cause
  closeQuantity(trade, event, event.price.times(event.quantity), core.instructions)
  const result = progress(trade, core.instructions)
  flush(core)
  settle(core, state, trade, result, true)
}
