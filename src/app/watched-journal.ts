import type { Journal } from '../port/journal.ts'

/** A journal that says whether it takes what it is given. */
export interface WatchedJournal extends Journal {
  /** Why it did not take the last of it; `null`: it did. */
  readonly refusal: string | null
}

export function watchJournal(journal: Journal): WatchedJournal {
  let refusal: string | null = null
  return {
    commit(event, effects) {
      const result = journal.commit(event, effects)
      refusal = result.kind === 'refused' ? result.message : null
      return result
    },
    get refusal() {
      return refusal
    },
  }
}
