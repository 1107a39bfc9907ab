import { refusal } from '../../domain/refusal.ts'
import { latchFor } from '../latch.ts'
import type { Rule } from '../rule.ts'

/** Entries were stopped by command. */
export const entriesStopped: Rule = {
  code: 'ENTRIES_STOPPED',
  needs: 'nothing',
  check({ request }, context) {
    const latch = latchFor(context.latches, 'ENTRIES_STOPPED', request.order.instrument.symbol)
    return latch && refusal('ENTRIES_STOPPED', `entries are stopped: ${latch.reason}`, { since: latch.since })
  },
}
