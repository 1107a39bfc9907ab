import { setTimeout as delay } from 'node:timers/promises'
import type { OpenInterest } from '../../domain/cluster.ts'
import type { FeedFailureKind, OwnFigures } from '../../domain/heatmap-payload.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { SECOND_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { HeatmapDoor } from '../../port/heatmap-door.ts'
import type { EventSource } from '../../port/market.ts'
import { failed, type HeatmapFailure, type HeatmapFailureCode } from './failure.ts'
import type { HeatmapClient, RawResponse } from './http.ts'
import { createInbox } from './inbox.ts'
import { fetchOpenInterest } from './open-interest.ts'
import { heatmapPath, readPayload } from './wire.ts'

/** A poll that brought no snapshot. */
export interface PollReport {
  readonly symbol: string
  readonly time: EpochMs
  readonly code: HeatmapFailureCode
  readonly kind: FeedFailureKind
  readonly message: string
}

export type HeatmapEndpoint = 'heatmap' | 'sentiment' | 'stats'

export interface PollTarget {
  readonly instrument: Instrument
  readonly door: HeatmapDoor
  /** Our own figures at this moment. */
  readonly own: () => OwnFigures
}

export interface PollerOptions {
  readonly client: HeatmapClient
  readonly targets: readonly PollTarget[]
  readonly intervalMs: number
  readonly onReport: (report: PollReport) => void
  /** Sees every response before it is read. */
  readonly onResponse?: (symbol: string, endpoint: HeatmapEndpoint, response: RawResponse) => void
  /** Something is waiting: wakes a loop that sleeps. */
  readonly onEvent?: () => void
  readonly openInterestIntervalMs?: number
  readonly now?: () => EpochMs
}

/** Polls a heatmap service and hands out what passed the door. */
export interface HeatmapPoller extends EventSource {
  start(): void
  /** Ends all polling; resolves when the last request is gone. */
  stop(): Promise<void>
  readonly dropped: number
}

const OPEN_INTEREST_INTERVAL_MS = 30 * SECOND_MS
const MAX_BACKOFF_MS = 60 * SECOND_MS
const JITTER = 0.1

const jittered = (ms: number): number => ms * (1 + JITTER * (2 * Math.random() - 1))

/** Wait before the next poll after `failures` failed ones in a row: doubled each time, at most a minute, never less than the provider asked. */
export const backoffMs = (intervalMs: number, failures: number, retryAfterMs: number): number =>
  Math.max(Math.min(intervalMs * 2 ** failures, Math.max(MAX_BACKOFF_MS, intervalMs)), retryAfterMs)

/** One request in flight a symbol; a permanent failure ends the polling of its symbol. */
export function createHeatmapPoller(options: PollerOptions): HeatmapPoller {
  const { client, targets, intervalMs, onReport } = options
  const now = options.now ?? (() => epochMs(Date.now()))
  const openInterestIntervalMs = options.openInterestIntervalMs ?? OPEN_INTEREST_INTERVAL_MS
  const inbox = createInbox()
  const stopping = new AbortController()
  let loops: Promise<unknown> | null = null

  /** The failure, or `null` when a snapshot was delivered. */
  async function poll(target: PollTarget, openInterest: OpenInterest | null): Promise<HeatmapFailure | null> {
    const { instrument, door, own } = target
    const fetched = await client.get(heatmapPath(instrument.symbol), stopping.signal)
    if (fetched.kind === 'failed') return fetched.failure
    const response = fetched.value
    options.onResponse?.(instrument.symbol, 'heatmap', response)
    const payload = readPayload(response)
    if (payload.kind === 'failed') return payload.failure
    const { receivedAt, sha256 } = response
    const result = door.open({ payload: payload.value, receivedAt, sha256, openInterest }, own())
    if (result.kind === 'rejected') return failed(result.code, result.message).failure
    inbox.push({ kind: 'heatmap', time: receivedAt, instrument, snapshot: result.snapshot })
    options.onEvent?.()
    return null
  }

  async function follow(target: PollTarget): Promise<void> {
    const { symbol } = target.instrument
    let failures = 0
    let openInterest: OpenInterest | null = null
    let openInterestDue = Number.NEGATIVE_INFINITY
    while (!stopping.signal.aborted) {
      const failure = await poll(target, openInterest)
      if (stopping.signal.aborted) return
      failures = failure === null ? 0 : failures + 1
      if (failure !== null) {
        const { code, kind, message } = failure
        const time = now()
        onReport({ symbol, time, code, kind, message })
        inbox.push({ kind: 'heatmap_failed', time, instrument: target.instrument, failure: kind, code, message })
        options.onEvent?.()
        if (kind === 'permanent') return
      } else if (now() >= openInterestDue) {
        const found = await fetchOpenInterest(
          client,
          symbol,
          (endpoint, response) => options.onResponse?.(symbol, endpoint, response),
          stopping.signal,
        )
        // What was known stays known until something newer is; its age tells.
        if (found.kind === 'ok' && found.value !== null) openInterest = found.value
        openInterestDue = now() + openInterestIntervalMs
      }
      const wait = jittered(backoffMs(intervalMs, failures, failure?.retryAfterMs ?? 0))
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    peek: () => inbox.peek(),
    next: (until) => inbox.next(until),
    exhausted: () => inbox.exhausted(),
    get dropped() {
      return inbox.dropped
    },
    start() {
      loops ??= Promise.all(targets.map(follow)).finally(() => inbox.end())
    },
    async stop() {
      stopping.abort()
      await loops
    },
  }
}
