import { Dec, type Decimal } from '../domain/decimal.ts'
import { exitSide, type Direction } from '../domain/side.ts'
import { epochMs, type Price, type Quantity } from '../domain/unit.ts'
import { closeQuantity, progress } from '../execution/bracket.ts'
import { exitAtMarket } from '../execution/exit.ts'
import { reopenTrade } from '../execution/open-trade.ts'
import { alert, flush, haltEntries, type EngineCore } from './core.ts'
import { onEntryFill } from './entry-fill.ts'
import { guardStop } from './guard-stop.ts'
import { settle } from './settle.ts'
import type { SymbolState } from './symbol-state.ts'

/** What a change is booked at whose price nobody has told. */
export function assumedPrice(core: EngineCore, { instrument, mark, trade }: SymbolState): Price {
  const { entryPrice } = core.account.books.position(instrument)
  return (Number.isFinite(mark) ? new Dec(mark) : (trade?.firstStop ?? entryPrice)) as Price
}

/**
 * Brings the symbol's trade and its protection in line with the position that the books hold, after it has changed by
 * something that was none of the trade's orders. A position that no trade has is closed at market.
 * @param costBefore signed quote amount that was paid for what the books held before
 * @param changedAt price of the change, where it was told
 */
export function align(core: EngineCore, state: SymbolState, costBefore: Decimal, changedAt?: Decimal): void {
  const { instrument } = state
  const { signed, entryPrice } = core.account.books.position(instrument)
  if (!state.trade && !signed.isZero()) return closeOrphan(core, state, signed, entryPrice)
  const { trade } = state
  if (!trade) return
  const held = trade.direction === 'LONG' ? signed : signed.neg()
  // Less than nothing stands for an entry whose fill is still to come; not when none can come any more.
  const reversed = trade.entryDone && held.lt(0)
  if (held.eq(trade.position) && !reversed) return
  const at = changedAt ?? assumedPrice(core, state)
  if (held.gt(trade.position)) {
    const more = held.minus(trade.position)
    // The books' entry price is of the whole position.
    const cost = held.times(entryPrice).minus(costBefore.abs())
    trade.entryQuantity = trade.entryQuantity.plus(more)
    trade.entryCost = trade.entryCost.plus(cost.gt(0) ? cost : more.times(at))
    trade.position = held
    const first = trade.openedAt === 0
    if (first) trade.openedAt = core.now
    onEntryFill(core, state, trade, first)
    trade.entryDone = trade.entryDone || core.orders.open.get(trade.entryId) === undefined
  } else {
    const gone = trade.position.minus(reversed ? 0 : held)
    // What the bot meant to leave for want of a stop, somebody else has closed.
    if (trade.exitReason === null || trade.exitReason === 'unprotected') trade.exitReason = 'forced'
    closeQuantity(trade, { quantity: gone as Quantity, time: core.now }, at.times(gone), core.instructions)
  }
  const result = progress(trade, core.instructions)
  flush(core)
  settle(core, state, trade, result, true)
  if (state.trade) return guardStop(core, state.trade)
  state.unclosed = true
  // It held the other way round from what is there now.
  const rest = core.account.books.position(instrument)
  if (!rest.signed.isZero()) closeOrphan(core, state, rest.signed, rest.entryPrice)
}

function closeOrphan(core: EngineCore, state: SymbolState, signed: Decimal, entryPrice: Decimal): void {
  const { instrument, ended } = state
  const what = `${instrument.symbol}: no trade takes care of a position of ${signed.toFixed()}`
  if (!ended) {
    alert(core, 'critical', 'ORPHAN', `${what}; close it by hand`)
    return haltEntries(core, 'RECONCILE', what)
  }
  alert(core, 'critical', 'ORPHAN', `${what}; closing it at market`)
  const direction: Direction = signed.isPositive() ? 'LONG' : 'SHORT'
  const quantity = signed.abs()
  const trade = {
    ...reopenTrade(ended),
    direction,
    exitSide: exitSide(direction),
    entryDone: true,
    openedAt: epochMs(core.now),
    position: quantity,
    entryQuantity: quantity,
    entryCost: entryPrice.times(quantity),
    firstStop: entryPrice as Price,
    // It is left at once: neither stop nor target of the trade it came from means anything to it.
    stopRefused: true,
  }
  state.trade = trade
  core.account.openTrades += 1
  exitAtMarket(trade, 'forced', core.instructions)
  flush(core)
}
