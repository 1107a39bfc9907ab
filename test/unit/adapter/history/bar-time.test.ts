import { describe, expect, it } from 'vitest'
import { isPlausibleTime, parseIsoTime, timeUnitOf } from '../../../../src/adapter/history/bar-time.ts'

describe('parseIsoTime', () => {
  it.each([
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2024-01-01T08:30Z', Date.UTC(2024, 0, 1, 8, 30)],
    ['2024-01-01 08:30:15', Date.UTC(2024, 0, 1, 8, 30, 15)],
    ['2024-01-01T08:30:15.250Z', Date.UTC(2024, 0, 1, 8, 30, 15, 250)],
    ['2024-01-01T08:30:15.250000', Date.UTC(2024, 0, 1, 8, 30, 15, 250)],
    ['2024-01-01T00:30:00+05:30', Date.UTC(2023, 11, 31, 19)],
    ['2024-01-01T00:00:00-0100', Date.UTC(2024, 0, 1, 1)],
    ['2024-01-01 00:00:00 UTC', Date.UTC(2024, 0, 1)],
  ])('%s', (text, time) => {
    expect(parseIsoTime(text)).toBe(time)
  })

  it.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-32',
    '2024-01-01T24:00',
    '2024-01-01T08:60',
    '01/02/2024',
    '2024-1-1',
    '2024-01-01T08:30:15.0001',
    '',
  ])('%j is no such time', (text) => {
    expect(parseIsoTime(text)).toBeNaN()
  })
})

describe('isPlausibleTime', () => {
  it('holds from 2000 to 2099', () => {
    expect(
      [Date.UTC(2000, 0, 1) - 1, Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1) - 1, Date.UTC(2100, 0, 1)].map(
        isPlausibleTime,
      ),
    ).toEqual([false, true, true, false])
  })
})

describe('timeUnitOf', () => {
  it.each([
    ['1704067200000', 'ms'],
    ['1704067200', 's'],
    ['2024-01-01', 'iso'],
    ['1704067200000000', undefined],
    ['noon', undefined],
    ['', undefined],
  ])('%s is %s', (text, unit) => {
    expect(timeUnitOf(text)).toBe(unit)
  })
})
