import { refusal } from '../../domain/refusal.ts'
import type { Rule } from '../rule.ts'

/** The venue trades the contract at the moment. */
export const contractOpen: Rule = {
  code: 'NOT_TRADING',
  needs: 'nothing',
  check({ index, request }, { closed }) {
    const status = closed[index] ?? null
    if (status === null) return undefined
    const { symbol } = request.order.instrument
    return refusal('NOT_TRADING', `${symbol} is not traded at the venue: its status is ${status}`, { status })
  },
}
