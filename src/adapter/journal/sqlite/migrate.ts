import { closeSync, fsyncSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { GENESIS } from './chain.ts'
import { whole } from './column.ts'
import { APPLICATION_ID } from './schema.ts'
import { pragma } from './settings.ts'

/** Whose account the file is. */
export interface Identity {
  readonly account: string
  readonly mode: string
  readonly venue: string
}

export const versionOf = (database: DatabaseSync): number => whole(pragma(database, 'user_version'))

/** Makes an empty database a journal of version 0 of this account: from there the steps lead on. */
export function found(database: DatabaseSync, identity: Identity, steps: readonly string[]): void {
  database.exec('BEGIN IMMEDIATE')
  database.exec(steps[0]!)
  const put = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
  for (const [key, value] of Object.entries(identity)) put.run(key, String(value))
  database.prepare('INSERT INTO head (id, sequence, hash) VALUES (1, 0, ?)').run(GENESIS)
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1; COMMIT`)
}

/** Carries the journal forward, each step in one transaction and after a copy of what was: `journal.db.v1-1767571200000`. */
export function migrate(database: DatabaseSync, path: string, steps: readonly string[], now: number): void {
  for (let version = versionOf(database); version < steps.length; version++) {
    backUp(database, `${path}.v${version}-${now}`)
    database.exec('BEGIN IMMEDIATE')
    database.exec(steps[version]!)
    database.exec(`PRAGMA user_version = ${version + 1}; COMMIT`)
  }
}

function backUp(database: DatabaseSync, path: string): void {
  // Made beforehand, for nobody else to read; SQLite fills an empty file, and does not wait for the disk.
  const file = openSync(path, 'wx', 0o600)
  try {
    database.prepare('VACUUM INTO ?').run(path)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
