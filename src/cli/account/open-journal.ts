import type { AccountReader } from '../../domain/account-report.ts'

/** An account's journal opened for reading, beside a bot that may be writing it. */
export type OpenedJournal =
  | { readonly kind: 'ok'; readonly reader: AccountReader; readonly close: () => void }
  | { readonly kind: 'none' }
  /** It is there and cannot be read; the message says why and what to do. */
  | { readonly kind: 'refused'; readonly message: string }

/** Opens the journal in an account's directory. */
export type OpenJournal = (directory: string) => OpenedJournal | Promise<OpenedJournal>
