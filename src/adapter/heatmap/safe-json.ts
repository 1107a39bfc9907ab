import { failed, ok, type Outcome } from './failure.ts'

const MAX_DEPTH = 8
const OPENING = /[[{]/
const POISON: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** Whether brackets outside strings nest deeper than allowed; looked at before parsing, so that no parser recurses. */
function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (inString) {
      if (c === '\\') i++
      else if (c === '"') inString = false
    } else if (c === '"') inString = true
    else if (OPENING.test(c)) {
      depth++
      if (depth > MAX_DEPTH) return true
    } else if (c === ']' || c === '}') depth--
  }
  return false
}

/** Objects come out without a prototype and without the keys that reach for one. */
function harmless(key: string, value: unknown): unknown {
  if (POISON.includes(key)) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.assign(Object.create(null), value)
}

/** Parses a stranger's JSON: UTF-8, at most 8 levels deep. */
export function parseUntrusted(body: Uint8Array): Outcome<unknown> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return failed('BAD_JSON', 'the answer is not UTF-8')
  }
  if (isTooDeep(text)) return failed('TOO_DEEP', `the answer nests deeper than ${MAX_DEPTH} levels`)
  try {
    return ok(JSON.parse(text, harmless))
  } catch {
    return failed('BAD_JSON', `the answer is not JSON (${body.length} bytes)`)
  }
}
