import { expect, test } from 'vitest'
import { clear, removeAt } from '../../../src/domain/short-list.ts'

test('a list is emptied', () => {
  const list = [1, 2, 3]
  clear(list)
  expect(list).toEqual([])
})

test.each([
  [0, ['b', 'c']],
  [1, ['a', 'c']],
  [2, ['a', 'b']],
])('what stands at %i is taken out, and the rest keeps its order', (index, left) => {
  const list = ['a', 'b', 'c']
  removeAt(list, index)
  expect(list).toEqual(left)
})
