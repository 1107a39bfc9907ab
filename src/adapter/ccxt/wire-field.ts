import { Dec, type Decimal } from '../../domain/decimal.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'

/** An answer or a frame that does not have the shape it must have. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** An object off the wire, its fields not yet looked at. */
export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Throws a {@link WireError} unless `value` is an object. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new WireError(`${what}: not an object`)
  return value
}

/** Throws a {@link WireError} unless `value` is a list of objects. */
export function rowsOf(value: unknown, what: string): readonly Fields[] {
  if (!Array.isArray(value)) throw new WireError(`${what}: not a list`)
  return value.map((row: unknown) => fieldsOf(row, what))
}

/** Text, or a number as its text; `undefined` where it is absent, null or empty. */
export function textIn(fields: Fields, key: string): string | undefined {
  const value = fields[key]
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** As {@link textIn}; throws a {@link WireError} where there is none. */
export function textAt(fields: Fields, key: string): string {
  const text = textIn(fields, key)
  if (text === undefined) throw new WireError(`no ${key}`)
  return text
}

const DECIMAL = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/

/** Exact; `undefined` where it is absent or no number. */
export function decimalIn(fields: Fields, key: string): Decimal | undefined {
  const text = textIn(fields, key)
  return text !== undefined && DECIMAL.test(text) ? new Dec(text) : undefined
}

/** As {@link decimalIn}; throws a {@link WireError} where there is none. */
export function decimalAt(fields: Fields, key: string): Decimal {
  const value = decimalIn(fields, key)
  if (value === undefined) throw new WireError(`${key} is no number`)
  return value
}

/** A finite number; throws a {@link WireError} where there is none. */
export function numberAt(fields: Fields, key: string): number {
  const value = Number(textAt(fields, key))
  if (!Number.isFinite(value)) throw new WireError(`${key} is no number`)
  return value
}

/** Epoch ms; `undefined` where it is absent or no number. */
export function timeIn(fields: Fields, key: string): EpochMs | undefined {
  const value = decimalIn(fields, key)
  return value === undefined ? undefined : epochMs(value.toNumber())
}

/** Epoch ms; throws a {@link WireError} where there is none. */
export const timeAt = (fields: Fields, key: string): EpochMs => epochMs(numberAt(fields, key))

/** True for `true` and `"true"`. */
export const flagIn = (fields: Fields, key: string): boolean => fields[key] === true || fields[key] === 'true'
