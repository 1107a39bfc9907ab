import { readHistory } from '../../adapter/history/csv.ts'
import type { Config } from '../../config/schema.ts'
import { normaliseSymbol, splitSymbol } from '../../domain/instrument.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { candlesOf, lookAtCandles, lookAtMap, type Candles, type Look } from '../look.ts'
import { lookFailed, type LookFailure } from '../look-failure.ts'
import { NO_OPEN_INTEREST, openInterestDays } from '../missing-map.ts'
import { capitalised } from '../sentence.ts'
import { contractOf, fetchMap, recordedMaps } from './heatmap-source.ts'

export interface LookOptions {
  readonly config: Config
  /** As the user wrote it. */
  readonly symbol: string
  /** Candles: for the estimator, and for technical confirmation. */
  readonly file: string | null
  /** Our own price; `null`: the source's. */
  readonly price: number | null
}

export type LookResult = { readonly kind: 'ok'; readonly look: Look } | LookFailure

const unusable = (text: string): LookFailure =>
  lookFailed(
    'configuration',
    `${JSON.stringify(text.slice(0, 32))} is no symbol`,
    'Write it like BTCUSDT or BTC/USDT:USDT',
  )

/** Looks once at one symbol, with the configured source of its heatmap. */
export async function look(options: LookOptions): Promise<LookResult> {
  const { config, file, price } = options
  const symbol = normaliseSymbol(options.symbol)
  if (symbol === undefined || splitSymbol(symbol) === undefined) return unusable(options.symbol)
  const read = file === null ? null : readCandles(config, file, symbol)
  if (read?.kind === 'failed') return read
  const candles = read?.candles ?? null
  const { source, url, file: recording } = config.heatmap
  switch (source) {
    case 'estimator':
      return estimated(config, symbol, candles, price)
    case 'api': {
      if (url === null)
        return lookFailed(
          'configuration',
          'heatmap.source is api, and heatmap.url is not set',
          'Give --heatmap-url <url>, or set heatmap.url',
        )
      const maps = await fetchMap(config, url, symbol, price)
      return maps.kind === 'failed' ? maps : { kind: 'ok', look: lookAtMap(config, { ...maps, source, candles }) }
    }
    case 'recording': {
      if (recording === null)
        return lookFailed(
          'configuration',
          'heatmap.source is recording, and heatmap.file is not set',
          'Set heatmap.file to a recording made by: npx lodestone record',
        )
      const maps = recordedMaps(config, recording, symbol, price)
      return maps.kind === 'failed' ? maps : { kind: 'ok', look: lookAtMap(config, { ...maps, source, candles }) }
    }
  }
}

type CandleResult = { readonly kind: 'ok'; readonly candles: Candles } | LookFailure

function readCandles(config: Config, file: string, symbol: string): CandleResult {
  const named = readHistory(file)
  const isUnnamed = named.kind === 'invalid' && named.problems.some((p) => p.code === 'unknown_symbol')
  const read = isUnnamed ? readHistory(file, symbol) : named
  if (read.kind === 'invalid') return lookFailed('error', 'The candles cannot be used', null, read.problems)
  if (read.columns.symbol !== symbol)
    return lookFailed('not_found', `${file} holds ${read.columns.symbol}, not ${symbol}`)
  const candles = candlesOf(config, read.columns)
  if (candles) return { kind: 'ok', candles }
  const minutes = read.columns.barMs / MINUTE_MS
  return lookFailed(
    'configuration',
    `timeframe: ${config.timeframe} cannot be built from bars of ${minutes} min`,
    'Use auto, or a multiple of them',
  )
}

/** The estimator over candles, looked at where they end. */
export function estimated(config: Config, symbol: string, candles: Candles | null, price: number | null): LookResult {
  if (!candles) {
    return lookFailed(
      'configuration',
      'heatmap.source is estimator, which makes its map from candles with open interest, and there are none',
      'Give them: --data bybit_BTCUSDT_1h.csv.gz; or ask a heatmap service: --heatmap-url <url>',
    )
  }
  const { columns } = candles
  const days = openInterestDays(columns)
  if (days === 0)
    return lookFailed('configuration', capitalised(NO_OPEN_INTEREST), 'Give a file with the column open_interest')
  const instrument = contractOf(symbol, columns.close[columns.length - 1]!)
  if (!instrument) return unusable(symbol)
  const found = lookAtCandles(config, instrument, candles, price)
  if (found.state.snapshot !== null) return { kind: 'ok', look: found }
  const { burnInDays } = config.estimator
  return lookFailed(
    'configuration',
    `The estimator publishes after ${burnInDays} days of open interest; these candles hold ${days.toFixed(1)}`,
    'Give more candles, or lower estimator.burn_in_days',
  )
}
