import { isAccountFault } from './account-fault.ts'
import type { ServerFault } from './server.ts'

const STREAM_KINDS: ReadonlySet<string> = new Set(['lose', 'repeat', 'hold', 'reorder', 'silence'])

/** The fault that a text asks for, by its kind; `null` when it is none. Its fields are the sender's business. */
export function readPostedFault(text: string): ServerFault | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  if ('kind' in said) {
    const known = typeof said.kind === 'string' && (STREAM_KINDS.has(said.kind) || isAccountFault({ kind: said.kind }))
    return known ? (said as ServerFault) : null
  }
  return 'when' in said && (said.when === 'before' || said.when === 'after') ? (said as ServerFault) : null
}
