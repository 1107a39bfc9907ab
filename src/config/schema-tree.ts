import { alternatives, configJsonSchema, type JsonSchema } from './json-schema.ts'

/** A key of the configuration: a section with keys of its own, a free map (symbols, tiers), or a value. */
export type SchemaNode =
  | { readonly kind: 'section'; readonly path: readonly string[]; readonly children: ReadonlyMap<string, SchemaNode> }
  | { readonly kind: 'map' | 'value'; readonly path: readonly string[]; readonly schema: JsonSchema }

/** Accepted for `mode: paper` and kept nowhere. */
export const DRY_RUN = 'dry_run'

function nodeOf(schema: JsonSchema, path: readonly string[]): SchemaNode {
  if (schema.type !== 'object') return { kind: 'value', path, schema }
  if (schema.additionalProperties !== false) return { kind: 'map', path, schema }
  const children = new Map(
    Object.entries(schema.properties ?? {}).map(([key, child]) => [key, nodeOf(child, [...path, key])]),
  )
  return { kind: 'section', path, children }
}

let cached: Extract<SchemaNode, { kind: 'section' }> | undefined

/** The configuration's keys as a tree; the root is a section with an empty path. */
export function schemaTree(): Extract<SchemaNode, { kind: 'section' }> {
  if (cached) return cached
  const root = nodeOf(configJsonSchema(), [])
  if (root.kind !== 'section') throw new Error('the configuration schema is not an object of known keys')
  const dryRun: SchemaNode = { kind: 'value', path: [DRY_RUN], schema: { type: 'boolean' } }
  cached = { ...root, children: new Map([...root.children, [DRY_RUN, dryRun]]) }
  return cached
}

/** All keys below a node, sections included, in the order of the schema. */
export function* keysBelow(node: SchemaNode): Generator<SchemaNode> {
  if (node.kind !== 'section') return
  for (const child of node.children.values()) {
    yield child
    yield* keysBelow(child)
  }
}

/** The schema at a path that may lead into maps, lists and tuples; `undefined` where there is none. */
export function schemaAt(path: readonly PropertyKey[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = configJsonSchema()
  for (const segment of path) {
    schema = alternatives(schema)
      .map((option) => step(option, segment))
      .find((found) => found !== undefined)
    if (!schema) return undefined
  }
  return schema
}

function step(schema: JsonSchema, segment: PropertyKey): JsonSchema | undefined {
  const known = schema.properties?.[String(segment)]
  if (known) return known
  if (typeof segment === 'number') {
    const item = schema.prefixItems?.[segment] ?? schema.items
    return typeof item === 'object' ? item : undefined
  }
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}
