import { Dec, type Decimal } from './decimal.ts'

declare const unit: unique symbol
type Branded<T, U extends string> = T & { readonly [unit]: U }

/** Price of one base unit in the quote currency, as the venue sees it (exact). */
export type Price = Branded<Decimal, 'price'>
/** Quantity in base units (exact, never negative; direction is a side). */
export type Quantity = Branded<Decimal, 'quantity'>
/** Amount of the quote currency (exact; negative = paid or lost). */
export type Money = Branded<Decimal, 'money'>
/** Milliseconds since the Unix epoch, UTC, on the clock of the running mode (market time when it is scaled). */
export type EpochMs = Branded<number, 'epoch_ms'>

export const price = (value: Decimal.Value): Price => new Dec(value) as Price
export const quantity = (value: Decimal.Value): Quantity => new Dec(value) as Quantity
export const money = (value: Decimal.Value): Money => new Dec(value) as Money
export const epochMs = (value: number): EpochMs => value as EpochMs
