import type { Config, FileConfig } from './schema.ts'

const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

function camelKeys(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(key), camelKeys(inner)]))
}

/** The file's configuration in the code's spelling. */
export const toConfig = (file: FileConfig): Config => camelKeys(file) as Config
