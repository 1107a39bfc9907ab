import type { EngineEvent } from '../domain/event.ts'
import type { Effect } from '../domain/effect.ts'

export type CommitResult =
  | { readonly kind: 'durable' }
  /** Not on disk: nothing that opens a position may leave. */
  | { readonly kind: 'refused'; readonly message: string }

/** What must survive: committed before an effect leaves the process. */
export interface Journal {
  commit(event: EngineEvent, effects: readonly Effect[]): CommitResult
}
