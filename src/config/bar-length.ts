import { MINUTE_MS, parseDuration } from '../domain/time.ts'

/** Whether a text is a time that bars can have: whole minutes, more than none. */
export function isBarLength(text: string): boolean {
  const length = parseDuration(text)
  return length !== undefined && length > 0 && length % MINUTE_MS === 0
}
