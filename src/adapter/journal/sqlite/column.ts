import type { SQLOutputValue } from 'node:sqlite'

/** A TEXT column. STRICT tables hold nothing else there. */
export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`journal: text expected, not ${typeof value}`)
  return value
}

/** An INTEGER column. */
export function whole(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new TypeError(`journal: a whole number expected, not ${typeof value}`)
  return value
}
