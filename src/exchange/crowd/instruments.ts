import type { Instrument } from '../../domain/instrument.ts'
import { listInstrument } from '../listing.ts'
import { defaultSymbolParameters } from './parameters.ts'

/** The contracts the crowd can trade, indexed in the order given; throws on a symbol it does not know. */
export function crowdInstruments(symbols: readonly string[]): readonly Instrument[] {
  return symbols.map((symbol, index) => {
    if (!defaultSymbolParameters(symbol)) throw new RangeError(`the crowd knows no ${symbol}`)
    return listInstrument(symbol, index, Number.NaN)
  })
}
