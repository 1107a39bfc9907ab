import { refusal } from '../../domain/refusal.ts'
import type { Rule } from '../rule.ts'

/** The way to the venue is open, and the books have agreed with it since it last was not, or since they last did not. */
export const venueReady: Rule = {
  code: 'VENUE_DOWN',
  needs: 'nothing',
  check(_entry, { venue }) {
    if (venue === 'ready') return undefined
    return venue === 'down'
      ? refusal('VENUE_DOWN', 'the connection to the venue is down')
      : refusal('RECONCILING', 'the books have not been found to agree with the venue')
  },
}
