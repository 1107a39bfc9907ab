import { describe, expect, it } from 'vitest'
import { createRestlessClock } from '../../../src/domain/restless-clock.ts'

describe('a clock that never stands still', () => {
  it('goes on with the wall while the other rests, and with the other where that is ahead', () => {
    const at = { market: 1_000, wall: 50 }
    const clock = createRestlessClock(
      () => at.market,
      () => at.wall,
    )
    expect(clock()).toBe(1_000)
    at.wall = 80
    expect(clock()).toBe(1_030)
    at.market = 5_000
    at.wall = 90
    expect(clock()).toBe(5_000)
    at.wall = 100
    expect(clock()).toBe(5_010)
    // A market that comes after it does not turn it back.
    at.market = 5_005
    expect(clock()).toBe(5_010)
  })
})
