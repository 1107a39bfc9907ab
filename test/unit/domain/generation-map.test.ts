import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGenerationMap } from '../../../src/domain/generation-map.ts'

describe('a map of generations', () => {
  it('knows what was set, and the latest value of it', () => {
    const map = createGenerationMap<string, number>(2)
    map.set('a', 1)
    map.set('a', 2)
    expect(map.get('a')).toBe(2)
    expect(map.get('b')).toBeUndefined()
  })

  it('takes a new value for a key of an earlier generation', () => {
    const map = createGenerationMap<string, number>(1)
    map.set('a', 1)
    map.set('b', 1)
    map.set('a', 2)
    expect(map.get('a')).toBe(2)
  })

  it('keeps alive what is looked at', () => {
    const map = createGenerationMap<number, number>(3)
    map.set(-1, -1)
    for (let i = 0; i < 100; i++) {
      map.set(i, i)
      expect(map.get(-1)).toBe(-1)
    }
  })

  it('knows the latest so many keys, and never more than twice as many', () => {
    const keys = fc.array(fc.tuple(fc.nat({ max: 20 }), fc.boolean()), { maxLength: 200 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), keys, (limit, steps) => {
        const map = createGenerationMap<number, number>(limit)
        const values = new Map<number, number>()
        let latest: number[] = []
        const seen = (key: number): void => {
          latest = [key, ...latest.filter((other) => other !== key)]
        }
        steps.forEach(([key, looks], step) => {
          if (looks) {
            if (map.get(key) !== undefined) seen(key)
          } else {
            map.set(key, step)
            values.set(key, step)
            seen(key)
          }
        })
        // Looks change what is kept, so that each is asked of a map of its own: the newest first changes nothing.
        const kept = latest.filter((key) => map.get(key) !== undefined)
        for (const key of latest.slice(0, limit)) expect(map.get(key)).toBe(values.get(key))
        expect(kept.slice(0, limit)).toEqual(latest.slice(0, limit))
        expect(kept.length).toBeLessThanOrEqual(2 * limit)
      }),
    )
  })
})
