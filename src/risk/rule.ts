import { refusal, type Refusal, type RefusalCode } from '../domain/refusal.ts'
import type { EntryRequest, RiskContext } from './context.ts'

/** An entry with its figures taken out of the Decimals once. The gate reuses the object: rules keep nothing of it. */
export interface Entry {
  readonly request: EntryRequest
  /** `instrument.index`. */
  readonly index: number
  /** Base units. */
  readonly quantity: number
  readonly limit: number
  readonly mark: number
  /** Quantity at `worstPrice`, in the quote currency. */
  readonly value: number
}

/**
 * One reason why an entry may be refused. A rule passes only on a comparison that holds, so that a figure which is not a
 * number refuses.
 */
export interface Rule {
  readonly code: RefusalCode
  /** `figures`: asked only when order and account have proven to be numbers, or its sentence would mislead. */
  readonly needs: 'nothing' | 'figures'
  check(entry: Entry, context: RiskContext): Refusal | undefined
}

/** A limit without a value is no limit but a refusal. */
export function notConfigured(...keys: readonly string[]): Rule {
  const refused = refusal(
    'LIMIT_NOT_CONFIGURED',
    `${keys.join(' or ')} is not set: without this limit there are no entries`,
    {
      key: keys.join(','),
    },
  )
  return { code: 'LIMIT_NOT_CONFIGURED', needs: 'nothing', check: () => refused }
}

/** Money in a sentence. */
export const usd = (value: number): string => value.toFixed(2)
