import { isMap, isScalar, type Node } from 'yaml'
import type { Problem } from '../domain/problem.ts'
import { unknownKeyHint } from './key-hint.ts'
import { rejectedKey } from './rejected-key.ts'
import type { Assignment } from './origin.ts'
import { schemaTree, type SchemaNode } from './schema-tree.ts'
import { AliasError, openYaml, type YamlEntry, type YamlSource } from './yaml-source.ts'

/** What one source of configuration sets, in its order. */
export interface Layer {
  readonly assignments: readonly Assignment[]
  readonly problems: readonly Problem[]
}

type Section = Extract<SchemaNode, { kind: 'section' }>

interface Walk {
  readonly source: YamlSource
  readonly assignments: Assignment[]
  readonly problems: Problem[]
}

/** What the text of a YAML file sets. `file` names it in messages. */
export function yamlLayer(file: string, text: string): Layer {
  const source = openYaml(file, text)
  if (source.errors.length > 0) return { assignments: [], problems: source.errors }
  const walk: Walk = { source, assignments: [], problems: [] }
  try {
    walkSection(walk, source.root, null, schemaTree())
  } catch (error) {
    if (!(error instanceof AliasError)) throw error
    walk.problems.push(source.problem('bad_yaml', error.node, error.message, 'Write the value out'))
  }
  return walk
}

function walkSection(walk: Walk, node: Node | null, key: Node | null, section: Section): void {
  const { source } = walk
  const map = source.resolve(node)
  // A section with nothing under it is what remains when all its keys are comments.
  if (map === null) return
  if (isMap(map)) {
    for (const entry of source.entries(map)) walkEntry(walk, entry, section)
    return
  }
  const name = section.path.join('.')
  const what = name === '' ? 'the file holds no keys' : `${name} is a section and needs keys under it`
  const example = `{${[...section.children.keys()][0]}: …}`
  walk.problems.push(
    source.problem(
      'wrong_type',
      node ?? key,
      what,
      `Write keys and values, as in ${name === '' ? '' : `${name}: `}${example}`,
    ),
  )
}

function walkEntry(walk: Walk, entry: YamlEntry, section: Section): void {
  const child = section.children.get(entry.name)
  if (child?.kind === 'section') walkSection(walk, entry.value, entry.key, child)
  else if (child) walkValue(walk, entry, child)
  else walk.problems.push(unknownKey(walk.source, entry, section))
}

function unknownKey(source: YamlSource, entry: YamlEntry, section: Section): Problem {
  const place = section.path.length === 0 ? '' : `${section.path.join('.')}: `
  const rejected = rejectedKey(entry.name, section.path.join('.'))
  if (rejected) return source.problem(rejected.code, entry.key, `${place}${rejected.what}`, rejected.hint)
  const value = isScalar(entry.value) ? entry.value.value : undefined
  const hint = unknownKeyHint(entry.name, section.path, value)
  return source.problem('unknown_key', entry.key, `${place}unknown key "${entry.name}"`, hint)
}

function walkValue(walk: Walk, entry: YamlEntry, child: SchemaNode): void {
  const { source, assignments } = walk
  const origin = source.origin(entry.value, entry.key)
  const map = child.kind === 'map' ? source.resolve(entry.value) : null
  if (!isMap(map)) {
    assignments.push({ path: child.path, value: source.plain(entry.value), origin })
    return
  }
  // The map replaces what was there; its entries follow one by one, so that each has its own place.
  assignments.push({ path: child.path, value: {}, origin })
  for (const { name, key, value } of source.entries(map)) {
    assignments.push({ path: [...child.path, name], value: source.plain(value), origin: source.origin(value, key) })
  }
}
