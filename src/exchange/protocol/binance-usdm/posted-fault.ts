import { isAccountFault, type AccountFault } from './account-fault.ts'
import { isMarketFault, type MarketFault } from './market-fault.ts'
import { failure } from './reject-code.ts'
import type { RequestFault } from './request-faults.ts'
import { ok, type Outcome } from './route.ts'
import type { StreamFault } from './stream-faults.ts'

export type ServerFault = RequestFault | StreamFault | AccountFault | MarketFault

const STREAM_KINDS: ReadonlySet<string> = new Set(['lose', 'repeat', 'hold', 'reorder', 'silence'])

/** Adds the fault that a text asks for; the answer to who asked. */
export function postFault(text: string, add: (fault: ServerFault) => void): Outcome {
  const fault = readPostedFault(text)
  if (fault === null) return failure(-1130, 'This is no fault that the exchange knows.')
  try {
    add(fault)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failure(-1130, error.message)
  }
  return ok({})
}

const isKnown = (kind: string): boolean => STREAM_KINDS.has(kind) || isAccountFault({ kind }) || isMarketFault({ kind })

/** The fault that a text asks for, by its kind; `null` when it is none. Its fields are the sender's business. */
function readPostedFault(text: string): ServerFault | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  if ('kind' in said) {
    return typeof said.kind === 'string' && isKnown(said.kind) ? (said as ServerFault) : null
  }
  return 'when' in said && (said.when === 'before' || said.when === 'after') ? (said as ServerFault) : null
}
