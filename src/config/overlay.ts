import { DEFAULT_ORIGIN, type Assignment, type Origin } from './origin.ts'
import { schemaTree, type SchemaNode } from './schema-tree.ts'

type Tree = Record<string, unknown>

export interface Overlay {
  /** The values as they stand, not yet checked. */
  readonly tree: unknown
  assign(assignment: Assignment): void
  /** What set this path, or the nearest thing around or inside it; `undefined` for a default. */
  originOf(path: readonly string[]): Origin | undefined
  /** The origin of every value, by dotted path. */
  origins(): ReadonlyMap<string, Origin>
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Values laid over the defaults one by one, remembering where each came from. */
export function createOverlay(defaults: object): Overlay {
  const tree = structuredClone(defaults) as Tree
  const set = new Map<string, Origin>()

  const originOf = (path: readonly string[]): Origin | undefined => {
    for (let length = path.length; length > 0; length--) {
      const origin = set.get(path.slice(0, length).join('.'))
      if (origin) return origin
    }
    const prefix = `${path.join('.')}.`
    return [...set].find(([key]) => key.startsWith(prefix))?.[1]
  }

  return {
    tree,
    assign({ path, value, origin }) {
      let parent = tree
      for (const key of path.slice(0, -1)) {
        const inner = parent[key]
        const next = isTree(inner) ? inner : {}
        parent[key] = next
        parent = next
      }
      const name = path.join('.')
      for (const key of set.keys()) if (key.startsWith(`${name}.`)) set.delete(key)
      // Defined, not assigned: a map's entry may be called __proto__.
      Object.defineProperty(parent, path.at(-1) ?? '', {
        value: structuredClone(value),
        enumerable: true,
        writable: true,
        configurable: true,
      })
      set.set(name, origin)
    },
    originOf,
    origins() {
      const all = new Map<string, Origin>()
      for (const path of leaves(tree, schemaTree())) all.set(path.join('.'), originOf(path) ?? DEFAULT_ORIGIN)
      return all
    },
  }
}

/** The paths of all values: keys of sections, entries of maps. */
function* leaves(value: unknown, node: SchemaNode, path: readonly string[] = []): Generator<readonly string[]> {
  if (node.kind === 'value' || !isTree(value)) {
    yield path
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    const child = node.kind === 'section' ? node.children.get(key) : undefined
    if (child) yield* leaves(inner, child, [...path, key])
    else yield [...path, key]
  }
}
