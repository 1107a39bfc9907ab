import type { OpenInterest } from '../../domain/cluster.ts'
import type { HeatmapEvent, HeatmapFailed } from '../../domain/event.ts'
import type { FeedFailureKind, OwnFigures } from '../../domain/heatmap-payload.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { problem, type Problem } from '../../domain/problem.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { HeatmapDoor } from '../../port/heatmap-door.ts'
import type { EventSource } from '../../port/market.ts'
import type { HeatmapFailureCode } from './failure.ts'
import type { RawResponse } from './http.ts'
import { openInterestOfSentiment, openInterestOfStats } from './open-interest.ts'
import type { PollReport } from './poller.ts'
import { linesOf, type FileLine } from './record-file.ts'
import { readRecordLine, type HeatmapRecord } from './record-line.ts'
import { readPayload } from './wire.ts'

export interface ReplayTarget {
  readonly instrument: Instrument
  readonly door: HeatmapDoor
  /** Our own figures as of `time`. */
  readonly own: (time: EpochMs) => OwnFigures
}

export interface RecordingOptions {
  readonly path: string
  readonly targets: readonly ReplayTarget[]
  /** What failed then fails again; nothing takes its place. */
  readonly onReport: (report: PollReport) => void
}

export interface RecordingInfo {
  readonly records: number
  readonly from: EpochMs
  readonly to: EpochMs
  readonly symbols: readonly string[]
}

export type RecordingResult =
  | { readonly kind: 'ok'; readonly source: EventSource; readonly info: RecordingInfo }
  | { readonly kind: 'invalid'; readonly problem: Problem }

interface Upcoming {
  readonly response: RawResponse
  readonly target: ReplayTarget
}

type CheckedLine =
  | { readonly kind: 'record'; readonly record: HeatmapRecord }
  | { readonly kind: 'bad'; readonly problem: Problem }

function check(path: string, line: FileLine): CheckedLine {
  const bad = (what: string): CheckedLine => ({
    kind: 'bad',
    problem: problem(
      'recording_corrupt',
      `${path}:${line.number}`,
      what,
      'Restore the file from a copy; a recording is used whole or not at all',
    ),
  })
  if (!line.complete) return bad('the line is incomplete: its recorder was interrupted')
  const record = readRecordLine(line.text)
  if (typeof record === 'string') return bad(record)
  return { kind: 'record', record }
}

/** Wall clocks are set back; the order of the lines is the order of arrival. */
const later = (a: EpochMs, b: EpochMs): EpochMs => (b > a ? b : a)

/** Reads the whole file once: every line's form and hash. */
function verify(path: string): RecordingInfo | Problem {
  let records = 0
  let from = epochMs(0)
  let to = epochMs(0)
  const symbols = new Set<string>()
  try {
    for (const line of linesOf(path)) {
      const checked = check(path, line)
      if (checked.kind === 'bad') return checked.problem
      const { symbol, response } = checked.record
      symbols.add(symbol)
      if (records === 0) from = response.receivedAt
      to = later(to, response.receivedAt)
      records++
    }
  } catch (error) {
    return problem('recording_unreadable', path, error instanceof Error ? error.message : 'cannot be read', null)
  }
  if (records === 0) return problem('recording_empty', path, 'holds no records', null)
  return { records, from, to, symbols: [...symbols].sort() }
}

/**
 * Replays a recording point in time: at every moment what had been received by then, read by the same code as the live
 * feed. What is missing is a gap. Refused as a whole when any line is damaged.
 */
export function openRecording(options: RecordingOptions): RecordingResult {
  const { path, targets, onReport } = options
  const info = verify(path)
  if ('code' in info) return { kind: 'invalid', problem: info }
  const lines = linesOf(path)
  const openInterest = new Map<string, OpenInterest>()
  let upcoming: Upcoming | null = null
  let clock = info.from

  /** Takes in records up to the next heatmap answer of a symbol we follow. */
  function advance(): void {
    upcoming = null
    for (;;) {
      const step = lines.next()
      if (step.done) return
      const checked = check(path, step.value)
      if (checked.kind === 'bad') throw new Error(`${checked.problem.where}: changed while it was read`)
      const { record } = checked
      clock = later(clock, record.response.receivedAt)
      const response = { ...record.response, receivedAt: clock }
      const target = targets.find(({ instrument }) => instrument.symbol === record.symbol)
      if (!target) continue
      if (record.endpoint === 'heatmap') {
        upcoming = { response, target }
        return
      }
      const readOpenInterest = record.endpoint === 'sentiment' ? openInterestOfSentiment : openInterestOfStats
      const found = readOpenInterest(response, record.symbol)
      if (found) openInterest.set(record.symbol, found)
    }
  }

  function replay({ response, target }: Upcoming): HeatmapEvent | HeatmapFailed {
    const { instrument } = target
    const { symbol } = instrument
    const fail = (code: HeatmapFailureCode, failure: FeedFailureKind, message: string): HeatmapFailed => {
      onReport({ symbol, time, code, kind: failure, message })
      return { kind: 'heatmap_failed', time, instrument, failure, code, message }
    }
    const { receivedAt: time, sha256 } = response
    const payload = readPayload(response)
    if (payload.kind === 'failed') {
      const { code, kind, message } = payload.failure
      return fail(code, kind, message)
    }
    const known = openInterest.get(symbol) ?? null
    const result = target.door.open(
      { payload: payload.value, receivedAt: time, sha256, openInterest: known },
      target.own(time),
    )
    return result.kind === 'admitted'
      ? { kind: 'heatmap', time, instrument, snapshot: result.snapshot }
      : fail(result.code, 'transient', result.message)
  }

  advance()
  return {
    kind: 'ok',
    info,
    source: {
      peek: () => upcoming?.response.receivedAt,
      next(until) {
        if (upcoming === null || upcoming.response.receivedAt > until) return undefined
        // The door first: open interest that arrived later must not reach it.
        const event = replay(upcoming)
        advance()
        return event
      },
      exhausted: () => upcoming === null,
    },
  }
}
