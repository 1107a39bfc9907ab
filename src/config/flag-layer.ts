import type { Assignment } from './origin.ts'
import { schemaAt } from './schema-tree.ts'
import { valueOfText } from './text-value.ts'

/** A command-line option that sets a key of the configuration. */
export interface Override {
  /** Dotted, in the file's spelling: `exchange.leverage`. */
  readonly path: string
  /** Text is read as in the environment; other values are taken as they are. */
  readonly value: unknown
  /** The option's name, for messages: `--leverage`. */
  readonly flag: string
}

export function flagLayer(overrides: readonly Override[]): readonly Assignment[] {
  return overrides.map(({ path, value, flag }) => {
    const segments = path.split('.')
    const schema = schemaAt(segments)
    if (!schema) throw new Error(`${flag} sets ${path}, which the configuration does not have`)
    return {
      path: segments,
      value: typeof value === 'string' ? valueOfText(value, schema) : value,
      origin: { kind: 'flag', name: flag },
    }
  })
}
