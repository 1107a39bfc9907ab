import type { ContractChanged } from '../domain/event.ts'
import { amendTerms, changedTerms, type ContractTerms } from '../domain/instrument.ts'
import { protect } from '../execution/protect.ts'
import { regrid } from '../execution/regrid.ts'
import { alert, flush, stateOf, type EngineCore } from './core.ts'
import { guardStop } from './guard-stop.ts'
import type { SymbolState } from './symbol-state.ts'

/**
 * The venue has changed a contract. Its new terms hold for every order from here on, and what protects a position is
 * placed anew on them. While nobody can trade it there are no entries, and a position stays behind its stop: an exit
 * would be refused, and what the venue makes of the position is told by its executions.
 */
export function onContract(core: EngineCore, { instrument, terms, closed }: ContractChanged): void {
  const state = stateOf(core, instrument)
  if (terms) takeTerms(core, state, terms)
  const before = core.account.closed[instrument.index] ?? null
  if (closed === before) return
  core.account.closed[instrument.index] = closed
  if (closed === null) alert(core, 'info', 'TRADING_AGAIN', `${instrument.symbol} is traded at the venue again`)
  else tellClosed(core, state, closed)
}

function takeTerms(core: EngineCore, { instrument, trade }: SymbolState, terms: ContractTerms): void {
  const changes = changedTerms(instrument, terms)
  if (changes.length === 0) return
  amendTerms(instrument, terms)
  alert(
    core,
    'warning',
    'CONTRACT_CHANGED',
    `${instrument.symbol}: the venue has changed its terms: ${changes.join(', ')}`,
  )
  if (!trade) return
  regrid(trade)
  // One that is leaving keeps the stop it has.
  if (!trade.position.gt(0) || trade.exitId !== null || trade.stopRefused) return
  protect(trade, core.instructions)
  flush(core)
  guardStop(core, trade)
}

function tellClosed(core: EngineCore, { instrument, trade }: SymbolState, status: string): void {
  if (trade && !trade.entryDone) core.instructions.push({ kind: 'cancel', id: trade.entryId, instrument })
  flush(core)
  const plan = trade?.position.gt(0)
    ? `the position of ${trade.position.toFixed()} stays behind its stop until it is traded again or the venue settles it`
    : 'there is no position'
  const what = `${instrument.symbol} is not traded at the venue: its status is ${status}`
  alert(core, 'critical', 'NOT_TRADING', `${what}; no entries, and ${plan}`)
}
