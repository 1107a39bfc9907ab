import { describe, expect, it } from 'vitest'
import { createSchedule, isDue, publishIntervalMs } from '../../../../src/heatmap/estimator/schedule.ts'

describe('publishIntervalMs', () => {
  it('reads durations and the bar', () => {
    expect(publishIntervalMs('bar', 60_000)).toBe(60_000)
    expect(publishIntervalMs('90m', 60_000)).toBe(5_400_000)
    expect(() => publishIntervalMs('0h', 60_000)).toThrow(RangeError)
    expect(() => publishIntervalMs('hourly', 60_000)).toThrow(RangeError)
  })
})

describe('a schedule', () => {
  const fired = (...times: readonly number[]): readonly number[] => {
    const schedule = createSchedule(60)
    return times.filter((time) => isDue(schedule, time))
  }

  it('fires at multiples, and late where one was missed', () => {
    expect(fired(50, 60, 70, 119, 120, 150)).toEqual([60, 120])
    expect(fired(50, 130, 170, 180)).toEqual([130, 180])
  })

  it('fires on its first call only at an exact multiple', () => {
    expect(fired(61, 119)).toEqual([])
    expect(fired(60)).toEqual([60])
  })
})
