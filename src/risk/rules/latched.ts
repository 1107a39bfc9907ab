import { refusal, type RefusalCode } from '../../domain/refusal.ts'
import { latchFor, type LatchCode } from '../latch.ts'
import type { Rule } from '../rule.ts'

/** Refuses while a latch holds, in the words of whoever set it. */
export const latched = (latch: LatchCode, code: RefusalCode, words: string): Rule => ({
  code,
  needs: 'nothing',
  check({ request }, context) {
    const held = latchFor(context.latches, latch, request.order.instrument.symbol)
    return held && refusal(code, `${words}: ${held.reason}`, { since: held.since })
  },
})
