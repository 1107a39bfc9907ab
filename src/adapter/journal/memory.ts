import type { Effect } from '../../domain/effect.ts'
import type { CommitResult, Journal } from '../../port/journal.ts'

/** Counts what would have been written; for runs that need not survive the process. */
export interface MemoryJournal extends Journal {
  readonly commits: number
  readonly submits: number
}

const DURABLE: CommitResult = { kind: 'durable' }
const isSubmit = (effect: Effect): boolean => effect.kind === 'submit'

export function createMemoryJournal(): MemoryJournal {
  let commits = 0
  let submits = 0
  return {
    get commits() {
      return commits
    },
    get submits() {
      return submits
    },
    commit(_event, effects) {
      commits++
      for (let i = 0; i < effects.length; i++) if (isSubmit(effects[i]!)) submits++
      return DURABLE
    },
  }
}
