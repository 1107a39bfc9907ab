import { flush, type EngineCore } from './core.ts'

/** Cancels what may still open or enlarge a position; stops, targets and exits stay. */
export function withdrawEntries(core: EngineCore): void {
  for (const { trade } of core.states) {
    if (trade && !trade.entryDone)
      core.instructions.push({ kind: 'cancel', id: trade.entryId, instrument: trade.instrument })
  }
  flush(core)
}
