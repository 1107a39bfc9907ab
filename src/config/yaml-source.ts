import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Node, YAMLError, YAMLMap } from 'yaml'
import { problem, type Problem } from '../domain/problem.ts'
import type { Origin } from './origin.ts'
import { snippet } from './snippet.ts'

/** Aliases in one file; beyond that it is a bomb, not a configuration. */
const MAX_ALIASES = 100

/** One `key: value` of a YAML map, aliases in the value not yet followed. */
export interface YamlEntry {
  readonly name: string
  readonly key: Node | null
  readonly value: Node | null
}

/** A parsed YAML file that knows where everything stands. */
export interface YamlSource {
  readonly root: Node | null
  readonly errors: readonly Problem[]
  /** The node itself, or what an alias stands for; `null` for nothing and for `null`. */
  resolve(node: Node | null): Node | null
  /** The entries of a map; those of merge keys (`<<`) come first and yield to its own. */
  entries(map: YAMLMap): readonly YamlEntry[]
  /** The node as a plain value. */
  plain(node: Node | null): unknown
  /** Where a node stands, or another one where it takes no room. */
  origin(node: Node | null, otherwise: Node | null): Origin
  problem(code: string, node: Node | null, what: string, hint: string): Problem
}

const asNode = (value: unknown): Node | null => (isNode(value) ? value : null)
const keyName = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key))
const MERGE = '<<'

/** `file` names the source in messages. */
export function openYaml(file: string, text: string): YamlSource {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  let aliases = 0

  const at = (code: string, offset: number, what: string, hint: string): Problem => {
    const { line, col } = counter.linePos(offset)
    return problem(code, `${file}:${line}:${col}`, what, hint, snippet(text, line, col))
  }

  const resolve = (node: Node | null): Node | null => {
    if (isAlias(node)) {
      if (++aliases > MAX_ALIASES) throw new AliasError(node, `more than ${MAX_ALIASES} aliases, or one inside itself`)
      const target = node.resolve(document)
      if (target === undefined) throw new AliasError(node, `the alias *${node.source} has no anchor before it`)
      return resolve(target)
    }
    return isScalar(node) && node.value === null ? null : node
  }

  const inherited = (source: Node | null): readonly YamlEntry[] => {
    const resolved = resolve(source)
    if (isMap(resolved)) return entries(resolved)
    return isSeq(resolved) ? resolved.items.toReversed().flatMap((item) => inherited(asNode(item))) : []
  }

  const entries = (map: YAMLMap): readonly YamlEntry[] => {
    const all = map.items.map((pair) => ({ name: keyName(pair.key), key: asNode(pair.key), value: asNode(pair.value) }))
    const byName = new Map<string, YamlEntry>()
    for (const { value } of all.filter(({ name }) => name === MERGE)) {
      for (const entry of inherited(value)) byName.set(entry.name, entry)
    }
    for (const entry of all) if (entry.name !== MERGE) byName.set(entry.name, entry)
    return [...byName.values()]
  }

  const offsetOf = (node: Node | null): number | undefined => node?.range?.[0]

  return {
    root: document.contents,
    errors: document.errors.map((error) => syntaxProblem(error, text, counter, at)),
    resolve,
    entries,
    plain: (node) => {
      try {
        return node === null ? null : node.toJS(document, { maxAliasCount: MAX_ALIASES })
      } catch (error) {
        // What yaml throws for aliases that it cannot follow.
        if (node !== null && error instanceof ReferenceError) throw new AliasError(node, error.message.toLowerCase())
        throw error
      }
    },
    origin: (node, otherwise) => {
      const { line, col } = counter.linePos(offsetOf(node) ?? offsetOf(otherwise) ?? 0)
      return { kind: 'file', file, line, column: col }
    },
    problem: (code, node, what, hint) => at(code, offsetOf(node) ?? 0, what, hint),
  }
}

/** Thrown out of a walk by an alias that cannot be followed. */
export class AliasError extends Error {
  readonly node: Node
  constructor(node: Node, message: string) {
    super(message)
    this.node = node
  }
}

function syntaxProblem(
  error: YAMLError,
  text: string,
  counter: LineCounter,
  at: (code: string, offset: number, what: string, hint: string) => Problem,
): Problem {
  const [offset] = error.pos
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const { line, col } = counter.linePos(offset)
      const rest = text.split(/\r?\n/)[line - 1]?.slice(col - 1) ?? ''
      const key = /^["']?([^"':]+)/.exec(rest)?.[1]?.trim() ?? ''
      return at(
        'duplicate_key',
        offset,
        `duplicate key "${key}"`,
        'It stands in this section already: keep one of the two',
      )
    }
    case 'MULTIPLE_DOCS':
      return at(
        'bad_yaml',
        offset,
        'a second document begins here',
        'Keep one document a file; -c may be given several times',
      )
    default:
      return at(
        'bad_yaml',
        offset,
        `this is not valid YAML: ${error.message.replace(/\.$/, '')}`,
        'Indent with spaces, put a space behind each colon, and quote text with special characters',
      )
  }
}
