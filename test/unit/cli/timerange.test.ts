import { describe, expect, it } from 'vitest'
import { parseTimeRange } from '../../../src/cli/timerange.ts'

describe('parseTimeRange', () => {
  it.each([
    ['20240101-20240701', Date.UTC(2024, 0, 1), Date.UTC(2024, 6, 1)],
    ['20240101-', Date.UTC(2024, 0, 1), null],
    ['-20240701', null, Date.UTC(2024, 6, 1)],
    ['20240229-20240301', Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1)],
    [' 20240101-20240102 ', Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)],
  ])('%s', (text, from, to) => {
    expect(parseTimeRange(text)).toEqual({ kind: 'ok', range: { from, to } })
  })

  it.each([
    ['-', 'is no range'],
    ['', 'is no range'],
    ['20240101', 'is no range'],
    ['2024-01-01', 'is no range'],
    ['20230229-20230301', '20230229 is no day'],
    ['20240101-20241301', '20241301 is no day'],
    ['20240101-20240101', 'holds no day'],
    ['20240102-20240101', 'holds no day'],
  ])('%j is refused', (text, what) => {
    expect(parseTimeRange(text)).toMatchObject({
      kind: 'invalid',
      problem: {
        code: 'bad_timerange',
        where: '--timerange',
        what: expect.stringContaining(what),
        hint: expect.stringContaining('20240101-20240701'),
      },
    })
  })
})
