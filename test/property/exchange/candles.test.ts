import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BarEvent } from '../../../src/domain/event.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { createMarketData } from '../../../src/exchange/protocol/binance-usdm/market-data/market-data.ts'
import { BTC, MINUTE, T0 } from '../../unit/exchange/fixture.ts'

const BAR = 5 * MINUTE
const LAG = 1_500
const INTERVALS = { '5m': BAR, '15m': 3 * BAR, '1h': 12 * BAR, '4h': 48 * BAR } as const

const bar = (i: number, price: number, volume: number): BarEvent => ({
  kind: 'bar',
  time: epochMs(T0 + (i + 1) * BAR + LAG),
  openTime: epochMs(T0 + i * BAR),
  closeTime: epochMs(T0 + (i + 1) * BAR),
  instrument: BTC,
  open: price,
  high: price + 2,
  low: price - 2,
  close: price + 1,
  volume,
  turnover: volume * price,
  markHigh: Number.NaN,
  markLow: Number.NaN,
  openInterest: 1_000 + i,
  fundingRate: 0,
  longShortRatio: 1,
  takerBuyVolume: volume / 4,
})

/** Bars with gaps between them: how many are missing before each, its price and its volume. */
const series = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 50, max: 200 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 150,
  })
  .map((rows) => {
    let i = -1
    return rows.map(([gap, price, volume]) => bar((i += 1 + gap), price, volume))
  })

type Row = readonly [number, ...string[]]

describe('candles asked for', () => {
  it('are those of the bars known by then, whatever the window', () => {
    fc.assert(
      fc.property(
        series,
        fc.constantFrom(...(Object.keys(INTERVALS) as (keyof typeof INTERVALS)[])),
        fc.record({
          startTime: fc.option(fc.integer({ min: T0 - BAR, max: T0 + 600 * BAR }), { nil: undefined }),
          endTime: fc.option(fc.integer({ min: T0 - BAR, max: T0 + 600 * BAR }), { nil: undefined }),
          limit: fc.integer({ min: 1, max: 12 }),
        }),
        fc.integer({ min: T0, max: T0 + 600 * BAR }),
        (bars, interval, window, now) => {
          const { startTime, endTime, limit } = window
          if (startTime !== undefined && endTime !== undefined && startTime > endTime) return
          const data = createMarketData({
            instruments: () => [BTC],
            barMs: BAR,
            history: bars,
            halfSpread: () => 0.0001,
          })
          const query = new URLSearchParams({ symbol: 'BTCUSDT', interval, limit: String(limit) })
          if (startTime !== undefined) query.set('startTime', String(startTime))
          if (endTime !== undefined) query.set('endTime', String(endTime))
          const answer = data.answer('/fapi/v1/klines', query, now)
          const length = INTERVALS[interval]
          const groups = new Map<number, BarEvent[]>()
          for (const one of bars) {
            if (one.time > now) continue
            const openTime = Math.floor(one.openTime / length) * length
            groups.set(openTime, [...(groups.get(openTime) ?? []), one])
          }
          const all = [...groups].filter(([time]) => time >= (startTime ?? 0) && time <= (endTime ?? Infinity))
          // Without a start it is the time that the limit spans, so that gaps make the answer shorter.
          const end = all.at(-1)?.[0] ?? 0
          const expected =
            startTime === undefined ? all.filter(([time]) => time > end - limit * length) : all.slice(0, limit)
          const rows = answer?.body as readonly Row[]
          expect(rows.map((row) => [row[0], ...row.slice(1, 6).map(Number), Number(row[7]), Number(row[9])])).toEqual(
            expected.map(([time, of]) => [
              time,
              of[0]!.open,
              Math.max(...of.map((one) => one.high)),
              Math.min(...of.map((one) => one.low)),
              of.at(-1)!.close,
              of.reduce((sum, one) => sum + one.volume, 0),
              of.reduce((sum, one) => sum + one.turnover, 0),
              of.reduce((sum, one) => sum + one.takerBuyVolume, 0),
            ]),
          )
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
