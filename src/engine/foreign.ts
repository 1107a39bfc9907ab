import type { Elsewhere, OrderReport, PositionReport } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { alert, haltEntries, type EngineCore } from './core.ts'
import { note } from './correction.ts'

/** What the last look at the account has shown that is not the bot's: shown to people, never traded against. */
export interface Foreign {
  readonly orders: OrderReport[]
  readonly positions: PositionReport[]
  /** In contracts that the bot does not trade. */
  readonly elsewhere: readonly Elsewhere[]
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

/**
 * What the account has in other contracts cannot get in the way of an order. It can of the money: what it wins and loses
 * changes the wallet that sizes and limits are reckoned from, and in cross margin it shares the collateral.
 */
export function seeElsewhere(core: EngineCore, elsewhere: readonly Elsewhere[]): void {
  core.venue.foreign = { ...core.venue.foreign, elsewhere }
  const news = elsewhere.filter(({ kind, symbol, side }) => once(core, `elsewhere ${kind} ${symbol} ${side}`))
  if (news.length === 0) return
  const list = news.map(({ kind, symbol, side, quantity }) => `${symbol} ${kind} ${side ?? ''} ${quantity}`).join(', ')
  const message = `the account also has ${list}, which this bot does not trade: left alone; results there change the wallet, and cross margin is shared`
  alert(core, 'warning', 'ELSEWHERE', message)
}
