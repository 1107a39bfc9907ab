import { describe, expect, test } from 'vitest'
import { live, PROFILES } from './seeded.ts'

/** A script runs thousands: `node scripts/simulate-faults.ts`. */
const SEEDS = 6
const FIRST = [1, 7, 13, 19, 25]

describe('lives against a venue that fails, with a bot that dies', () => {
  test.each(PROFILES.flatMap((profile) => FIRST.map((first) => [profile, first] as const)))(
    'faults of %s, from seed %i: every invariant after every event, and order a minute after the last fault',
    (profile, first) => {
      let trades = 0
      let checks = 0
      for (let seed = first; seed < first + SEEDS; seed++) {
        const { world, watch } = live(seed, profile)
        trades += world.trades.length
        checks += watch.checks
      }
      // Proof that something happened.
      expect(trades).toBeGreaterThan(5 * SEEDS)
      expect(checks).toBeGreaterThan(300 * SEEDS)
    },
  )

  test.each([
    [289, 'an exit of a trade that was over closed the next one'],
    [363, 'a late entry fill turned the next trade’s position round'],
    [1_349, 'a late fill of a void trade after a closing by the venue'],
    [1_700, 'an entry beside a position that no trade had'],
    [1_850, 'a late fill while the next entry worked'],
    [5_141, 'a naked position whose exit had failed often'],
    [6_588, 'a resting entry that the venue’s lists did not show yet'],
  ])('seed %i: %s', (seed) => {
    expect(live(seed, 'plain').watch.checks).toBeGreaterThan(300)
  })

  test('the same seed is the same life', () => {
    const told = (seed: number): unknown => {
      const { world } = live(seed)
      return [
        world.venue.submitted.map((o) => `${o.clientOrderId} ${o.quantity.toString()}`),
        world.alerts,
        world.venue.wallet.toString(),
      ]
    }
    for (let seed = 1; seed <= 5; seed++) expect(told(seed)).toEqual(told(seed))
  })
})
