import type { z } from 'zod'
import { problem, type Problem } from '../domain/problem.ts'
import { nearestWord } from './edit-distance.ts'
import { refusedExchange } from './exchange-name.ts'
import { described, expectation } from './expectation.ts'
import type { JsonSchema } from './json-schema.ts'
import { numberTextHint } from './number-hint.ts'
import { schemaAt } from './schema-tree.ts'
import { isSecretName, MASK } from './secret.ts'

type Issue = z.core.$ZodIssue

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )

/** One issue of the schema as a sentence about the value that the user wrote. */
export function issueProblem(issue: Issue, tree: unknown, where: string, snippet: string | null): Problem {
  const name = issue.path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`),
    '',
  )
  const schema = schemaAt(issue.path)
  const value = at(tree, issue.path)
  if (issue.code === 'custom' || !schema)
    return problem('invalid_value', where, `${name}: ${issue.message}`, null, snippet)
  const key = String(issue.path.findLast((each) => typeof each === 'string') ?? '')
  const shown = isSecretName(key) ? MASK : described(value)
  const code = issue.code === 'invalid_type' ? 'wrong_type' : 'invalid_value'
  const refused = name === 'exchange.name' && typeof value === 'string' ? refusedExchange(value) : undefined
  if (refused) return problem('unsupported_exchange', where, refused.what, refused.hint, snippet)
  const what = `${name} is ${shown}, but must be ${expectation(schema)}`
  return problem(code, where, what, typeof value === 'string' ? textHint(key, value, schema) : null, snippet)
}

function textHint(key: string, value: string, schema: JsonSchema): string | null {
  const words = (schema.enum ?? []).filter((word) => typeof word === 'string')
  if (words.length > 0) {
    const nearest = nearestWord(value.toLowerCase(), words)
    return nearest === undefined ? null : `Did you mean ${nearest}?`
  }
  const wanted = expectation(schema)
  if (wanted.startsWith('true or false') && /^(yes|no|on|off)$/i.test(value))
    return `Write ${/^(yes|on)$/i.test(value)}`
  return wanted.includes('number') ? numberTextHint(key, value) : null
}
