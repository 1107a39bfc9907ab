import { AsyncLocalStorage } from 'node:async_hooks'

/** How far a request came: what did not leave cannot have been executed. */
export type CallPhase = 'not_sent' | 'sent' | 'answered'

/** What really happened on the wire during one call, beside the error class that ccxt makes of it. */
export interface CallRecord {
  phase: CallPhase
  /** HTTP status; 0 where no answer came. */
  status: number
  /** The body of the answer as it came. */
  body: string
  /** Seconds or date of `Retry-After`, as sent; empty where there was none. */
  retryAfter: string
  /** Request weight the venue says is used up in its window; `null` where it does not say. */
  usedWeight: number | null
}

const records = new AsyncLocalStorage<CallRecord>()

export const blankRecord = (): CallRecord => ({
  phase: 'not_sent',
  status: 0,
  body: '',
  retryAfter: '',
  usedWeight: null,
})

/** Runs `send`; the transport writes into `record` what becomes of its request. */
export const recordCall = <T>(record: CallRecord, send: () => Promise<T>): Promise<T> => records.run(record, send)

/** The record of the call in whose course this runs. */
export const currentRecord = (): CallRecord | undefined => records.getStore()
