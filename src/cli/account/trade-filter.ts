import type { TradeFilter } from '../../domain/account-report.ts'
import { normaliseSymbol } from '../../domain/instrument.ts'
import { parseDuration } from '../../domain/time.ts'
import type { OptionValue } from '../command.ts'

const MAX_LIMIT = 1_000

/** Reads --symbol, --since and --limit; a sentence for the first one that makes no sense. `now` in epoch ms. */
export function tradeFilter(
  options: Readonly<Record<string, OptionValue>>,
  now: number,
): { readonly kind: 'ok'; readonly filter: TradeFilter } | { readonly kind: 'invalid'; readonly message: string } {
  const { symbol: asked, since: from, limit: most } = options
  const symbol = typeof asked === 'string' ? normaliseSymbol(asked) : null
  if (symbol === undefined) return invalid(`--symbol ${String(asked)}: that is no symbol. Write it like BTCUSDT.`)
  const since = typeof from === 'string' ? sinceOf(from, now) : null
  if (since === undefined)
    return invalid(`--since ${String(from)}: write a date like 2026-01-31, or a time back like 7d.`)
  const limit = Number(most ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return invalid(`--limit ${String(most)}: a whole number from 1 to ${MAX_LIMIT}.`)
  return { kind: 'ok', filter: { symbol, since, limit } }
}

function sinceOf(text: string, now: number): number | undefined {
  const back = parseDuration(text)
  if (back !== undefined) return now - back
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

const invalid = (message: string) => ({ kind: 'invalid', message }) as const
