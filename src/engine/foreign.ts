import type { OrderReport, PositionReport } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { alert, haltEntries, type EngineCore } from './core.ts'
import { note } from './correction.ts'

/** What the last look at the account has shown that is not the bot's: shown to people, never traded against. */
export interface Foreign {
  readonly orders: OrderReport[]
  readonly positions: PositionReport[]
}

const MAX_TOLD = 1_024

/** True the first time. */
export function once(core: EngineCore, what: string): boolean {
  const { told } = core.venue
  if (told.has(what)) return false
  if (told.size >= MAX_TOLD) told.clear()
  told.add(what)
  return true
}

function keepOff(core: EngineCore, instrument: Instrument, reason: string): void {
  alert(core, 'critical', 'FOREIGN', `${instrument.symbol}: ${reason}; it is left alone, and there are no entries here`)
  haltEntries(core, 'FOREIGN', reason, instrument)
}

/** @param name under which it is told once */
export function seeForeignOrder(core: EngineCore, report: OrderReport, name: string): void {
  core.venue.foreign.orders.push(report)
  if (!once(core, name)) return
  const { instrument, side, quantity, clientOrderId } = report
  const what = `a foreign order is open: ${side} ${quantity.toFixed()} (${clientOrderId || 'without a name'})`
  note(core, 'foreign_order', instrument.symbol, what)
  keepOff(core, instrument, what)
}

/** @param name under which it is told once */
export function seeForeignPosition(core: EngineCore, report: PositionReport, name: string): void {
  core.venue.foreign.positions.push(report)
  if (!once(core, name)) return
  const { instrument, direction, quantity } = report
  const what = `a position of ${direction === 'LONG' ? '' : '-'}${quantity.toFixed()} is not the bot's`
  note(core, 'foreign_position', instrument.symbol, what)
  keepOff(core, instrument, what)
}
