import type { DatabaseSync } from 'node:sqlite'
import { brokenState, brokenStructure, checkChain } from './check.ts'
import { storageFailure, type JournalCode } from './failure.ts'
import { openReadOnly } from './read-only.ts'

export type AuditVerdict =
  /** Every row is as it was written. `hash`: of the last; who has noted an older one can compare. */
  | { readonly kind: 'whole'; readonly rows: number; readonly hash: string }
  /** `sequence`: the first row that is wrong; `null`: the audit's rows are right and something else is not. */
  | { readonly kind: 'broken'; readonly sequence: number | null; readonly message: string }
  /** Held, of another version, or beyond this user's reach: nothing is known of its rows. A sentence. */
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'none' }

/** What speaks against the file itself, and not against reading it now. */
const DAMAGE: ReadonlySet<JournalCode> = new Set(['JOURNAL_CORRUPT', 'JOURNAL_NOT_A_JOURNAL'])

const failed = (code: JournalCode, message: string): AuditVerdict =>
  DAMAGE.has(code) ? { kind: 'broken', sequence: null, message } : { kind: 'unreadable', message }

/** Follows the whole audit of a journal, from its first row; also while a bot writes it. */
export function verifyAudit(path: string): AuditVerdict {
  const opening = openReadOnly(path)
  if (opening.kind === 'none') return opening
  if (opening.kind === 'refused') return failed(opening.code, opening.message)
  const { database } = opening
  try {
    // One moment for all of it, while the bot goes on writing.
    database.exec('BEGIN')
    return verdictOn(database)
  } catch (error) {
    const failure = storageFailure(error)
    if (!failure) throw error
    return failed(...failure)
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
