import { HOUR_MS } from '../domain/time.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import { schedule, type EngineCore } from './core.ts'
import { noteUsedCluster } from './entry-memory.ts'
import { breakEvenTrigger } from './manage.ts'
import type { SymbolState } from './symbol-state.ts'

export const timeStopId = (trade: OpenTrade): string => `time-stop:${trade.instrument.symbol}`

/** More of the trade's entry is known to have filled, whoever has told; the first of it starts the time that it may be held. */
export function onEntryFill(core: EngineCore, state: SymbolState, trade: OpenTrade, first: boolean): void {
  state.breakEvenAt = breakEvenTrigger(trade, core.config.stop)
  if (!first) return
  noteUsedCluster(state, trade)
  schedule(core, timeStopId(trade), trade.openedAt + core.config.entry.maxHoldingHours * HOUR_MS)
}
