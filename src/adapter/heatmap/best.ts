import { z } from 'zod'
import type { HeatmapPayload } from '../../domain/heatmap-payload.ts'
import { failed, ok, type Outcome } from './failure.ts'
import type { HeatmapClient } from './http.ts'
import { bestPath, readJson } from './wire.ts'

export interface BestCheck {
  /** The provider's choice; `null`: it says there is none. */
  readonly providerPrice: number | null
  /** Ours by the same rule: strongest with strength ≥ 0.6 within 10 %, ties to the nearest. */
  readonly ownPrice: number | null
  readonly agrees: boolean
}

const MIN_STRENGTH = 0.6
const MAX_DISTANCE = 0.1
/** The two answers are moments apart. */
const TOLERANCE = 1e-3

const cluster = z.object({ price_level: z.number().positive(), strength: z.number() })

function strongest(payload: HeatmapPayload): number | null {
  const price = payload.currentPrice
  if (price === null) return null
  const distance = (level: number): number => Math.abs(level / price - 1)
  const candidates = payload.clusters
    .map((raw) => cluster.safeParse(raw))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []))
    .filter((c) => c.strength >= MIN_STRENGTH && distance(c.price_level) <= MAX_DISTANCE)
    .sort((a, b) => b.strength - a.strength || distance(a.price_level) - distance(b.price_level))
  return candidates[0]?.price_level ?? null
}

/** Compares `/best` with what the full list says: a check of the service, never a signal. */
export async function checkBest(
  client: HeatmapClient,
  symbol: string,
  payload: HeatmapPayload,
): Promise<Outcome<BestCheck>> {
  const ownPrice = strongest(payload)
  const fetched = await client.get(bestPath(symbol))
  if (fetched.kind === 'failed') return fetched
  const json = readJson(fetched.value)
  if (json.kind === 'failed') {
    return json.failure.code === 'NO_CLUSTER' ? ok({ providerPrice: null, ownPrice, agrees: ownPrice === null }) : json
  }
  const parsed = cluster.safeParse(json.value)
  if (!parsed.success) return failed('BAD_ENVELOPE', `${bestPath(symbol)}: no cluster in the answer`)
  const providerPrice = parsed.data.price_level
  return ok({
    providerPrice,
    ownPrice,
    agrees: ownPrice !== null && Math.abs(providerPrice / ownPrice - 1) <= TOLERANCE,
  })
}
