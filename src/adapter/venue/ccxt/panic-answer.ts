import { CallError } from './wire.ts'

/** The call's end; the venue's `codes` say that there was nothing left to be done, which the next look will show. */
export async function ended(call: Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof CallError) || error.failure.venueCode === null || !codes.includes(error.failure.venueCode))
      throw error
  }
}
