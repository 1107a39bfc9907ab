import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSystemClock } from '../../../../src/adapter/clock/system.ts'
import { createWakeup } from '../../../../src/adapter/clock/wakeup.ts'
import { epochMs } from '../../../../src/domain/unit.ts'

const START = 1_767_571_200_000
const NEVER = new AbortController().signal

function scene() {
  const jumps: number[] = []
  const wakeup = createWakeup()
  return { clock: createSystemClock({ wakeup, onJump: (byMs) => jumps.push(byMs) }), wakeup, jumps }
}

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the system clock', () => {
  it('stands still when the wall clock is set back a little, says so once, and goes on where it was', () => {
    const { clock, jumps } = scene()
    vi.advanceTimersByTime(10_000)
    expect(clock.now()).toBe(START + 10_000)
    vi.setSystemTime(START + 6_000)
    expect(clock.now()).toBe(START + 10_000)
    vi.advanceTimersByTime(3_000)
    expect(clock.now()).toBe(START + 10_000)
    vi.advanceTimersByTime(2_000)
    expect(clock.now()).toBe(START + 11_000)
    expect(jumps).toEqual([-4_000])
  })

  it('goes on when the wall clock is set back by more, says so once, and follows it again when it is near', () => {
    const { clock, jumps } = scene()
    vi.advanceTimersByTime(10_000)
    expect(clock.now()).toBe(START + 10_000)
    vi.setSystemTime(START + 4_000)
    expect(clock.now()).toBe(START + 10_000)
    vi.advanceTimersByTime(5_000)
    expect(clock.now()).toBe(START + 15_000)
    vi.setSystemTime(START + 15_200)
    expect(clock.now()).toBe(START + 15_200)
    vi.advanceTimersByTime(2_000)
    expect(clock.now()).toBe(START + 17_200)
    expect(jumps).toEqual([-6_000, 6_200])
  })

  it('lets a pause end, and a venue take a request, while the wall clock is an hour behind', () => {
    const { clock } = scene()
    const due = clock.now() + 500
    vi.setSystemTime(START - 3_600_000)
    vi.advanceTimersByTime(500)
    expect(clock.now()).toBe(due)
  })

  it('stands still for less than a second that it is set back by, and drifts with it', () => {
    const { clock, jumps } = scene()
    for (let i = 0; i < 5; i++) {
      const before = clock.now()
      vi.setSystemTime(before - 900)
      expect(clock.now()).toBe(before)
      vi.advanceTimersByTime(1_000)
      expect(clock.now()).toBe(before + 100)
    }
    expect(jumps).toEqual([])
  })

  it('follows the wall clock forward and says by how much', () => {
    const { clock, jumps } = scene()
    vi.setSystemTime(START + 3_600_000)
    expect(clock.now()).toBe(START + 3_600_000)
    expect(jumps).toEqual([3_600_000])
  })

  it('takes up to a second for drift', () => {
    const { clock, jumps } = scene()
    vi.setSystemTime(START + 1_000)
    expect(clock.now()).toBe(START + 1_000)
    expect(jumps).toEqual([])
  })

  it('sleeps a quarter of a second at most, and less when something comes in', async () => {
    const { clock, wakeup } = scene()
    const first = clock.wait(epochMs(START + 60_000), NEVER)
    await vi.advanceTimersByTimeAsync(250)
    await first
    expect(clock.now()).toBe(START + 250)
    const second = clock.wait(epochMs(START + 60_000), NEVER)
    wakeup.notify()
    await second
    expect(clock.now()).toBe(START + 250)
    expect(clock.wait(epochMs(START + 250), NEVER)).toBeUndefined()
  })
})
