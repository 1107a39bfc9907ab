import { allows } from './expectation.ts'
import type { JsonSchema } from './json-schema.ts'

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/**
 * The value that a text from the environment or the command line stands for, by what the schema allows: null, numbers,
 * booleans, JSON lists and maps, lists of text also separated by commas. Whatever fits nowhere stays text, to be refused
 * by the schema.
 */
export function valueOfText(text: string, schema: JsonSchema): unknown {
  const trimmed = text.trim()
  if (trimmed === 'null' && allows(schema, 'null')) return null
  if (allows(schema, 'boolean') && /^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true'
  if ((allows(schema, 'number') || allows(schema, 'integer')) && NUMBER.test(trimmed)) return Number(trimmed)
  if (allows(schema, 'object') || allows(schema, 'array')) {
    const parsed = parsedJson(trimmed)
    if (parsed !== undefined) return parsed
    const texts = typeof schema.items === 'object' && allows(schema.items, 'string')
    if (allows(schema, 'array') && texts && !/^[[{]/.test(trimmed)) return trimmed.split(',').map((part) => part.trim())
  }
  return text
}

function parsedJson(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
