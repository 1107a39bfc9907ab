import { refusal } from '../../domain/refusal.ts'
import type { Rule } from '../rule.ts'

/** The way to the venue is open, and the books have been compared with it since it last was not. */
export const venueReady: Rule = {
  code: 'VENUE_DOWN',
  needs: 'nothing',
  check(_entry, { venue }) {
    if (venue === 'ready') return undefined
    return venue === 'down'
      ? refusal('VENUE_DOWN', 'the connection to the venue is down')
      : refusal('RECONCILING', 'the books have not been compared with the venue yet')
  },
}
