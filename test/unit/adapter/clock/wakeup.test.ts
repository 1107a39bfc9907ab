import { describe, expect, it } from 'vitest'
import { createWakeup } from '../../../../src/adapter/clock/wakeup.ts'

const NEVER = new AbortController().signal
const LONG_MS = 5_000

async function took(waiting: Promise<void>): Promise<number> {
  const from = performance.now()
  await waiting
  return performance.now() - from
}

describe('the wake-up', () => {
  it('ends a sleep within the macrotask of the notice', async () => {
    const wakeup = createWakeup()
    const order: string[] = []
    const waiting = wakeup.wait(LONG_MS, NEVER).then(() => order.push('awake'))
    const later = new Promise<void>((resolve) => {
      setImmediate(() => {
        setImmediate(() => {
          order.push('next macrotask')
          resolve()
        })
        wakeup.notify()
      })
    })
    await Promise.all([waiting, later])
    expect(order).toEqual(['awake', 'next macrotask'])
  })

  it('remembers one notice that came before the sleep, and only one', async () => {
    const wakeup = createWakeup()
    wakeup.notify()
    wakeup.notify()
    expect(await took(wakeup.wait(LONG_MS, NEVER))).toBeLessThan(20)
    expect(await took(wakeup.wait(30, NEVER))).toBeGreaterThanOrEqual(25)
  })

  it('ends with an interrupt, before or during the sleep', async () => {
    const wakeup = createWakeup()
    const interrupt = new AbortController()
    const waiting = wakeup.wait(LONG_MS, interrupt.signal)
    interrupt.abort()
    expect(await took(waiting)).toBeLessThan(20)
    expect(await took(wakeup.wait(LONG_MS, interrupt.signal))).toBeLessThan(20)
  })
})
