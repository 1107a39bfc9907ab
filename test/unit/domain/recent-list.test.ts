import { describe, expect, test } from 'vitest'
import { createRecentList } from '../../../src/domain/recent-list.ts'

describe('recent list', () => {
  test('keeps so many, forgets the oldest, and knows the newest of a key', () => {
    const list = createRecentList<string, number>(3)
    expect([list.find('a'), list.latest(5)]).toEqual([undefined, []])
    list.add('a', 1)
    list.add('b', 2)
    list.add('a', 3)
    expect([list.find('a'), list.find('b'), list.latest(2)]).toEqual([3, 2, [2, 3]])
    list.add('c', 4)
    expect([list.find('a'), list.find('b'), list.find('c')]).toEqual([3, 2, 4])
    list.add('d', 5)
    list.add('e', 6)
    expect([list.find('a'), list.find('b'), list.latest(9)]).toEqual([undefined, undefined, [4, 5, 6]])
  })
})
