import { Dec } from './decimal.ts'
import type { Instrument } from './instrument.ts'

/** The one key of an object that stands for what JSON has no words for. */
const DECIMAL = '$decimal'
const NUMBER = '$number'
const INSTRUMENT = '$instrument'

/**
 * A value as JSON that {@link parseExactJson} reads back without a loss: Decimals to their last digit, NaN and the
 * infinities, and an instrument as its symbol. For plain data of our own, not for what others hand in.
 */
export const exactJson = (value: unknown, instruments: readonly Instrument[]): string =>
  JSON.stringify(plain(value, instruments))

function plain(value: unknown, instruments: readonly Instrument[]): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [NUMBER]: String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (Dec.isDecimal(value)) return { [DECIMAL]: value.toString() }
  if (Array.isArray(value)) return value.map((each) => plain(each, instruments))
  const instrument = instruments.find((each) => each === value)
  if (instrument !== undefined) return { [INSTRUMENT]: instrument.symbol }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, instruments)]))
}

/**
 * What {@link exactJson} has written. An instrument that is none of these becomes `null`. Throws where the text is no JSON
 * or a figure is none.
 */
export function parseExactJson(text: string, instruments: readonly Instrument[]): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if (DECIMAL in value) return new Dec(String(value[DECIMAL]))
    if (NUMBER in value) return Number(value[NUMBER])
    if (INSTRUMENT in value) return instruments.find(({ symbol }) => symbol === value[INSTRUMENT]) ?? null
    return value
  })
}
