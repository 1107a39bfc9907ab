import { setTimeout as delay } from 'node:timers/promises'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { readAgain } from './read-again.ts'

/** Asks for public data. Rejects as ccxt does. */
export type Ask = (method: string, parameters: Readonly<Record<string, string | number>>) => Promise<unknown>

/** One request after the other, `everyMs` of wall time between two of a method: within what the venue allows an address. */
export function createPacedAsk(exchange: Pick<OpenedExchange, 'request'>, everyMs: (method: string) => number): Ask {
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
    // ccxt writes into what it is given.
    return await exchange.request(method, { ...parameters })
  }
}

/** The same, asked again where the answer fails. */
export const patiently =
  (ask: Ask): Ask =>
  (method, parameters) =>
    readAgain(() => ask(method, parameters))
