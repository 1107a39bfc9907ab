import { join } from 'node:path'
import { openJournalReader, type ReaderOpening } from '../../adapter/journal/sqlite/reader.ts'
import { JOURNAL_FILE } from './account-store.ts'

/** The journal in an account's directory, for reading beside whoever writes it. */
export const readJournal = (directory: string): ReaderOpening => openJournalReader(join(directory, JOURNAL_FILE))
