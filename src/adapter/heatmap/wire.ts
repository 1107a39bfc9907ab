import { z } from 'zod'
import type { HeatmapPayload } from '../../domain/heatmap-payload.ts'
import { failed, ok, quoted, type Outcome } from './failure.ts'
import type { RawResponse } from './http.ts'
import { parseUntrusted } from './safe-json.ts'

const MAX_CLUSTERS = 500
const MAX_FAULTS = 3
const MAX_RETRY_AFTER_MS = 300_000
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i

const detail = z.object({ detail: z.unknown() })
const envelope = z.object({
  success: z.boolean(),
  symbol: z.string().min(1).max(32),
  current_price: z.number().nullish(),
  total_clusters: z.number().int().nullish(),
  clusters: z.array(z.unknown()),
})
const success = z.object({ success: z.boolean() })

/** Seconds or an HTTP date, in ms from `receivedAt`, at most five minutes; `null` where there is none. */
function retryAfterMs(response: RawResponse): number | null {
  if (response.retryAfter === null) return null
  const seconds = Number(response.retryAfter)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(response.retryAfter) - response.receivedAt
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : null
}

function detailOf(response: RawResponse): string {
  if (!JSON_TYPE.test(response.contentType)) return ''
  const json = parseUntrusted(response.body)
  const parsed = json.kind === 'ok' ? detail.safeParse(json.value) : null
  if (!parsed?.success) return ''
  const said = parsed.data.detail
  return typeof said === 'string' ? said : (JSON.stringify(said) ?? '')
}

/** What a status other than 200 means. Bodies of 5xx are proxies' HTML and are not read. */
function refusedBy(response: RawResponse): Outcome<never> {
  const { status, request } = response
  if (status >= 500) return failed('SERVER_ERROR', `${request}: status ${status}`, 'transient', retryAfterMs(response))
  if (status === 429)
    return failed('RATE_LIMITED', `${request}: too many requests`, 'transient', retryAfterMs(response))
  if (status >= 300 && status < 400)
    return failed(
      'REDIRECT',
      `${request}: status ${status}; redirects are not followed, set heatmap.url to where the service is`,
    )
  const said = detailOf(response)
  const reason = said === '' ? '' : `: ${quoted(said)}`
  switch (status) {
    case 400:
      return failed('UNSUPPORTED_SYMBOL', `${request}: the provider does not serve this symbol${reason}`, 'permanent')
    case 401:
    case 403:
      return failed('ACCESS_DENIED', `${request}: status ${status}${reason}`, 'permanent')
    case 404:
      if (/no suitable cluster/i.test(said)) return failed('NO_CLUSTER', `${request}: no suitable cluster`)
      return failed('WRONG_PATH', `${request}: not found; is heatmap.url the base of a heatmap service?`, 'permanent')
    case 422:
      return failed('BAD_REQUEST', `${request}: the provider does not understand the request${reason}`, 'permanent')
    default:
      return failed('UNEXPECTED_STATUS', `${request}: status ${status}${reason}`)
  }
}

/** The JSON of a 200 answer. */
export function readJson(response: RawResponse): Outcome<unknown> {
  if (response.status !== 200) return refusedBy(response)
  if (!JSON_TYPE.test(response.contentType)) {
    return failed(
      'BAD_CONTENT_TYPE',
      `${response.request}: ${quoted(response.contentType)} instead of JSON; is heatmap.url the base of a heatmap service?`,
    )
  }
  const json = parseUntrusted(response.body)
  if (json.kind === 'failed') return failed(json.failure.code, `${response.request}: ${json.failure.message}`)
  return json
}

/** What the answer has instead of what is needed, in one line; its own words do not occur in it. */
function faultsOf({ issues }: z.ZodError): string {
  const shown = issues.slice(0, MAX_FAULTS).map(({ path, message }) => {
    const place = path.length === 0 ? 'the answer' : z.core.toDotPath(path)
    return `${place}: ${message.replace('Invalid input: ', '')}`
  })
  return `not a heatmap (${shown.join('; ')}${issues.length > MAX_FAULTS ? '; …' : ''})`
}

/** The envelope of `/api/heatmap/{symbol}`; its clusters stay unjudged. */
export function readPayload(response: RawResponse): Outcome<HeatmapPayload> {
  const json = readJson(response)
  if (json.kind === 'failed') return json
  const said = success.safeParse(json.value)
  if (said.success && !said.data.success)
    return failed('NOT_SUCCESSFUL', `${response.request}: the provider reports no success`)
  const parsed = envelope.safeParse(json.value)
  if (!parsed.success) return failed('BAD_ENVELOPE', `${response.request}: ${faultsOf(parsed.error)}`)
  const { symbol, current_price, total_clusters, clusters } = parsed.data
  if (clusters.length > MAX_CLUSTERS)
    return failed('TOO_MANY_CLUSTERS', `${response.request}: ${clusters.length} clusters, limit ${MAX_CLUSTERS}`)
  return ok({ symbol, currentPrice: current_price ?? null, totalClusters: total_clusters ?? null, clusters })
}

/** Everything the provider has; we filter ourselves, as its own filter loses levels to rounding. */
export const heatmapPath = (symbol: string): string =>
  `/api/heatmap/${encodeURIComponent(symbol)}?min_strength=0&max_distance=50`
export const bestPath = (symbol: string): string => `/api/heatmap/${encodeURIComponent(symbol)}/best`
export const sentimentPath = (symbol: string): string => `/api/sentiment/${encodeURIComponent(symbol)}`
export const STATS_PATH = '/api/stats'
