import { refusal } from '../../domain/refusal.ts'
import type { Rule } from '../rule.ts'

/** One signal opens at most one position. */
export const duplicateSignal: Rule = {
  code: 'DUPLICATE_SIGNAL',
  needs: 'nothing',
  check({ request }, context) {
    if (!context.signals.has(request.signalId)) return undefined
    return refusal('DUPLICATE_SIGNAL', `signal ${request.signalId} has already led to an order`, {
      signal: request.signalId,
    })
  },
}
