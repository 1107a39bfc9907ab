import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { impatient } from '../../../../../src/adapter/venue/ccxt/impatient-wire.ts'
import type { Request, Wire } from '../../../../../src/adapter/venue/ccxt/wire.ts'

const REQUEST: Request = { method: 'any', cost: [1], parameters: {} }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Every question waits for the test to answer it, and leaves at once or when the test says so. */
function scene(leavesAtOnce = true) {
  const leave: (() => void)[] = []
  const asked: PromiseWithResolvers<unknown>[] = []
  const sent: Request[] = []
  const wire: Wire = {
    send: async (_priority, request) => sent.push(request),
    ask: (_priority, { isWanted }) => {
      if (leavesAtOnce) isWanted?.()
      else leave.push(() => isWanted?.())
      const question = Promise.withResolvers<unknown>()
      asked.push(question)
      return question.promise
    },
    inFlight: 3,
  }
  return { asked, leave, sent, wire: impatient(wire, 500) }
}

test('a question without an answer is asked once more, and the first answer counts', async () => {
  const { wire, asked } = scene()
  const answer = wire.ask('protective', REQUEST)
  await vi.advanceTimersByTimeAsync(499)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toHaveLength(2)
  asked[1]!.resolve('second')
  expect(await answer).toBe('second')
  asked[0]!.reject(new Error('too late to matter'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(2)
})

test('the answer to the first counts as well, and a refusal is an answer', async () => {
  const late = scene()
  const answer = late.wire.ask('protective', REQUEST)
  await vi.advanceTimersByTimeAsync(500)
  late.asked[0]!.resolve('first')
  expect(await answer).toBe('first')
  const refused = scene()
  const refusal = refused.wire.ask('protective', REQUEST)
  refused.asked[0]!.reject(new Error('no such order'))
  await expect(refusal).rejects.toThrow('no such order')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(refused.asked).toHaveLength(1)
})

test('a question that waits for its turn is not asked again until it has left', async () => {
  const { wire, asked, leave } = scene(false)
  const answer = wire.ask('protective', REQUEST)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(asked).toHaveLength(1)
  leave[0]!()
  await vi.advanceTimersByTimeAsync(499)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toHaveLength(2)
  asked[0]!.resolve('first')
  expect(await answer).toBe('first')
})

test('what is sent is sent once', async () => {
  const { wire, sent } = scene()
  await wire.send('protective', REQUEST)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(1)
  expect(wire.inFlight).toBe(3)
})
