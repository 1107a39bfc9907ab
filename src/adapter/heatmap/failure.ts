import type { FeedFailureKind, RejectionCode } from '../../domain/heatmap-payload.ts'

export type HeatmapFailureCode =
  | RejectionCode
  | 'BAD_URL'
  | 'ADDRESS_REFUSED'
  | 'TIMEOUT'
  | 'NETWORK'
  | 'REDIRECT'
  | 'TOO_LARGE'
  | 'BAD_CONTENT_TYPE'
  | 'BAD_JSON'
  | 'TOO_DEEP'
  | 'BAD_ENVELOPE'
  | 'NOT_SUCCESSFUL'
  | 'UNSUPPORTED_SYMBOL'
  | 'WRONG_PATH'
  | 'NO_CLUSTER'
  | 'BAD_REQUEST'
  | 'ACCESS_DENIED'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'UNEXPECTED_STATUS'

/** Why a heatmap could not be had: a stable code and a sentence without a full stop. */
export interface HeatmapFailure {
  readonly code: HeatmapFailureCode
  readonly message: string
  readonly kind: FeedFailureKind
  /** What the provider asked for by `Retry-After`, in ms. */
  readonly retryAfterMs: number | null
}

export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: HeatmapFailure }

export const ok = <T>(value: T): Outcome<T> => ({ kind: 'ok', value })

export const failed = (
  code: HeatmapFailureCode,
  message: string,
  kind: FeedFailureKind = 'transient',
  retryAfterMs: number | null = null,
): { readonly kind: 'failed'; readonly failure: HeatmapFailure } => ({
  kind: 'failed',
  failure: { code, message, kind, retryAfterMs },
})

const MAX_QUOTED = 200

/** Text of a provider, escaped and cut, fit for a log. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, MAX_QUOTED))
