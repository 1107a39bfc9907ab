import { alternatives, type JsonSchema } from './json-schema.ts'

/** zod writes the safe integers as bounds where none are meant. */
const bound = (value: number | undefined): number | undefined =>
  value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value

function range(schema: JsonSchema): string {
  const low = bound(schema.minimum)
  const above = bound(schema.exclusiveMinimum)
  const high = bound(schema.maximum)
  if (low !== undefined) return high === undefined ? ` of at least ${low}` : ` from ${low} to ${high}`
  if (above !== undefined) return high === undefined ? ` above ${above}` : ` above ${above}, up to ${high}`
  return high === undefined ? '' : ` of at most ${high}`
}

const listOf = (items: readonly JsonSchema[], joint: string): string => items.map(expectation).join(joint)

/** What a value must be, as the end of "it must be …". */
export function expectation(schema: JsonSchema): string {
  const options = alternatives(schema)
  if (options.length > 1) return listOf(options, ', or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`
    case 'number':
      return `a number${range(schema)}`
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'string':
      return 'text'
    case 'array':
      if (schema.prefixItems) return `a list of ${schema.prefixItems.length}: ${listOf(schema.prefixItems, ' and ')}`
      if (typeof schema.items !== 'object') return 'a list'
      return `a list${schema.minItems ? ` of at least ${schema.minItems}` : ''}, each ${expectation(schema.items)}`
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `a map whose values are each ${expectation(schema.additionalProperties)}`
        : 'a map of keys'
    default:
      return 'another value'
  }
}

/** Whether a value of this JSON type may stand here. */
export const allows = (schema: JsonSchema, type: string): boolean =>
  schema.type === type || alternatives(schema).some((option) => option.type === type)

/** Lists up to this length are shown as they are. */
const SHORT = 60

/** A value as the beginning of "… is <value>". */
export function described(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty text' : `the text "${value}"`
  if (Array.isArray(value)) {
    if (value.length === 0) return 'an empty list'
    const text = value.every((item) => typeof item !== 'object') ? JSON.stringify(value) : ''
    return text !== '' && text.length <= SHORT ? text : 'a list'
  }
  if (typeof value === 'object' && value !== null) return 'a map'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === null ? 'null' : 'missing'
}
