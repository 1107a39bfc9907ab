/** Where a value of the configuration came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string }

export const DEFAULT_ORIGIN: Origin = { kind: 'default' }

/** `lodestone.yaml:14:3`, `LODESTONE__MODE`, `--leverage`, `default`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default'
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`
    case 'environment':
    case 'flag':
      return origin.name
  }
}

/** One value that a layer sets. Assigning a map's path replaces the map; a path inside it changes one entry. */
export interface Assignment {
  readonly path: readonly string[]
  readonly value: unknown
  readonly origin: Origin
}
