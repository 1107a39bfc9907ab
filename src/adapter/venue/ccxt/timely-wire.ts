import { CallError, type Wire } from './wire.ts'

/** A market that runs a thousand times as fast as we do is minutes on between a request and its answer. */
const ATTEMPTS = 6

/**
 * A wire to a market that does not run on wall time: what it refuses as too late is said again at once, by the time that
 * the refusal told. Such a request has not been carried out.
 * @param codes the venue's, of a request that came too late
 */
export function timely(wire: Wire, codes: readonly string[]): Wire {
  const isLate = (error: unknown): boolean =>
    error instanceof CallError && error.failure.venueCode !== null && codes.includes(error.failure.venueCode)

  async function inTime(call: () => Promise<unknown>): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call()
      } catch (error) {
        if (attempt === ATTEMPTS || !isLate(error)) throw error
      }
    }
  }

  return {
    send: (priority, request) => inTime(() => wire.send(priority, request)),
    ask: (priority, request) => inTime(() => wire.ask(priority, request)),
    get inFlight() {
      return wire.inFlight
    },
  }
}
