import { refusal } from '../../domain/refusal.ts'
import { latchFor } from '../latch.ts'
import type { Rule } from '../rule.ts'

/** The kill switch. */
export const killLatch: Rule = {
  code: 'KILL_LATCH',
  needs: 'nothing',
  check({ request }, context) {
    const latch = latchFor(context.latches, 'KILL', request.order.instrument.symbol)
    return latch && refusal('KILL_LATCH', `killed: ${latch.reason}`, { since: latch.since })
  },
}
