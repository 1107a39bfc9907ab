import { openRecording } from '../../adapter/heatmap/recording.ts'
import { fetchHeatmap } from '../../adapter/heatmap/fetch-once.ts'
import type { HeatmapFailure } from '../../adapter/heatmap/failure.ts'
import { createHeatmapClient, HEATMAP_SOURCE } from '../../adapter/heatmap/http.ts'
import type { Config } from '../../config/schema.ts'
import type { LevelSnapshot } from '../../domain/cluster.ts'
import { splitSymbol, type Instrument } from '../../domain/instrument.ts'
import { SECOND_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { listInstrument } from '../../exchange/listing.ts'
import { createDoor, type SnapshotDoor } from '../../heatmap/door.ts'
import type { HeatmapDoor } from '../../port/heatmap-door.ts'
import { lookFailed, type LookFailure, type LookFailureKind } from '../look-failure.ts'

/** Maps of one symbol from outside, and the price they are held against. */
export interface FoundMaps {
  readonly kind: 'ok'
  readonly instrument: Instrument
  /** Never empty. */
  readonly snapshots: readonly LevelSnapshot[]
  readonly price: number
}

/** Maps of a recording that are looked at: enough for identities and for the anchoring of the levels. */
const RECORDED_MAPS = 240

export const heatmapDoor = (config: Config, symbol: string, tick: number): SnapshotDoor =>
  createDoor({
    source: HEATMAP_SOURCE,
    symbol,
    tick,
    intervalMs: config.heatmap.pollIntervalSecs * SECOND_MS,
    lagMs: 0,
    priceCollarRatio: config.heatmap.priceCollarPct / 100,
    assertAbsolute: config.heatmap.levels === 'absolute',
  })

/** The contract of a symbol as far as a price tells it; `undefined` where it takes a price and there is none. */
export function contractOf(symbol: string, price: number | null): Instrument | undefined {
  if (splitSymbol(symbol) === undefined) return undefined
  try {
    return listInstrument(symbol, 0, price ?? Number.NaN)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A failed read as a sentence and an exit code. */
export function failureOf({ code, message }: HeatmapFailure): LookFailure {
  const kinds: Partial<Record<HeatmapFailure['code'], LookFailureKind>> = {
    TIMEOUT: 'timeout',
    UNSUPPORTED_SYMBOL: 'not_found',
    BAD_URL: 'configuration',
    ADDRESS_REFUSED: 'configuration',
    WRONG_PATH: 'configuration',
  }
  const hints: Partial<Record<HeatmapFailure['code'], string>> = {
    NETWORK: 'Is the heatmap service running at this address? Our own one: npx lodestone heatmap serve',
    WRONG_PATH: 'Give the base URL alone, as in --heatmap-url http://127.0.0.1:8004',
    PRICE_COLLAR: 'A map of another price says nothing about this one. Without --price the service’s own price counts',
  }
  return lookFailed(kinds[code] ?? 'error', `No usable heatmap: ${message}`, hints[code] ?? null)
}

/** One map from a service, with its open interest. */
export async function fetchMap(
  config: Config,
  url: string,
  symbol: string,
  price: number | null,
): Promise<FoundMaps | LookFailure> {
  const created = createHeatmapClient({ url })
  if (created.kind === 'failed') return failureOf(created.failure)
  const client = created.value
  // A contract that is not listed takes its tick from the price that comes with the first answer.
  let door: SnapshotDoor | undefined
  const lazily: HeatmapDoor = {
    open(arrival, own) {
      const known = own.price ?? arrival.payload.currentPrice
      door ??= heatmapDoor(config, symbol, contractOf(symbol, known)?.tick ?? 0)
      return door.open(arrival, own)
    },
  }
  try {
    const fetched = await fetchHeatmap({ client, symbol, door: lazily, own: { price, openInterestUsd: null } })
    if (fetched.kind === 'failed') return failureOf(fetched.failure)
    return found(symbol, [fetched.value.snapshot], price)
  } finally {
    client.close()
  }
}

/** The last maps of a recording. */
export function recordedMaps(
  config: Config,
  file: string,
  symbol: string,
  price: number | null,
): FoundMaps | LookFailure {
  const instrument = contractOf(symbol, price)
  if (!instrument)
    return lookFailed(
      'configuration',
      `${symbol} is not listed here, so its tick is not known`,
      'Give its price: --price <price>',
    )
  let refused = ''
  const opened = openRecording({
    path: file,
    targets: [
      {
        instrument,
        door: heatmapDoor(config, symbol, instrument.tick),
        own: () => ({ price: null, openInterestUsd: null }),
      },
    ],
    onReport: (report) => {
      refused = report.message
    },
  })
  if (opened.kind === 'invalid')
    return lookFailed('error', `${opened.problem.where}: ${opened.problem.what}`, opened.problem.hint, [])
  const { source, info } = opened
  if (!info.symbols.includes(symbol))
    return lookFailed('not_found', `${file} holds ${info.symbols.join(', ')}, not ${symbol}`)
  const snapshots: LevelSnapshot[] = []
  for (let event = source.next(epochMs(Infinity)); event; event = source.next(epochMs(Infinity))) {
    if (event.kind === 'heatmap') snapshots.push(event.snapshot)
    if (snapshots.length > RECORDED_MAPS) snapshots.shift()
  }
  if (snapshots.length === 0)
    return lookFailed('error', `${file} holds no usable map of ${symbol}${refused === '' ? '' : `: ${refused}`}`)
  return found(symbol, snapshots, price)
}

function found(symbol: string, snapshots: readonly LevelSnapshot[], given: number | null): FoundMaps | LookFailure {
  const last = snapshots.at(-1)!
  const price = given ?? last.referencePrice
  if (price === null)
    return lookFailed(
      'error',
      `The heatmap is empty and has no price for ${symbol} yet`,
      'A service that warms up says so like this; try again',
    )
  const instrument = contractOf(symbol, price)
  if (!instrument)
    return lookFailed(
      'configuration',
      `${symbol} ends in no known quote currency`,
      'Write it like BTCUSDT or BTC/USDT:USDT',
    )
  return { kind: 'ok', instrument, snapshots, price }
}
