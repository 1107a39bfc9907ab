import { expect, it } from 'vitest'
import { levelId } from '../../../../src/heatmap/estimator/level-id.ts'

it('gives every birth its own identity, always the same', () => {
  expect(levelId('s', 'BTCUSDT', 'long', 1, 2)).toBe(levelId('s', 'BTCUSDT', 'long', 1, 2))
  const ids = new Set<string>()
  for (const side of ['long', 'short']) {
    for (let time = 0; time < 200; time++) {
      for (let bin = 21_000; bin < 21_100; bin++) ids.add(levelId('estimator@1', 'BTCUSDT', side, time * 300_000, bin))
    }
  }
  expect(ids.size).toBe(40_000)
  expect([...ids].every((id) => /^[0-9a-z]{14}$/.test(id))).toBe(true)
})
