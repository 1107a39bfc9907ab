import { createHeatmapClient } from '../../adapter/heatmap/http.ts'
import { createHeatmapPoller, type HeatmapPoller } from '../../adapter/heatmap/poller.ts'
import { openRecorder } from '../../adapter/heatmap/recorder.ts'
import type { Config } from '../../config/schema.ts'
import { normaliseSymbol, splitSymbol, type Instrument } from '../../domain/instrument.ts'
import { SECOND_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { listInstrument } from '../../exchange/listing.ts'
import { lookFailed, type LookFailure } from '../look-failure.ts'
import { failureOf, heatmapDoor } from './heatmap-source.ts'

/** What a recording session has come to so far. */
export interface RecordTally {
  /** Answers written, whatever they say. */
  responses: number
  bytes: number
  /** Maps among them that passed the door. */
  maps: number
  failures: number
  readonly failuresByCode: Record<string, number>
  lastFailure: string | null
  readonly endedSymbols: string[]
  /** Why the file takes no more, which ends the recording; `null`: it does. */
  unwritable: string | null
}

export interface RecordSession {
  readonly symbols: readonly string[]
  readonly tally: RecordTally
  /** Polls until the time is over, the signal aborts, or no symbol is left that could be polled. */
  run(durationMs: number | null, interrupt: AbortSignal, onProgress: () => void): Promise<void>
}

export interface RecordOptions {
  readonly config: Config
  readonly url: string
  readonly symbols: readonly string[]
  readonly file: string
}

const PROGRESS_MS = 5 * SECOND_MS
/** The recording keeps raw answers; for judging them any contract of about the right price will do. */
const ANY_PRICE = 1

/** Prepares the polling of a heatmap service into a file that only grows. */
export function composeRecord(
  options: RecordOptions,
): { readonly kind: 'ok'; readonly session: RecordSession } | LookFailure {
  const { config } = options
  const instruments: Instrument[] = []
  for (const asked of options.symbols) {
    const symbol = normaliseSymbol(asked)
    if (symbol === undefined || splitSymbol(symbol) === undefined)
      return lookFailed(
        'configuration',
        `${JSON.stringify(asked.slice(0, 32))} is no symbol`,
        'Write it like BTCUSDT or BTC/USDT:USDT',
      )
    if (!instruments.some((i) => i.symbol === symbol))
      instruments.push(listInstrument(symbol, instruments.length, ANY_PRICE))
  }
  const created = createHeatmapClient({ url: options.url })
  if (created.kind === 'failed') return failureOf(created.failure)
  const client = created.value
  const opened = openRecorder(options.file)
  if (opened.kind === 'invalid') {
    client.close()
    const { where, what, hint } = opened.problem
    return lookFailed('error', `${where}: ${what}`, hint)
  }
  const { recorder } = opened
  const tally: RecordTally = {
    responses: 0,
    bytes: 0,
    maps: 0,
    failures: 0,
    failuresByCode: {},
    lastFailure: null,
    endedSymbols: [],
    unwritable: null,
  }
  const full = new AbortController()
  const poller: HeatmapPoller = createHeatmapPoller({
    client,
    targets: instruments.map((instrument) => ({
      instrument,
      door: heatmapDoor(config, instrument.symbol, instrument.tick),
      own: () => ({ price: null, openInterestUsd: null }),
    })),
    intervalMs: config.heatmap.pollIntervalSecs * SECOND_MS,
    onReport: ({ symbol, code, kind, message }) => {
      tally.failures++
      tally.failuresByCode[code] = (tally.failuresByCode[code] ?? 0) + 1
      tally.lastFailure = message
      if (kind === 'permanent') tally.endedSymbols.push(symbol)
    },
    onResponse: (symbol, endpoint, response) => {
      if (tally.unwritable !== null) return
      tally.unwritable = recorder.record(symbol, endpoint, response)
      if (tally.unwritable !== null) return full.abort()
      tally.responses++
      tally.bytes += response.body.length
    },
    onEvent: () => {
      if (poller.next(epochMs(Infinity))?.kind === 'heatmap') tally.maps++
    },
  })
  return {
    kind: 'ok',
    session: {
      symbols: instruments.map((i) => i.symbol),
      tally,
      run: (durationMs, interrupt, onProgress) =>
        runPoller(poller, durationMs, AbortSignal.any([interrupt, full.signal]), onProgress).finally(() => {
          recorder.close()
          client.close()
        }),
    },
  }
}

async function runPoller(
  poller: HeatmapPoller,
  durationMs: number | null,
  interrupt: AbortSignal,
  onProgress: () => void,
): Promise<void> {
  const began = performance.now()
  let shown = began
  poller.start()
  await new Promise<void>((done) => {
    // Short steps rather than one long timer: the end of all polling comes from the poller without a call.
    const timer = setInterval(() => {
      const now = performance.now()
      if (now - shown >= PROGRESS_MS) {
        shown = now
        onProgress()
      }
      if (interrupt.aborted || poller.exhausted() || (durationMs !== null && now - began >= durationMs)) {
        clearInterval(timer)
        done()
      }
    }, 50)
  })
  await poller.stop()
}
