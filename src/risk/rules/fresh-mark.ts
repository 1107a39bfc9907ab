import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { SECOND_MS } from '../../domain/time.ts'
import type { Rule } from '../rule.ts'

/** The mark is recent. One from the future is a broken clock and as bad as an old one. */
export function freshMark(config: Pick<Config, 'heatmap'>): Rule {
  const limitMs = config.heatmap.priceStaleAfterSecs * SECOND_MS
  return {
    code: 'PRICE_STALE',
    needs: 'figures',
    check({ index }, context) {
      const ageMs = context.time - context.markTime[index]!
      if (ageMs >= 0 && ageMs <= limitMs) return undefined
      return refusal('PRICE_STALE', `mark ${ageMs / SECOND_MS} s old, limit ${limitMs / SECOND_MS} s`, {
        ageMs,
        limitMs,
      })
    },
  }
}
