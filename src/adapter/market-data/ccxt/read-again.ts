import pRetry from 'p-retry'

const RETRIES = 5
const RETRY_MIN_MS = 250
const RETRY_FACTOR = 2

/** Asks for public data a few times, about eight seconds in all, while the answers fail. Rejects with the last failure. */
export const readAgain = (ask: () => Promise<unknown>): Promise<unknown> =>
  pRetry(
    async () => {
      try {
        return await ask()
      } catch (error) {
        // p-retry takes a TypeError for a mistake in the program; here it is as good a failed read as any.
        throw error instanceof TypeError ? new Error(error.message, { cause: error }) : error
      }
    },
    { retries: RETRIES, minTimeout: RETRY_MIN_MS, factor: RETRY_FACTOR, randomize: true },
  )
