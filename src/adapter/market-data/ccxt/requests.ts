import { setTimeout as delay } from 'node:timers/promises'
import { blankRecord, recordCall, type CallRecord } from '../../ccxt/call-record.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { readAgain } from './read-again.ts'

/** Asks for public data. Rejects as ccxt does. */
export type Ask = (method: string, parameters: Readonly<Record<string, string | number>>) => Promise<unknown>

/**
 * One request after the other, `everyMs` of wall time between two of a method: within what the venue allows an address.
 * None where it has asked for silence, which a ban would be prolonged by.
 * @param penaltyOf wall ms of silence that an answer asks for; `null`: of none
 */
export function createPacedAsk(
  exchange: Pick<OpenedExchange, 'request'>,
  everyMs: (method: string) => number,
  penaltyOf: (record: CallRecord) => number | null,
): Ask {
  let silentUntil = Number.NEGATIVE_INFINITY
  /** When the next request of a method may leave; as many entries as there are methods. */
  const free = new Map<string, number>()

  return async (method, parameters) => {
    const every = everyMs(method)
    if (every > 0) {
      const now = performance.now()
      const at = Math.max(now, free.get(method) ?? 0)
      free.set(method, at + every)
      if (at > now) await delay(at - now)
    }
    if (performance.now() < silentUntil) throw new Error('the exchange was asked too often; nothing was sent')
    const record = blankRecord()
    try {
      // ccxt writes into what it is given.
      return await recordCall(record, () => exchange.request(method, { ...parameters }))
    } catch (error) {
      const ms = penaltyOf(record)
      if (ms !== null) silentUntil = Math.max(silentUntil, performance.now() + ms)
      throw error
    }
  }
}

/** The same, asked again where the answer fails. */
export const patiently =
  (ask: Ask): Ask =>
  (method, parameters) =>
    readAgain(() => ask(method, parameters))
