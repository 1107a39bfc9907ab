import type { FileConfig } from './schema.ts'

/** Distances in percent of the price that decide what a trade wins or loses. */
const PRICE_DISTANCES: ReadonlySet<string> = new Set([
  'stop.max_distance_pct',
  'strategies.ema_cross.stop_pct',
  'strategies.ema_cross.target_pct',
])

/** A price distance as percent of the margin: the two differ by the leverage and are easily taken for each other. */
export function marginNote(file: FileConfig, path: readonly string[]): string | undefined {
  if (!PRICE_DISTANCES.has(path.join('.'))) return undefined
  const value: unknown = path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    file,
  )
  if (typeof value !== 'number') return undefined
  const { leverage } = file.exchange
  return `${value} % of the price = ${Number((value * leverage).toPrecision(6))} % of the margin at ${leverage}×`
}
