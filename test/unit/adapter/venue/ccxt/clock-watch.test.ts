import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../../../src/domain/unit.ts'
import { createClockWatch } from '../../../../../src/adapter/venue/ccxt/clock-watch.ts'

/** A venue whose clock is `skew` ahead of ours, over a line that takes `trips` there and back. */
function scene(trips: readonly number[], watches = true) {
  const clock = { now: 1_000_000, skew: 0 }
  const offsets: number[] = []
  const warnings: string[] = []
  const alarms: string[] = []
  let trip = 0
  const watch = createClockWatch({
    serverTime: () => {
      const half = trips[trip++ % trips.length]! / 2
      clock.now += half
      const server = clock.now + clock.skew
      clock.now += half
      return Promise.resolve(epochMs(server))
    },
    now: () => epochMs(clock.now),
    setOffset: (offset) => offsets.push(offset),
    recvWindowMs: 5_000,
    warn: (message) => warnings.push(message),
    watches,
  })
  const tick = async (): Promise<void> => {
    watch.tick((code, message) => alarms.push(`${code} ${message}`))
    for (let i = 0; i < 20; i++) await Promise.resolve()
    watch.tick((code, message) => alarms.push(`${code} ${message}`))
  }
  return { clock, watch, offsets, warnings, alarms, tick }
}

describe('the watch over the clock', () => {
  it('takes the offset from the middle of the shortest round trip', async () => {
    const { clock, watch, offsets } = scene([400, 20, 300])
    clock.skew = -120
    expect(await watch.measure()).toBe(-120)
    expect(offsets).toEqual([-120])
  })

  it('says nothing below 250 ms, warns from there, and alarms from a second', async () => {
    const { clock, watch, warnings, alarms, tick } = scene([10])
    for (const skew of [249, 250, 999, 1_000, -1_000]) {
      clock.skew = skew
      watch.measureSoon()
      await tick()
    }
    expect(warnings).toEqual(["the clock is 250 ms off the venue's", "the clock is 999 ms off the venue's"])
    expect(alarms).toEqual([
      "CLOCK_OFFSET the clock is 1000 ms off the venue's, limit 1000 ms",
      "CLOCK_OFFSET the clock is 1000 ms off the venue's, limit 1000 ms",
    ])
  })

  it('measures again every five minutes, and at once when a request was refused for its time', async () => {
    const { clock, watch, offsets, tick } = scene([10])
    await watch.measure()
    clock.now += 299_000
    await tick()
    expect(offsets).toHaveLength(1)
    clock.now += 2_000
    await tick()
    expect(offsets).toHaveLength(2)
    watch.measureSoon()
    await tick()
    expect(offsets).toHaveLength(3)
  })

  it('does not take what a slow line makes of a clock for its going wrong', async () => {
    const trips = [10, 10, 10, 3_000, 3_000, 3_000]
    const { clock, watch, offsets, alarms, tick } = scene(trips)
    clock.skew = 40
    await watch.measure()
    // The answers wait on their way back alone.
    clock.skew = 40 - 1_400
    watch.measureSoon()
    await tick()
    expect([offsets, alarms]).toEqual([[40, 40], []])
    clock.skew = 300
    watch.measureSoon()
    await tick()
    expect(offsets.at(-1)).toBe(300)
    // What no delay explains is believed.
    clock.skew = -2_000
    watch.measureSoon()
    await tick()
    expect(offsets.at(-1)).toBe(-2_000)
    expect(alarms).toHaveLength(1)
  })

  it('does not alarm about a clock that is the venue’s own', async () => {
    const { clock, watch, alarms, tick } = scene([10], false)
    clock.skew = 5_000
    await watch.measure()
    await tick()
    expect(alarms).toEqual([])
  })
})
