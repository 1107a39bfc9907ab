import { stringify } from 'yaml'
import { schemaTree, type SchemaNode } from './schema-tree.ts'

/** What to say about a value, behind it or above it. */
export type Comment = (path: readonly string[]) => string | undefined

const WIDTH = 118
const INDENT = '  '

/** A configuration as the text of a file, with a comment to each key. */
export function configYaml(file: object, comment: Comment): string {
  return `${lines(file, schemaTree(), [], comment).join('\n')}\n`
}

function lines(
  value: object,
  node: SchemaNode | undefined,
  path: readonly string[],
  comment: Comment,
): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const child = node?.kind === 'section' ? node.children.get(key) : undefined
    const here = [...path, key]
    const indent = INDENT.repeat(path.length)
    const text = /^\d+$/.test(key) ? key : stringify(key, { lineWidth: 0 }).trim()
    if (isMap(inner)) {
      const blank = path.length === 0 ? [''] : []
      return [...blank, ...commented(`${indent}${text}:`, indent, comment(here)), ...lines(inner, child, here, comment)]
    }
    return commented(`${indent}${text}: ${inlineYaml(inner)}`, indent, comment(here))
  })
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const inlineYaml = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim()

function commented(line: string, indent: string, comment: string | undefined): readonly string[] {
  if (comment === undefined) return [line]
  const beside = `${line}  # ${comment}`
  return beside.length <= WIDTH ? [beside] : [`${indent}# ${comment}`, line]
}
