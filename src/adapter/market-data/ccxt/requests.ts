import { setTimeout as delay } from 'node:timers/promises'
import { blankRecord, recordCall, type CallRecord } from '../../ccxt/call-record.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'

/** Asks for public data. */
export type Ask = (method: string, parameters: Readonly<Record<string, string | number>>) => Promise<unknown>

export interface RequestOptions {
  readonly exchange: Pick<OpenedExchange, 'request'>
  /** Least time between two requests of a method; wall ms. */
  readonly everyMs: (method: string) => number
  /** How often a request is repeated that failed for a reason that may pass. */
  readonly retries: number
  /** Waits; wall ms. For tests. */
  readonly sleep?: (ms: number) => Promise<void>
}

const RETRY_MIN_MS = 250
const RETRY_FACTOR = 3
/** After "too often", where the venue names no time, and the longest that is believed. */
const PENALTY_MS = 2_000
const MAX_PENALTY_MS = 60_000

function penaltyOf({ status, retryAfter }: CallRecord): number {
  if (status !== 429 && status !== 418 && status !== 403) return 0
  const ms = Number(retryAfter) * 1_000
  return Math.min(MAX_PENALTY_MS, ms > 0 ? ms : PENALTY_MS)
}

/** An answer that says no will say so again; silence, a fault of the server and "too often" may pass. */
const mayPass = ({ phase, status }: CallRecord): boolean =>
  phase !== 'answered' || status === 429 || status === 418 || status === 403 || status === 408 || status >= 500

/** One after the other at the venue's pace, and again where that may help. Rejects as ccxt does. */
export function createRequests({ exchange, everyMs, retries, sleep = delay }: RequestOptions): Ask {
  /** When the next request of a method may leave; as many entries as there are methods. */
  const free = new Map<string, number>()

  async function turn(method: string): Promise<void> {
    const every = everyMs(method)
    if (every === 0) return
    const now = performance.now()
    const at = Math.max(now, free.get(method) ?? 0)
    free.set(method, at + every)
    if (at > now) await sleep(at - now)
  }

  return async (method, parameters) => {
    for (let failures = 0; ; failures += 1) {
      await turn(method)
      const record = blankRecord()
      try {
        // ccxt writes into what it is given.
        return await recordCall(record, () => exchange.request(method, { ...parameters }))
      } catch (error) {
        if (failures === retries || !mayPass(record)) throw error
        await sleep(Math.max(penaltyOf(record), RETRY_MIN_MS * RETRY_FACTOR ** failures))
      }
    }
  }
}
