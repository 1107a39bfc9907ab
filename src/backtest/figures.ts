import type { Decimal } from '../domain/decimal.ts'
import { Dec } from '../domain/decimal.ts'

/** Beyond this, digits of an average are noise. */
const DECIMALS = 12
const SIGNIFICANT = 10

/** Money or an average price as a plain decimal string. */
export const decimalText = (value: Decimal): string => value.toDecimalPlaces(DECIMALS).toString()

/** A figure of the market or the model as a plain decimal string; `null` stays. */
export const numberText = (value: number | null): string | null =>
  value === null || !Number.isFinite(value) ? null : new Dec(value).toSignificantDigits(SIGNIFICANT).toString()

/** A ratio without the noise of binary fractions; `null` stays. */
export const rounded = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(SIGNIFICANT))
