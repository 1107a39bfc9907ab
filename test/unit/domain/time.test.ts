import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DAY_MS,
  fundingAtOrBefore,
  HOUR_MS,
  isoTime,
  isWeekend,
  nextFunding,
  parseDuration,
  utcDay,
} from '../../../src/domain/time.ts'
import { epochMs } from '../../../src/domain/unit.ts'

const at = (text: string) => epochMs(Date.parse(text))
const instant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2400, 0, 1) }).map(epochMs)

describe('ISO time', () => {
  test('is what Date makes of every instant', () => {
    fc.assert(
      fc.property(instant, (time) => {
        expect(isoTime(time)).toBe(new Date(time).toISOString())
      }),
    )
  })

  test.each([
    '1970-01-01T00:00:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '2100-02-28T23:59:59.999Z',
    '2100-03-01T00:00:00.000Z',
    '1969-12-31T23:59:59.001Z',
  ])('%s', (text) => {
    expect(isoTime(at(text))).toBe(text)
  })

  test('drops what is finer than a millisecond', () => {
    expect(isoTime(epochMs(1.9))).toBe('1970-01-01T00:00:00.001Z')
  })
})

describe('calendar', () => {
  test('weekends are Date’s Saturdays and Sundays', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2400, 0, 1) }), (time) => {
        expect(isWeekend(epochMs(time))).toBe([0, 6].includes(new Date(time).getUTCDay()))
      }),
    )
  })

  test.each([
    ['2025-06-13T23:59:59.999Z', false],
    ['2025-06-14T00:00:00.000Z', true],
    ['2025-06-15T23:59:59.999Z', true],
    ['2025-06-16T00:00:00.000Z', false],
  ])('%s is weekend: %s', (text, weekend) => {
    expect(isWeekend(at(text))).toBe(weekend)
  })

  test('a day starts at midnight UTC', () => {
    expect(utcDay(at('2025-06-11T23:59:59.999Z'))).toBe(at('2025-06-11T00:00:00Z'))
    expect(utcDay(at('2025-06-12T00:00:00.000Z'))).toBe(at('2025-06-12T00:00:00Z'))
  })
})

describe('funding times', () => {
  test.each([
    ['2025-06-11T07:59:59.999Z', '2025-06-11T00:00:00Z', '2025-06-11T08:00:00Z'],
    ['2025-06-11T08:00:00.000Z', '2025-06-11T08:00:00Z', '2025-06-11T16:00:00Z'],
    ['2025-06-11T23:00:00.000Z', '2025-06-11T16:00:00Z', '2025-06-12T00:00:00Z'],
  ])('%s lies between %s and %s', (text, before, next) => {
    expect(fundingAtOrBefore(at(text))).toBe(at(before))
    expect(nextFunding(at(text))).toBe(at(next))
  })
})

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['5m', 300_000],
    ['6h', 6 * HOUR_MS],
    ['2d', 2 * DAY_MS],
    ['1w', 7 * DAY_MS],
    ['1.5h', 5_400_000],
    [' 1m ', 60_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each(['', '5', 'm', '-5m', '5 m', '5M', '1h30m', '1e3s', '٣m'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})
