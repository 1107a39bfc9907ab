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

/** Told once under its name, and the symbol is left to whoever else trades it. */
function keepOff(
  core: EngineCore,
  kind: 'foreign_order' | 'foreign_position',
  name: string,
  instrument: Instrument,
  what: string,
): void {
  if (!once(core, name)) return
  note(core, kind, instrument.symbol, what)
  alert(core, 'critical', 'FOREIGN', `${instrument.symbol}: ${what}; it is left alone, and there are no entries here`)
  haltEntries(core, 'FOREIGN', what, instrument)
}

/** @param name under which it is told once */
export function seeForeignOrder(core: EngineCore, report: OrderReport, name: string): void {
  core.venue.foreign.orders.push(report)
  const { instrument, side, quantity, clientOrderId } = report
  const what = `${side} ${quantity.toFixed()} (${clientOrderId || 'without a name'})`
  keepOff(core, 'foreign_order', name, instrument, `a foreign order is open: ${what}`)
}

/** @param name under which it is told once */
export function seeForeignPosition(core: EngineCore, report: PositionReport, name: string): void {
  core.venue.foreign.positions.push(report)
  const { instrument, direction, quantity } = report
  const signed = `${direction === 'LONG' ? '' : '-'}${quantity.toFixed()}`
  keepOff(core, 'foreign_position', name, instrument, `a position of ${signed} is not the bot's`)
}
