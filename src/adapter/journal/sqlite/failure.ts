/** Why a journal was not opened, or did not take something. Stable. */
export type JournalCode =
  | 'JOURNAL_DIRECTORY_MISSING'
  | 'JOURNAL_READ_ONLY'
  | 'JOURNAL_NOT_A_JOURNAL'
  | 'JOURNAL_NEWER'
  | 'JOURNAL_OLDER'
  | 'JOURNAL_OTHER_ACCOUNT'
  | 'JOURNAL_CORRUPT'
  | 'JOURNAL_BUSY'
  | 'JOURNAL_FULL'
  | 'JOURNAL_IO'
  | 'JOURNAL_NOT_DURABLE'
  | 'JOURNAL_EPOCHS_EXHAUSTED'

export interface JournalRefusal {
  readonly kind: 'refused'
  readonly code: JournalCode
  /** A sentence for people. */
  readonly message: string
}

export const refuse = (code: JournalCode, message: string): JournalRefusal => ({ kind: 'refused', code, message })

/** SQLite's primary result codes that mean the storage, not a mistake of ours. */
const STORAGE: Readonly<Record<number, readonly [code: JournalCode, sentence: string]>> = {
  5: ['JOURNAL_BUSY', 'another process holds the journal'],
  6: ['JOURNAL_BUSY', 'another connection holds the journal'],
  8: ['JOURNAL_READ_ONLY', 'the journal cannot be written to'],
  10: ['JOURNAL_IO', 'the disk answers with an error'],
  11: ['JOURNAL_CORRUPT', 'the journal is damaged'],
  13: ['JOURNAL_FULL', 'the disk is full'],
  14: ['JOURNAL_IO', 'the journal cannot be opened'],
  26: ['JOURNAL_NOT_A_JOURNAL', 'the file is no database'],
}

/** What the file system says before SQLite is asked. */
const SYSTEM: Readonly<Record<string, readonly [code: JournalCode, sentence: string]>> = {
  ENOENT: ['JOURNAL_DIRECTORY_MISSING', 'its directory does not exist'],
  ENOTDIR: ['JOURNAL_DIRECTORY_MISSING', 'its directory is a file'],
  EACCES: ['JOURNAL_READ_ONLY', 'this user may not write there'],
  EPERM: ['JOURNAL_READ_ONLY', 'this user may not write there'],
  EROFS: ['JOURNAL_READ_ONLY', 'the disk is mounted read-only'],
  EISDIR: ['JOURNAL_NOT_A_JOURNAL', 'it is a directory'],
  ENOSPC: ['JOURNAL_FULL', 'the disk is full'],
  EIO: ['JOURNAL_IO', 'the disk answers with an error'],
}

/** What a failure of the storage is called; `undefined`: it is none, and must not be hidden. */
export function storageFailure(error: unknown): readonly [code: JournalCode, sentence: string] | undefined {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return STORAGE[error.errcode & 0xff]
  return 'code' in error && typeof error.code === 'string' ? SYSTEM[error.code] : undefined
}
