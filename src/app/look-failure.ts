import type { Problem } from '../domain/problem.ts'

/** What a failed look asks of whoever called: their exit codes are the command line's. */
export type LookFailureKind = 'error' | 'not_found' | 'configuration' | 'timeout'

export interface LookFailure {
  readonly kind: 'failed'
  readonly failure: LookFailureKind
  /** A sentence, and what to do where that is not plain. */
  readonly message: string
  readonly hint: string | null
  /** Of files, with their lines. */
  readonly problems: readonly Problem[]
}

export const lookFailed = (
  failure: LookFailureKind,
  message: string,
  hint: string | null = null,
  problems: readonly Problem[] = [],
): LookFailure => ({ kind: 'failed', failure, message, hint, problems })
