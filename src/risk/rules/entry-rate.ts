import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { HOUR_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { latchFor } from '../latch.ts'
import { notConfigured, type Rule } from '../rule.ts'

/** Entries of a symbol within one hour; beyond it something repeats itself. */
export function entryRate(config: Pick<Config, 'risk'>): Rule {
  const limit = config.risk.entriesPerHour
  if (limit === null) return notConfigured('risk.entries_per_hour')
  return {
    code: 'ENTRY_RATE',
    needs: 'nothing',
    check({ request, index }, context) {
      const latch = latchFor(context.latches, 'ENTRY_RATE', request.order.instrument.symbol)
      if (latch) return refusal('ENTRY_RATE', `entries are latched off: ${latch.reason}`, { since: latch.since })
      const entries = context.entries.countSince(index, epochMs(context.time - HOUR_MS))
      if (entries + 1 <= limit) return undefined
      return refusal('ENTRY_RATE', `${entries} entries within the last hour, limit ${limit}`, { entries, limit })
    },
  }
}
