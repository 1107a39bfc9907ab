import { problem, type Problem } from '../domain/problem.ts'
import { schemaAt, schemaTree, type SchemaNode } from './schema-tree.ts'
import { unknownKeyHint } from './key-hint.ts'
import type { Assignment } from './origin.ts'
import { rejectedKey } from './rejected-key.ts'
import { isSecretName } from './secret.ts'
import { valueOfText } from './text-value.ts'
import type { Layer } from './yaml-layer.ts'

const PREFIX = 'LODESTONE__'
const LEVEL = '__'

/** What variables such as `LODESTONE__RISK__MAX_DRAWDOWN_PCT` set; the names of keys ignore case. */
export function environmentLayer(variables: Readonly<Record<string, string | undefined>>): Layer {
  const assignments: Assignment[] = []
  const problems: Problem[] = []
  for (const name of Object.keys(variables)
    .filter((each) => each.startsWith(PREFIX))
    .toSorted()) {
    const result = assignmentOf(name, variables[name] ?? '')
    if ('path' in result) assignments.push(result)
    else problems.push(result)
  }
  return { assignments, problems }
}

function assignmentOf(name: string, text: string): Assignment | Problem {
  const segments = name.slice(PREFIX.length).split(LEVEL)
  let node: SchemaNode = schemaTree()
  for (const [depth, segment] of segments.entries()) {
    if (node.kind === 'map')
      return value(name, [...node.path, ...segments.slice(depth).map((each) => entryName(node, each))], text)
    const child: SchemaNode | undefined = node.kind === 'section' ? node.children.get(segment.toLowerCase()) : undefined
    if (!child) return unknown(name, segment.toLowerCase(), node, text)
    node = child
  }
  if (node.kind !== 'section') return value(name, node.path, text)
  const example = [...node.children.keys()][0]?.toUpperCase()
  return problem(
    'wrong_type',
    name,
    `${node.path.join('.') || 'this'} is a section and needs a key`,
    `Name the key too, as in ${name}${LEVEL}${example}`,
  )
}

/** Entries of a map are written as the file writes them; those of the defaults are found in any case. */
function entryName(node: SchemaNode, segment: string): string {
  const known =
    node.kind === 'map' && typeof node.schema.default === 'object' ? Object.keys(node.schema.default ?? {}) : []
  return known.find((each) => each.toLowerCase() === segment.toLowerCase()) ?? segment
}

function value(name: string, path: readonly string[], text: string): Assignment | Problem {
  if (text.trim() === '')
    return problem('empty_value', name, `${path.join('.')} is set to nothing`, `Give ${name} a value, or unset it`)
  return { path, value: valueOfText(text, schemaAt(path) ?? {}), origin: { kind: 'environment', name } }
}

function unknown(name: string, key: string, node: SchemaNode, text: string): Problem {
  const section = node.path.join('.')
  const place = section === '' ? '' : `${section}: `
  const rejected = rejectedKey(key, section)
  if (rejected) return problem(rejected.code, name, `${place}${rejected.what}`, rejected.hint)
  const given = Number.isNaN(Number(text)) || isSecretName(key) ? undefined : Number(text)
  return problem('unknown_key', name, `${place}unknown key "${key}"`, unknownKeyHint(key, node.path, given))
}
