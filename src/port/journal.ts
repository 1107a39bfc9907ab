import type { EngineEvent } from '../domain/event.ts'
import type { Effect } from '../domain/effect.ts'

/** What must survive: committed before an effect leaves the process. */
export interface Journal {
  commit(event: EngineEvent, effects: readonly Effect[]): void
}
