import type { DatabaseSync } from 'node:sqlite'
import { brokenState, brokenStructure, checkChain } from './check.ts'
import { storageFailure } from './failure.ts'
import { openReadOnly } from './read-only.ts'

export type AuditVerdict =
  /** Every row is as it was written. `hash`: of the last; who has noted an older one can compare. */
  | { readonly kind: 'whole'; readonly rows: number; readonly hash: string }
  /** `sequence`: the first row that is wrong; `null`: the audit's rows are right and something else is not. */
  | { readonly kind: 'broken'; readonly sequence: number | null; readonly message: string }
  | { readonly kind: 'none' }

/** Follows the whole audit of a journal, from its first row; also while a bot writes it. */
export function verifyAudit(path: string): AuditVerdict {
  const opening = openReadOnly(path)
  if (opening.kind === 'none') return opening
  if (opening.kind === 'refused') return { kind: 'broken', sequence: null, message: opening.message }
  const { database } = opening
  try {
    // One moment for all of it, while the bot goes on writing.
    database.exec('BEGIN')
    return verdictOn(database)
  } catch (error) {
    const failure = storageFailure(error)
    if (!failure) throw error
    return { kind: 'broken', sequence: null, message: failure[1] }
  } finally {
    database.close()
  }
}

function verdictOn(database: DatabaseSync): AuditVerdict {
  const chain = checkChain(database)
  if (chain.kind === 'broken') return chain
  const message = brokenStructure(database) ?? brokenState(database)
  return message === undefined ? chain : { kind: 'broken', sequence: null, message }
}
