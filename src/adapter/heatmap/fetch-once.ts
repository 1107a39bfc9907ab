import type { LevelSnapshot } from '../../domain/cluster.ts'
import type { HeatmapPayload, OwnFigures } from '../../domain/heatmap-payload.ts'
import type { HeatmapDoor } from '../../port/heatmap-door.ts'
import { failed, ok, type Outcome } from './failure.ts'
import { withRetries, type HeatmapClient, type RawResponse } from './http.ts'
import { fetchOpenInterest } from './open-interest.ts'
import type { HeatmapEndpoint } from './poller.ts'
import { heatmapPath, readPayload } from './wire.ts'

export interface FetchOptions {
  readonly client: HeatmapClient
  /** The venue's spelling, `BTCUSDT`. */
  readonly symbol: string
  readonly door: HeatmapDoor
  readonly own: OwnFigures
  /** Sees every response before it is read. */
  readonly onResponse?: (symbol: string, endpoint: HeatmapEndpoint, response: RawResponse) => void
}

export interface FetchedHeatmap {
  readonly snapshot: LevelSnapshot
  readonly payload: HeatmapPayload
}

/** One heatmap with its open interest, for commands that look once. Passing failures are retried. */
export async function fetchHeatmap(options: FetchOptions): Promise<Outcome<FetchedHeatmap>> {
  const { client, symbol, door, own } = options
  const found = await fetchOpenInterest(client, symbol, (endpoint, response) =>
    options.onResponse?.(symbol, endpoint, response),
  )
  const openInterest = found.kind === 'ok' ? found.value : null
  const read = await withRetries(async () => {
    const fetched = await client.get(heatmapPath(symbol))
    if (fetched.kind === 'failed') return fetched
    options.onResponse?.(symbol, 'heatmap', fetched.value)
    const payload = readPayload(fetched.value)
    return payload.kind === 'failed' ? payload : ok({ payload: payload.value, response: fetched.value })
  })
  if (read.kind === 'failed') return read
  const { payload, response } = read.value
  const result = door.open({ payload, receivedAt: response.receivedAt, sha256: response.sha256, openInterest }, own)
  return result.kind === 'rejected' ? failed(result.code, result.message) : ok({ snapshot: result.snapshot, payload })
}
