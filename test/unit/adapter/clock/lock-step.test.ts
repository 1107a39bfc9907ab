import { describe, expect, it } from 'vitest'
import { createLockStepClock } from '../../../../src/adapter/clock/lock-step.ts'
import { createWakeup } from '../../../../src/adapter/clock/wakeup.ts'
import { epochMs } from '../../../../src/domain/unit.ts'

const NEVER = new AbortController().signal

function scene(options: { readonly speed?: number; readonly publications?: readonly number[] } = {}) {
  const asked: number[] = []
  const ends: (string | null)[] = []
  const state = { busy: false, lost: false, over: false }
  const publications = options.publications ?? []
  let now = 1_000
  const wakeup = createWakeup()
  const clock = createLockStepClock({
    control: {
      start: now,
      async advance(until) {
        asked.push(until)
        if (state.lost) throw new Error('the exchange is gone')
        now = Math.min(until, publications.find((time) => time > now) ?? Infinity)
        return { now, ended: state.over }
      },
    },
    wakeup,
    speed: options.speed ?? Infinity,
    busy: () => state.busy,
    onEnd: (reason) => ends.push(reason),
  })
  return { clock, wakeup, state, asked, ends }
}

describe('the lock-step clock', () => {
  it('moves to the next publication and no further than it was asked to', async () => {
    const { clock, asked } = scene({ publications: [3_000, 5_000] })
    await clock.wait(epochMs(4_000), NEVER)
    expect(clock.now()).toBe(3_000)
    await clock.wait(epochMs(4_000), NEVER)
    expect(clock.now()).toBe(4_000)
    expect(clock.wait(epochMs(4_000), NEVER)).toBeUndefined()
    expect(asked).toEqual([4_000, 4_000])
  })

  it('stands still while requests are on their way', async () => {
    const { clock, state, wakeup, asked } = scene()
    state.busy = true
    const waiting = clock.wait(epochMs(9_000), NEVER)
    wakeup.notify()
    await waiting
    expect(clock.now()).toBe(1_000)
    expect(asked).toEqual([])
    state.busy = false
    await clock.wait(epochMs(9_000), NEVER)
    expect(clock.now()).toBe(9_000)
  })

  it('is raised by what answers carry, never lowered', () => {
    const { clock } = scene()
    clock.observe(epochMs(1_500))
    clock.observe(epochMs(1_200))
    expect(clock.now()).toBe(1_500)
  })

  it('tells once when the exchange is lost, and asks no more', async () => {
    const { clock, state, wakeup, asked, ends } = scene()
    state.lost = true
    await clock.wait(epochMs(2_000), NEVER)
    wakeup.notify()
    await clock.wait(epochMs(2_000), NEVER)
    expect(ends).toEqual(['the exchange is gone'])
    expect(asked).toHaveLength(1)
    expect(clock.now()).toBe(1_000)
  })

  it('tells when the market is over', async () => {
    const { clock, state, ends } = scene()
    state.over = true
    await clock.wait(epochMs(2_000), NEVER)
    expect(ends).toEqual([null])
  })

  it('moves on only once the wall clock is where the market is', async () => {
    const { clock, asked } = scene({ speed: 100 })
    const from = performance.now()
    await clock.wait(epochMs(1_000 + 6_000), NEVER)
    while (clock.now() < 8_000) await clock.wait(epochMs(8_000), NEVER)
    const took = performance.now() - from
    expect(took).toBeGreaterThanOrEqual(50)
    expect(took).toBeLessThan(1_000)
    expect(asked).toEqual([7_000, 8_000])
  })

  it('lets a command in while it waits for the wall clock, and moves no market for it', async () => {
    const { clock, wakeup, asked } = scene({ speed: 0.001 })
    await clock.wait(epochMs(100_000), NEVER)
    const from = performance.now()
    const waiting = clock.wait(epochMs(200_000), NEVER)
    wakeup.notify()
    await waiting
    expect(performance.now() - from).toBeLessThan(200)
    expect(asked).toEqual([100_000])
  })

  it('lets an interrupt end the pacing', async () => {
    const { clock } = scene({ speed: 0.001 })
    await clock.wait(epochMs(100_000), NEVER)
    const interrupt = new AbortController()
    const waiting = clock.wait(epochMs(200_000), interrupt.signal)
    setTimeout(() => interrupt.abort(), 10)
    const from = performance.now()
    await waiting
    expect(performance.now() - from).toBeLessThan(200)
  })
})
