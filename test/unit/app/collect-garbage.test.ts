import { expect, it } from 'vitest'
import { collectGarbage } from '../../../src/app/collect-garbage.ts'

it('frees what nobody holds, and leaves what somebody does', async () => {
  const held = { list: Array.from({ length: 100_000 }, (_, i) => ({ i })) }
  const gone = new WeakRef({ list: Array.from({ length: 1_000_000 }, (_, i) => ({ i })) })
  // A reference that was looked at lives until the end of the turn.
  await new Promise((resolve) => setTimeout(resolve, 0))
  await collectGarbage()
  await collectGarbage()
  expect(gone.deref()).toBeUndefined()
  expect(held.list).toHaveLength(100_000)
})
