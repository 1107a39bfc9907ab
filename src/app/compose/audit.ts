import { statSync } from 'node:fs'
import { join } from 'node:path'
import { verifyAudit, type AuditVerdict } from '../../adapter/journal/sqlite/verify.ts'
import { JOURNAL_FILE } from './account-store.ts'

export interface Audit {
  readonly file: string
  readonly verdict: AuditVerdict
}

/** Verifies the journal at a path: the file itself, or an account's directory. */
export function audit(path: string): Audit {
  const directory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  const file = directory ? join(path, JOURNAL_FILE) : path
  return { file, verdict: verifyAudit(file) }
}
