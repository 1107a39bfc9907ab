import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AxiosError } from 'axios'
import pRetry from 'p-retry'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import { HttpAgent, HttpsAgent } from '../node-http.ts'
import { heatmapAddress } from './address.ts'
import { failed, ok, type HeatmapFailure, type Outcome } from './failure.ts'

/** Adapter and version, written into every snapshot and record. */
export const HEATMAP_SOURCE = 'heatmap-http@1'
const DEADLINE_MS = 5_000
const MAX_BODY_BYTES = 2 * 1024 * 1024
const RETRIES = 2
const RETRY_MIN_MS = 250
const RETRY_MAX_MS = 2_000
/** A provider that asks for more patience than this is not waited for within one read. */
const MAX_RETRY_AFTER_MS = 10_000

/** An answer as it came, before anybody has read it. */
export interface RawResponse {
  /** Path and query. */
  readonly request: string
  readonly status: number
  readonly contentType: string
  readonly retryAfter: string | null
  /** After decompression. */
  readonly body: Buffer
  readonly receivedAt: EpochMs
  /** Of `body`, hexadecimal. */
  readonly sha256: string
}

/** Reads from one heatmap service and nowhere else. */
export interface HeatmapClient {
  /** One request; any status is a response. Fails on what never became one. */
  get(path: string, signal?: AbortSignal): Promise<Outcome<RawResponse>>
  close(): void
}

export interface HeatmapClientOptions {
  readonly url: string
  readonly now?: () => EpochMs
  /** For the whole request, body included. */
  readonly deadlineMs?: number
}

export const sha256Of = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex')

function failureOf(
  error: unknown,
  isAxiosError: (error: unknown) => error is AxiosError,
  path: string,
  deadline: AbortSignal,
  deadlineMs: number,
): Outcome<never> {
  if (deadline.aborted) return failed('TIMEOUT', `${path}: no complete answer within ${deadlineMs / 1000} s`)
  if (!isAxiosError(error))
    return failed('NETWORK', `${path}: ${error instanceof Error ? error.message : 'unknown error'}`)
  if (error.code === 'ADDRESS_REFUSED' || error.message.includes('ADDRESS_REFUSED'))
    return failed('ADDRESS_REFUSED', `${path}: ${error.message}`, 'permanent')
  if (error.message.includes('maxContentLength'))
    return failed('TOO_LARGE', `${path}: more than ${MAX_BODY_BYTES} bytes`)
  return failed('NETWORK', `${path}: ${error.code ?? error.message}`)
}

/** Creates the client of one service; fails where its URL must not be used. */
export function createHeatmapClient(options: HeatmapClientOptions): Outcome<HeatmapClient> {
  const checked = heatmapAddress(options.url)
  if (checked.kind === 'failed') return checked
  const { base, secure, lookup } = checked.value
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS
  const now = options.now ?? (() => epochMs(Date.now()))
  const agent = secure ? new HttpsAgent({ keepAlive: true, lookup }) : new HttpAgent({ keepAlive: true, lookup })
  const settings = {
    responseType: 'arraybuffer',
    validateStatus: () => true,
    maxRedirects: 0,
    maxContentLength: MAX_BODY_BYTES,
    proxy: false,
    headers: { Accept: 'application/json', 'User-Agent': 'lodestone' },
    ...(secure ? { httpsAgent: agent } : { httpAgent: agent }),
  } as const

  return ok({
    async get(path, signal) {
      // 170 files, which a bot with a map of its own would load at each start for nothing.
      const { default: axios, isAxiosError } = await import('axios')
      const deadline = AbortSignal.timeout(deadlineMs)
      const until = signal ? AbortSignal.any([deadline, signal]) : deadline
      try {
        const response = await axios.get<Buffer>(base + path, { ...settings, signal: until })
        const header = (name: string): string | null => {
          const value: unknown = response.headers[name]
          return typeof value === 'string' ? value : null
        }
        return ok({
          request: path,
          status: response.status,
          contentType: header('content-type') ?? '',
          retryAfter: header('retry-after'),
          body: response.data,
          // Whole milliseconds, as a recording keeps them.
          receivedAt: epochMs(Math.floor(now())),
          sha256: sha256Of(response.data),
        })
      } catch (error) {
        return failureOf(error, isAxiosError, path, deadline, deadlineMs)
      }
    },
    close: () => agent.destroy(),
  })
}

/** Carries a failure through p-retry, which knows exceptions only. */
class FailedRead extends Error {
  readonly failure: HeatmapFailure
  constructor(failure: HeatmapFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Repeats a read that failed for a passing reason: twice, with jitter, never sooner than the provider asked. */
export async function withRetries<T>(read: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const attempt = async (): Promise<T> => {
    const outcome = await read()
    if (outcome.kind === 'failed') throw new FailedRead(outcome.failure)
    return outcome.value
  }
  const patience = (error: Error): number => (error instanceof FailedRead ? (error.failure.retryAfterMs ?? 0) : 0)
  try {
    return ok(
      await pRetry(attempt, {
        retries: RETRIES,
        minTimeout: RETRY_MIN_MS,
        maxTimeout: RETRY_MAX_MS,
        randomize: true,
        shouldRetry: ({ error }) =>
          error instanceof FailedRead && error.failure.kind === 'transient' && patience(error) <= MAX_RETRY_AFTER_MS,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          const wait = patience(error)
          if (retriesLeft > 0 && wait > 0 && wait <= MAX_RETRY_AFTER_MS) await delay(wait)
        },
      }),
    )
  } catch (error) {
    if (error instanceof FailedRead) return { kind: 'failed', failure: error.failure }
    throw error
  }
}
