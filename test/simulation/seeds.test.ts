import { describe, expect, test } from 'vitest'
import { live, PROFILES } from './seeded.ts'

/** A script runs thousands: `node scripts/simulate-faults.ts`. */
const SEEDS = 30

describe('lives against a venue that fails, with a bot that dies', () => {
  test.each(PROFILES)(
    'faults of %s: every invariant after every event, and order a minute after the last fault',
    (profile) => {
      let trades = 0
      let checks = 0
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { world, watch } = live(seed, profile)
        trades += world.trades.length
        checks += watch.checks
      }
      // Proof that something happened.
      expect(trades).toBeGreaterThan(5 * SEEDS)
      expect(checks).toBeGreaterThan(300 * SEEDS)
    },
  )

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
