import type { Instrument } from '../domain/instrument.ts'
import { flush, type EngineCore } from './core.ts'

/** Cancels what may still open or enlarge a position, of one instrument or of all; stops, targets and exits stay. */
export function withdrawEntries(core: EngineCore, only?: Instrument): void {
  for (const { trade, instrument } of core.states) {
    if (only && instrument !== only) continue
    if (trade && !trade.entryDone) core.instructions.push({ kind: 'cancel', id: trade.entryId, instrument })
  }
  flush(core)
}
