import { serve } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { normaliseSymbol } from '../domain/instrument.ts'
import { isoTime } from '../domain/time.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import type { HeatmapProvider, HeatmapView } from './heatmap-provider.ts'
import { readQuery, type QueryIssue } from './heatmap-query.ts'
import { bestOf, matching, wireCluster, wireOpenInterest } from './heatmap-wire.ts'

export interface HeatmapServerOptions {
  readonly provider: HeatmapProvider
  /** Notional of one position, to turn a cluster's notional into a count of positions. */
  readonly typicalNotionalUsd: number
  readonly now?: () => EpochMs
}

const MAX_DISTANCE_PCT = 50
const DEFAULT_DISTANCE_PCT = 10
const DEFAULT_BEST_STRENGTH = 0.6

const unprocessable = (c: Context, issues: readonly QueryIssue[]): Response => c.json({ detail: issues }, 422)

/** The three endpoints of the heatmap document, in its field names; times are UTC. */
function createHeatmapApp({
  provider,
  typicalNotionalUsd,
  now = () => epochMs(Date.now()),
}: HeatmapServerOptions): Hono {
  const app = new Hono()

  function viewOf(c: Context): HeatmapView | Response {
    const asked = c.req.param('symbol') ?? ''
    const symbol = normaliseSymbol(asked)
    const view = symbol === undefined ? undefined : provider.heatmap(symbol)
    return view ?? c.json({ detail: `Symbol ${asked.toUpperCase().slice(0, 32)} not supported` }, 400)
  }

  app.get('/api/heatmap/:symbol', (c) => {
    const query = readQuery(c.req.query(), {
      min_strength: { fallback: 0, max: 1 },
      max_distance: { fallback: DEFAULT_DISTANCE_PCT, max: MAX_DISTANCE_PCT },
    })
    if (query.kind === 'invalid') return unprocessable(c, query.issues)
    const view = viewOf(c)
    if (view instanceof Response) return view
    const { min_strength, max_distance } = query.values
    const clusters = matching(view, min_strength, max_distance).map((cluster) =>
      wireCluster(cluster, view, typicalNotionalUsd),
    )
    return c.json({
      success: true,
      symbol: view.symbol,
      current_price: view.price,
      clusters,
      timestamp: isoTime(now()),
      total_clusters: clusters.length,
    })
  })

  app.get('/api/heatmap/:symbol/best', (c) => {
    const query = readQuery(c.req.query(), { min_strength: { fallback: DEFAULT_BEST_STRENGTH, max: 1 } })
    if (query.kind === 'invalid') return unprocessable(c, query.issues)
    const view = viewOf(c)
    if (view instanceof Response) return view
    const best = bestOf(view, matching(view, query.values.min_strength, DEFAULT_DISTANCE_PCT))
    if (best === undefined) return c.json({ detail: 'No suitable cluster found' }, 404)
    return c.json(wireCluster(best, view, typicalNotionalUsd))
  })

  app.get('/api/stats', (c) => {
    const stats = provider.stats()
    const symbols = provider.symbols()
    const bySymbol = Object.fromEntries(
      symbols.flatMap((symbol) => {
        const known = stats.openInterest[symbol]
        return known ? [[symbol, wireOpenInterest(known)] as const] : []
      }),
    )
    const only = symbols.length === 1 ? bySymbol[symbols[0]!] : undefined
    return c.json({
      success: true,
      stats: {
        total_symbols: symbols.length,
        active_symbols: stats.activeSymbols,
        total_clusters: stats.totalClusters,
        last_update: stats.lastUpdate === null ? null : isoTime(stats.lastUpdate),
        // With one symbol the flat figures of the document are unambiguous.
        ...only,
        ...bySymbol,
      },
    })
  })

  app.notFound((c) => c.json({ detail: 'Not Found' }, 404))
  app.onError((_error, c) => c.json({ detail: 'Internal Server Error' }, 500))
  return app
}

export interface ServeOptions extends HeatmapServerOptions {
  /** 0 picks a free one. */
  readonly port: number
  /** Default 127.0.0.1. Anything but loopback needs `exposed`, as nobody is asked who they are. */
  readonly host?: string
  readonly exposed?: boolean
}

export interface HeatmapServer {
  readonly url: string
  close(): Promise<void>
}

export type ServeResult =
  | { readonly kind: 'ok'; readonly server: HeatmapServer }
  | {
      readonly kind: 'refused'
      readonly code: 'NOT_LOOPBACK' | 'PORT_TAKEN' | 'CANNOT_LISTEN'
      readonly message: string
    }

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost']

/** Serves on loopback unless told otherwise; resolves once it listens. */
export function serveHeatmap(options: ServeOptions): Promise<ServeResult> {
  const host = options.host ?? '127.0.0.1'
  if (!LOOPBACK.includes(host) && options.exposed !== true) {
    return Promise.resolve({
      kind: 'refused',
      code: 'NOT_LOOPBACK',
      message: `${host} is not this machine alone; the heatmap API has no access control`,
    })
  }
  return new Promise((resolve) => {
    const server = serve({ fetch: createHeatmapApp(options).fetch, port: options.port, hostname: host }, (info) => {
      const name = host.includes(':') ? `[${host}]` : host
      resolve({
        kind: 'ok',
        server: {
          url: `http://${name}:${info.port}`,
          close: () =>
            new Promise((closed) => {
              server.close(() => closed())
              if ('closeAllConnections' in server) server.closeAllConnections()
            }),
        },
      })
    })
    server.on('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      resolve({
        kind: 'refused',
        code: taken ? 'PORT_TAKEN' : 'CANNOT_LISTEN',
        message: taken
          ? `port ${options.port} on ${host} is taken`
          : `cannot listen on ${host}:${options.port}: ${error.message}`,
      })
    })
  })
}
