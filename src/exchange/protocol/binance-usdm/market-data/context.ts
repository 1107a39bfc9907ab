import type { Instrument } from '../../../../domain/instrument.ts'
import type { DayFigures } from './day-figures.ts'
import { BAD_SYMBOL, missing, type ApiError } from './reply.ts'
import type { SymbolMarket } from './symbol-market.ts'

/** One listed symbol, with what answers about it need. */
export interface Listed {
  readonly instrument: Instrument
  readonly market: SymbolMarket
  readonly day: (now: number) => DayFigures
}

/** What every answer can draw on. */
export interface Context {
  readonly barMs: number
  readonly listed: () => readonly Listed[]
}

/** The symbol that a request must name. */
export function readSymbol(context: Context, query: URLSearchParams): Listed | ApiError {
  const symbol = query.get('symbol') ?? query.get('pair')
  if (symbol === null || symbol === '') return missing('symbol')
  return context.listed().find((each) => each.instrument.symbol === symbol) ?? BAD_SYMBOL
}

/** The symbol that a request names, or all of them where it names none. */
export function readSymbols(context: Context, query: URLSearchParams): readonly Listed[] | Listed | ApiError {
  return query.get('symbol') === null ? context.listed() : readSymbol(context, query)
}
