import { randomBytes } from 'node:crypto'

/** The account's listen key: one at a time, valid for an hour of wall time from when it was made or prolonged. */
export interface ListenKeys {
  /** Makes a key, or prolongs the one that is valid. */
  create(): string
  /** False when there is none to prolong. */
  prolong(): boolean
  isValid(key: string | null): boolean
  /** Ends the key at once. */
  expire(): void
}

const VALID_MS = 60 * 60_000

/** @param onExpired told which key was ended before its time */
export function createListenKeys(onExpired: (key: string) => void): ListenKeys {
  let key: string | null = null
  let until = 0
  const valid = (): boolean => key !== null && performance.now() < until

  return {
    create() {
      if (!valid()) key = randomBytes(32).toString('hex')
      until = performance.now() + VALID_MS
      return key!
    },
    prolong() {
      if (!valid()) return false
      until = performance.now() + VALID_MS
      return true
    },
    isValid: (asked) => valid() && asked === key,
    expire() {
      const ended = key
      key = null
      if (ended !== null) onExpired(ended)
    },
  }
}
