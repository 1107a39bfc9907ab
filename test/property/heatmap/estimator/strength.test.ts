import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createStrengthRanking } from '../../../../src/heatmap/strength.ts'

const mass = fc.oneof(
  fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
  fc.integer({ min: 1, max: 9 }).map((n) => n / 1e6),
  fc.constantFrom(1e-320, 1e300, 4, 4 * (1 + 2 ** -52)),
)

it('ranks exactly as sorting the window does', () => {
  const observation = fc.record({ band: fc.integer({ min: 0, max: 3 }), mass, wait: fc.integer({ min: 0, max: 40 }) })
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 200 }), (observations) => {
      const ranking = createStrengthRanking(500, 3)
      const seen: { band: number; mass: number; time: number }[] = []
      let time = 0
      for (const next of observations) {
        time += next.wait
        ranking.forget(time)
        const window = seen.filter((o) => o.band === next.band && o.time >= time - 500).map((o) => o.mass)
        const below = window.filter((m) => m < next.mass).length
        const equal = window.filter((m) => m === next.mass).length
        expect(ranking.strength(next.band, next.mass)).toBe(
          window.length < 3 ? null : (below + equal / 2) / window.length,
        )
        ranking.observe(next.band, next.mass, time)
        seen.push({ band: next.band, mass: next.mass, time })
      }
    }),
    { numRuns: 100 },
  )
})

it('holds more observations than it began with room for', () => {
  const ranking = createStrengthRanking(3_000, 1)
  for (let i = 0; i < 10_000; i++) {
    ranking.forget(i)
    ranking.observe(0, (i * 7_919) % 10_007, i)
  }
  const window = Array.from({ length: 3_001 }, (_, i) => ((6_999 + i) * 7_919) % 10_007)
  expect(ranking.strength(0, 5_000)).toBe(
    (window.filter((m) => m < 5_000).length + window.filter((m) => m === 5_000).length / 2) / 3_001,
  )
})
