import { describe, expect, it } from 'vitest'
import { sliceColumns } from '../../../../src/adapter/history/slice.ts'
import type { BarColumns } from '../../../../src/domain/bar-columns.ts'

const openTime = Float64Array.from([100, 200, 300, 500])
const columns: BarColumns = {
  symbol: 'BTCUSDT',
  barMs: 100,
  length: 4,
  openTime,
  open: openTime,
  high: openTime,
  low: openTime,
  close: openTime,
  volume: openTime,
  turnover: openTime,
  openInterest: openTime,
  fundingRate: openTime,
  longShortRatio: openTime,
  takerBuyVolume: openTime,
}

const opens = (from: number | null, to: number | null): readonly number[] => {
  const slice = sliceColumns(columns, from, to)
  expect(slice.length).toBe(slice.takerBuyVolume.length)
  return [...slice.openTime]
}

describe('sliceColumns', () => {
  it('takes the bars that open in the half-open range', () => {
    expect(opens(200, 500)).toEqual([200, 300])
    expect(opens(201, 501)).toEqual([300, 500])
    expect(opens(null, 300)).toEqual([100, 200])
    expect(opens(300, null)).toEqual([300, 500])
    expect(opens(null, null)).toEqual([100, 200, 300, 500])
  })

  it('may hold nothing', () => {
    expect(opens(301, 500)).toEqual([])
    expect(opens(501, null)).toEqual([])
    expect(opens(400, 100)).toEqual([])
  })
})
