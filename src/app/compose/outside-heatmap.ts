import { heatmapAddress } from '../../adapter/heatmap/address.ts'
import { createHeatmapClient } from '../../adapter/heatmap/http.ts'
import { createHeatmapPoller } from '../../adapter/heatmap/poller.ts'
import { openRecording } from '../../adapter/heatmap/recording.ts'
import type { Config } from '../../config/schema.ts'
import type { OwnFigures } from '../../domain/heatmap-payload.ts'
import { isoTime, SECOND_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { SymbolState } from '../../engine/symbol-state.ts'
import type { EventSource } from '../../port/market.ts'
import { heatmapDoor } from './heatmap-source.ts'

/** A heatmap that is not our own, as a source of events beside the market's. */
export interface OutsideHeatmap {
  readonly source: EventSource
  close(): Promise<void>
}

/** Of what the bot is to trade: a heatmap must belong to that market, and keep its time. */
export interface HeatmapMarket {
  readonly kind: 'venue' | 'crowd' | 'tape'
  /** Market time per wall time. */
  readonly speed: number
}

/** Why the configured source cannot feed a bot on this market, as a sentence; `null`: it can. */
export function heatmapMistake({ heatmap }: Config, market: HeatmapMarket): string | null {
  switch (heatmap.source) {
    case 'estimator':
      return null
    case 'api': {
      if (heatmap.url === null) return 'heatmap.source: api needs heatmap.url, the base URL of the service.'
      const address = heatmapAddress(heatmap.url)
      if (address.kind === 'failed') return `${address.failure.message}.`
      if (market.kind === 'tape')
        return 'heatmap.source: api tells what is now, and candles are of the past: use the estimator, or a recording of that time.'
      return market.speed === 1
        ? null
        : 'heatmap.source: api runs at the speed of the wall clock: leave --speed out, or give 1.'
    }
    case 'recording':
      if (heatmap.file === null) return 'heatmap.source: recording needs heatmap.file, made by: npx lodestone record'
      return market.kind === 'tape'
        ? null
        : 'heatmap.source: recording is of a time that is over: trade it with candles of that time, by --mode paper --tape FILE. For a running market set heatmap.source: api.'
  }
}

const UNKNOWN: OwnFigures = { price: null, openInterestUsd: null }

/** Our own figures as the engine knows them at this moment: what a provider says is held against them. */
function ownFigures({ mark, openInterest }: SymbolState): OwnFigures {
  return { price: mark > 0 ? mark : null, openInterestUsd: openInterest?.totalUsd ?? null }
}

interface ServiceOptions {
  readonly config: Config
  readonly url: string
  readonly states: readonly SymbolState[]
  /** Market time: maps are as old as the market says. */
  readonly now: () => EpochMs
  /** Something is waiting. */
  readonly onNews: () => void
}

/** Polls the heatmap service that is configured; `null`: none is. */
export function pollConfigured(options: Omit<ServiceOptions, 'url'>): OutsideHeatmap | null {
  const { source, url } = options.config.heatmap
  return source === 'api' && url !== null ? pollHeatmap({ ...options, url }) : null
}

/** Polls a heatmap service from now on. Its failures are events: they stop entries and nothing else. */
function pollHeatmap({ config, url, states, now, onNews }: ServiceOptions): OutsideHeatmap {
  const created = createHeatmapClient({ url, now })
  if (created.kind === 'failed') throw new Error(created.failure.message)
  const client = created.value
  const poller = createHeatmapPoller({
    client,
    targets: states.map((state) => ({
      instrument: state.instrument,
      door: heatmapDoor(config, state.instrument.symbol, state.instrument.tick),
      own: () => ownFigures(state),
    })),
    intervalMs: config.heatmap.pollIntervalSecs * SECOND_MS,
    onReport: () => undefined,
    onEvent: onNews,
    now,
  })
  poller.start()
  return {
    source: poller,
    async close() {
      await poller.stop()
      client.close()
    },
  }
}

export interface ReplayOptions {
  readonly config: Config
  readonly file: string
  readonly states: readonly SymbolState[]
  /** The market that it is played to; what was recorded earlier or later is left out. */
  readonly from: EpochMs
  readonly to: EpochMs
}

/** Plays a recording to the candles of its time, each map when it had been received. */
export function replayHeatmap(
  options: ReplayOptions,
): { readonly kind: 'ok'; readonly heatmap: OutsideHeatmap } | { readonly kind: 'refused'; readonly message: string } {
  const { config, file, states, from, to } = options
  const refused = (message: string) => ({ kind: 'refused', message }) as const
  const opened = openRecording({
    path: file,
    targets: states.map((state) => ({
      instrument: state.instrument,
      door: heatmapDoor(config, state.instrument.symbol, state.instrument.tick),
      // What was said before our own prices begin is held against none of them.
      own: (time) => (time < from ? UNKNOWN : ownFigures(state)),
    })),
    onReport: () => undefined,
  })
  if (opened.kind === 'invalid') {
    const { where, what, hint } = opened.problem
    return refused(`heatmap.file: ${where}: ${what}.${hint === null ? '' : ` ${hint}.`}`)
  }
  const { source, info } = opened
  const missing = states.find(({ instrument }) => !info.symbols.includes(instrument.symbol))
  if (missing)
    return refused(`heatmap.file: ${file} holds ${info.symbols.join(', ')}, not ${missing.instrument.symbol}.`)
  if (info.to < from || info.from > to) {
    const [recorded, traded] = [
      [info.from, info.to],
      [from, to],
    ].map((span) => span.map((time) => isoTime(epochMs(time!))).join(' to '))
    return refused(`heatmap.file: ${file} is of ${recorded}, the trading of ${traded}: they do not meet.`)
  }
  while (isBefore(source.peek(), from)) source.next(epochMs(from - 1))
  const peek = (): EpochMs | undefined => {
    const time = source.peek()
    return time !== undefined && time <= to ? time : undefined
  }
  return {
    kind: 'ok',
    heatmap: {
      source: {
        peek,
        next: (until) => (peek() === undefined ? undefined : source.next(until)),
        exhausted: () => peek() === undefined,
      },
      close: () => Promise.resolve(),
    },
  }
}

const isBefore = (time: EpochMs | undefined, limit: EpochMs): boolean => time !== undefined && time < limit
