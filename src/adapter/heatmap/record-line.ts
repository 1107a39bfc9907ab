import { z } from 'zod'
import { isoTime } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { HEATMAP_SOURCE, sha256Of, type RawResponse } from './http.ts'
import type { HeatmapEndpoint } from './poller.ts'

/** One response of a heatmap service as it is kept. */
export interface HeatmapRecord {
  readonly adapter: string
  readonly symbol: string
  readonly endpoint: HeatmapEndpoint
  readonly response: RawResponse
}

const RECORD_VERSION = 1
const line = z.object({
  v: z.literal(RECORD_VERSION),
  adapter: z.string(),
  symbol: z.string(),
  endpoint: z.enum(['heatmap', 'sentiment', 'stats']),
  request: z.string(),
  status: z.number().int(),
  content_type: z.string(),
  retry_after: z.string().nullable(),
  received_at: z.string(),
  received_ms: z.number().int().nonnegative(),
  encoding: z.enum(['utf8', 'base64']),
  body: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** A line of JSON without its line feed. Bodies that are not UTF-8 are kept in base64. */
export function writeRecordLine(symbol: string, endpoint: HeatmapEndpoint, response: RawResponse): string {
  const text = response.body.toString('utf8')
  const isText = Buffer.from(text, 'utf8').equals(response.body)
  const record: z.input<typeof line> = {
    v: RECORD_VERSION,
    adapter: HEATMAP_SOURCE,
    symbol,
    endpoint,
    request: response.request,
    status: response.status,
    content_type: response.contentType,
    retry_after: response.retryAfter,
    received_at: isoTime(response.receivedAt),
    received_ms: response.receivedAt,
    encoding: isText ? 'utf8' : 'base64',
    body: isText ? text : response.body.toString('base64'),
    sha256: response.sha256,
  }
  return JSON.stringify(record)
}

/** Reads a line back, or says in a few words what is wrong with it. */
export function readRecordLine(text: string): HeatmapRecord | string {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  const parsed = line.safeParse(json)
  if (!parsed.success)
    return `not a record: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}`
  const {
    adapter,
    symbol,
    endpoint,
    request,
    status,
    content_type,
    retry_after,
    received_at,
    received_ms,
    encoding,
    body,
    sha256,
  } = parsed.data
  if (isoTime(epochMs(received_ms)) !== received_at) return 'received_at and received_ms differ'
  const bytes = Buffer.from(body, encoding)
  if (sha256Of(bytes) !== sha256) return 'its body does not match its SHA-256'
  return {
    adapter,
    symbol,
    endpoint,
    response: {
      request,
      status,
      contentType: content_type,
      retryAfter: retry_after,
      body: bytes,
      receivedAt: epochMs(received_ms),
      sha256,
    },
  }
}
