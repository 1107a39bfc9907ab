import { parseDuration } from '../domain/time.ts'
import type { OptionValue } from './command.ts'
import { wholeNumber } from './whole-number.ts'

export type TradeOptions =
  | {
      readonly kind: 'ok'
      readonly tape: readonly string[] | null
      readonly durationMs: number | null
      readonly speed: number
      readonly seed: number
      readonly headless: boolean
    }
  | { readonly kind: 'invalid'; readonly message: string }

/** Market time per wall time that shows something happening and can still be followed. */
const FAST = 120
const MAX_SPEED = 1_000_000
const MAX_SEED = 2 ** 31 - 1

/** What is to be traded, as far as the options depend on it. */
export interface TradedMarket {
  /** The exchange whose market sets the pace; `null` where market time is ours. */
  readonly realTime: string | null
  /** The speed where none is given. */
  readonly pace?: number
  /** Paper on the market of an exchange. */
  readonly livePaper?: boolean
}

/** Reads the options of `trade`; the first one that makes no sense is told with what would. */
export function parseTradeOptions(
  options: Readonly<Record<string, OptionValue>>,
  { realTime, pace = FAST, livePaper = false }: TradedMarket = { realTime: null },
): TradeOptions {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
  const duration = text('duration')
  const durationMs = duration === undefined ? null : parseDuration(duration)
  if (durationMs === undefined || durationMs === 0) {
    return { kind: 'invalid', message: `--duration ${duration}: that is no time. Write it like 90m, 6h or 2d.` }
  }
  const speedText = text('speed') ?? (realTime === null ? String(pace) : '1')
  const speed = speedText === 'max' ? Number.POSITIVE_INFINITY : Number(speedText)
  if (!(speed > 0) || (speed > MAX_SPEED && speed !== Number.POSITIVE_INFINITY)) {
    return { kind: 'invalid', message: `--speed ${speedText}: a number above 0 (60 = a market hour a minute), or max.` }
  }
  if (realTime !== null && speed !== 1) {
    return {
      kind: 'invalid',
      message: `--speed ${speedText}: the market of ${realTime} runs in real time. Leave it out.`,
    }
  }
  const given = text('seed')
  if (livePaper && given !== undefined) {
    return {
      kind: 'invalid',
      message: `--seed ${given}: market: ccxt is a market of its own, and no crowd. Leave it out.`,
    }
  }
  const seedText = given ?? '1'
  const seed = wholeNumber(seedText, MAX_SEED)
  if (seed === undefined) {
    return { kind: 'invalid', message: `--seed ${seedText}: a whole number from 0 to ${MAX_SEED}.` }
  }
  const files = options['tape']
  const tape = Array.isArray(files) && files.length > 0 ? (files as readonly string[]) : null
  if (livePaper && tape !== null) {
    return { kind: 'invalid', message: '--tape: market: ccxt is a market of its own. Leave one of the two out.' }
  }
  if (realTime !== null && tape !== null) {
    return { kind: 'invalid', message: `--tape: ${realTime} has its own market. Leave it out, or use --mode paper.` }
  }
  if (tape === null && speed === Number.POSITIVE_INFINITY && durationMs === null) {
    return {
      kind: 'invalid',
      message: '--speed max needs --duration: the simulated crowd never ends. Add for example --duration 2d.',
    }
  }
  return { kind: 'ok', tape, durationMs, speed, seed, headless: options['headless'] === true }
}
