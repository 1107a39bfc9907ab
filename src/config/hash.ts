import { createHash } from 'node:crypto'

/** JSON with sorted keys and no spaces: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}

/** The first 16 hexadecimal digits of the SHA-256 of the effective configuration. */
export const configHash = (file: unknown): string =>
  createHash('sha256').update(canonicalJson(file)).digest('hex').slice(0, 16)
