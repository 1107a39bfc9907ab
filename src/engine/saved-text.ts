import type { z } from 'zod'

/** Raised with every change of what is saved that an older program could not read. */
export const FORMAT = 2
/** The oldest format that is still read: all ended orders of a symbol in one text, ids among the account's and symbol's. */
const OLDEST = 1

/** What is saved names a thing that cannot be read, or cannot be gone on with. The value stays where it is. */
export class SavedStateError extends Error {
  override readonly name = 'SavedStateError'
  /** A sentence on what to do. */
  readonly remedy: string

  constructor(message: string, remedy = 'Look at the exchange, and move the journal away to begin anew.') {
    super(message)
    this.remedy = remedy
  }
}

/** Throws a {@link SavedStateError} where the text has not this shape. */
export function parseSaved<T>(key: string, text: string, shape: z.ZodType): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SavedStateError(`the saved state ${key} is no JSON`)
  }
  const format: unknown = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  if (typeof format !== 'number' || format < OLDEST || format > FORMAT)
    throw new SavedStateError(
      `the saved state ${key} has format ${String(format)}; this program reads ${OLDEST} to ${FORMAT}`,
    )
  const checked = shape.safeParse(value)
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!
    throw new SavedStateError(`the saved state ${key} cannot be read: ${path.join('.')}: ${message}`)
  }
  return value as T
}

/** Hands a text on to what takes it up. Throws a {@link SavedStateError}, whatever it fails with. */
export function takeUp(key: string, text: string | undefined, put: (text: string) => void): void {
  if (text === undefined) return
  try {
    put(text)
  } catch (error) {
    if (error instanceof SavedStateError) throw error
    throw new SavedStateError(`the saved state ${key} cannot be read: ${error instanceof Error ? error.message : ''}`)
  }
}

/** Adds to the effects that this is saved under its key; `null`: no longer. */
export type Save = (key: string, value: string | null) => void
