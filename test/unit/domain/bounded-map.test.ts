import { describe, expect, it } from 'vitest'
import { createBoundedMap } from '../../../src/domain/bounded-map.ts'

describe('bounded map', () => {
  it('forgets the oldest key beyond its limit, and not before', () => {
    const map = createBoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    expect([map.size, map.get('a'), map.get('b')]).toEqual([2, 1, 2])
    map.set('c', 3)
    expect([map.size, map.get('a'), map.get('b'), map.get('c')]).toEqual([2, undefined, 2, 3])
  })

  it('makes a key that is set again the newest', () => {
    const map = createBoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.set('a', 4)
    map.set('c', 3)
    expect([map.get('a'), map.has('b'), map.get('c')]).toEqual([4, false, 3])
  })

  it('does what a map in order of setting does, over many times its limit', () => {
    const limit = 5
    const map = createBoundedMap<number, number>(limit)
    const model = new Map<number, number>()
    let state = 1
    for (let i = 0; i < 2_000; i++) {
      state = (state * 48_271) % 2_147_483_647
      const key = state % 9
      map.set(key, i)
      model.delete(key)
      model.set(key, i)
      if (model.size > limit) model.delete(model.keys().next().value!)
      for (let k = 0; k < 9; k++) expect(map.get(k)).toBe(model.get(k))
      expect(map.size).toBe(model.size)
    }
  })
})
