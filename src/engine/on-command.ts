import type { Command } from '../domain/event.ts'
import { latchName } from '../domain/latch-name.ts'
import type { ExitReason } from '../domain/trade.ts'
import { exitAtMarket } from '../execution/exit.ts'
import { protect } from '../execution/protect.ts'
import { LATCH_CODES, type LatchCode } from '../risk/latch.ts'
import { alert, flush, haltEntries, requestSnapshot, withdrawEntries, type EngineCore } from './core.ts'
import { ENDING } from './saved.ts'

function exitTrades(core: EngineCore, which: string | 'all', reason: ExitReason): void {
  for (const { trade } of core.states) {
    if (trade && (which === 'all' || trade.id === which)) exitAtMarket(trade, reason, core.instructions)
  }
  flush(core)
}

function stopEntries(core: EngineCore, reason: string): void {
  // What a person stops outlives the process, although the process has stopped it for itself before.
  const own = core.account.latches.latches.some((l) => l.code === 'ENTRIES_STOPPED' && l.reason === ENDING)
  if (own && reason !== ENDING)
    core.account.latches.clear('ENTRIES_STOPPED', null, { by: 'stop_entry', reason, time: core.now })
  core.account.latches.trip({ code: 'ENTRIES_STOPPED', symbol: null, since: core.now, reason, until: null })
}

const isLatchCode = (code: string): code is LatchCode => LATCH_CODES.has(code)

type ClearLatch = Extract<Command, { readonly name: 'clear_latch' }>

function clearLatch(core: EngineCore, { code, symbol, by, reason }: ClearLatch): void {
  const { latches, guard } = core.account
  const named = latchName({ code, symbol })
  const held = isLatchCode(code)
    ? latches.latches.filter((latch) => latch.code === code && (symbol === null || latch.symbol === symbol))
    : []
  if (held.length === 0) return alert(core, 'info', 'LATCH_NOT_SET', `there is no latch ${named} to clear`)
  for (const latch of held) {
    const result = latches.clear(latch.code, latch.symbol, { by, reason, time: core.now })
    if (result === 'unsigned')
      return alert(core, 'warning', 'LATCH_UNSIGNED', `${named} stays: name who clears it, and why`)
  }
  if (code === 'MAX_DRAWDOWN' || code === 'DAILY_LOSS') guard.accept(code)
  core.venue.told.clear()
  // What it was set for may still be there: nothing new until a look has left nothing open.
  if (core.lasting && core.account.venue === 'ready') core.account.venue = 'reconciling'
  alert(core, 'info', 'LATCH_CLEARED', `${named} was cleared by ${by}: ${reason}`)
  // The venue alarms once of what is wrong: whoever clears the alarm is told when it still is.
  requestSnapshot(core, code === 'VENUE_ALARM')
}

export function handleCommand(core: EngineCore, command: Command): void {
  const { latches } = core.account
  switch (command.name) {
    case 'stop_entry':
      stopEntries(core, command.reason)
      return withdrawEntries(core)
    case 'resume_entry':
      latches.clear('ENTRIES_STOPPED', null, { by: command.by, reason: command.reason, time: core.now })
      return
    case 'clear_latch':
      return clearLatch(core, command)
    case 'force_exit':
      return exitTrades(core, command.tradeId, 'forced')
    case 'finish':
      stopEntries(core, ENDING)
      return exitTrades(core, 'all', 'end_of_data')
    case 'shutdown':
      stopEntries(core, ENDING)
      withdrawEntries(core)
      if (command.policy === 'flatten') return exitTrades(core, 'all', 'forced')
      for (const { trade } of core.states) if (trade) protect(trade, core.instructions)
      return flush(core)
    case 'kill':
      alert(core, 'critical', 'KILL', `kill switch: ${command.reason}; entries are withdrawn, stops and targets stay`)
      return haltEntries(core, 'KILL', command.reason)
  }
}
