import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeService {
  readonly url: string
  close(): Promise<void>
}

/** A heatmap service on a free port; `answer` gets every path without its query. */
export async function serve(answer: (path: string, response: ServerResponse) => void): Promise<FakeService> {
  const server = createServer((request, response) => answer((request.url ?? '').split('?')[0] ?? '', response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export const PRICE = 89_175.1
type Spelling = 'open_interest' | 'total_notional'

const cluster = (
  price: number,
  side: 'long' | 'short',
  strength: number,
  notional: number,
  tier: number,
  spelling: Spelling,
) => ({
  price_level: price,
  side,
  leverage_tier: tier,
  [spelling]: notional,
  liquidation_count: 10,
  strength,
  distance_from_price: Math.round(Math.abs(price / PRICE - 1) * 10_000) / 100,
  cluster_id: Math.round(price),
  last_updated: '2026-01-28T12:00:00.123456',
})

/** The heatmap document's example as a service would tell it. */
export const exampleMap = (spelling: Spelling) => ({
  success: true,
  symbol: 'BTCUSDT',
  current_price: PRICE,
  clusters: [
    cluster(88_400, 'long', 0.55, 2_500_000, 50, spelling),
    cluster(88_750, 'long', 0.62, 2_200_000, 100, spelling),
    cluster(89_427.01, 'short', 0.85, 3_500_000, 100, spelling),
    cluster(89_650, 'short', 0.58, 2_100_000, 50, spelling),
  ],
  timestamp: '2026-01-28T12:00:01.654321',
  total_clusters: 4,
})

const exampleStats = {
  success: true,
  stats: {
    total_oi_usd: 6_200_000_000,
    long_oi_usd: 3_316_000_000,
    short_oi_usd: 2_884_000_000,
    long_short_ratio: 1.15,
  },
}

/** A service with this map and the example's open interest. */
export const serveMap = (map: unknown): Promise<FakeService> =>
  serve((path, response) => {
    if (path === '/api/heatmap/BTCUSDT') json(response, map)
    else if (path === '/api/stats') json(response, exampleStats)
    else json(response, { detail: 'Not Found' }, 404)
  })
