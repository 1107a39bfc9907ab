import { Dec } from '../../../../domain/decimal.ts'

/**
 * A double in full, so that whoever reads it gets the same double; without an exponent, as exchanges write. NaN, a figure
 * that the market's feed does not have, stays `NaN`.
 */
export function numberText(value: number): string {
  const text = String(value)
  return text.includes('e') ? new Dec(value).toFixed() : text
}
