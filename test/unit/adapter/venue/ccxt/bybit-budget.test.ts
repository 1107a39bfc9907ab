import { expect, it } from 'vitest'
import { createPriorityLimiter } from '../../../../../src/adapter/limiter/priority-limiter.ts'
import { COST, LIMITER_RULES } from '../../../../../src/adapter/venue/ccxt/bybit/cost.ts'

const ALLOWED_IN_A_SECOND = 10

it.each(['order', 'cancel'] as const)(
  'one %s for each of thirty pairs at once keeps within the count',
  async (kind) => {
    let now = 0
    const limiter = createPriorityLimiter(LIMITER_RULES, () => now)
    const sent: number[] = []
    let refused = 0
    for (let i = 0; i < 30; i++)
      void Promise.resolve(limiter.acquire('protective', COST[kind])).then((grant) => {
        if (grant === 'granted') sent.push(now)
        else refused += 1
      })
    for (; now < 6_000; now += 10) {
      limiter.pump()
      await Promise.resolve()
      await Promise.resolve()
    }
    const most = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 1_000).length))
    expect(most).toBeLessThanOrEqual(ALLOWED_IN_A_SECOND)
    expect(sent.length).toBeGreaterThanOrEqual(25)
    expect(refused).toBe(30 - sent.length)
  },
)

it('whatever is asked keeps within the count of an address, beyond which it is banned for ten minutes', async () => {
  let now = 0
  const limiter = createPriorityLimiter(LIMITER_RULES, () => now)
  const sent: number[] = []
  const ask = (): void =>
    void Promise.resolve(limiter.acquire('protective', COST.one)).then((grant) => {
      if (grant === 'granted') sent.push(now)
    })
  for (; now < 12_000; now += 50) {
    limiter.pump()
    for (let i = 0; i < 600 && limiter.waiting < 50; i++) ask()
    await Promise.resolve()
    await Promise.resolve()
  }
  const most = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 5_000).length))
  expect(most).toBeLessThanOrEqual(600)
  expect(most).toBeGreaterThan(400)
})
