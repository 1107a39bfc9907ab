import { describe, expect, it } from 'vitest'
import { createBarTape } from '../../../../src/exchange/tape/bar-tape.ts'
import type { Tape } from '../../../../src/exchange/tape.ts'
import { BTC, columnsOf, ETH, HOUR, MINUTE, T0, type Bar } from '../fixture.ts'

const WIDE = { wideBarAtr: 3 }

/** Everything on the tape, one line an item. */
function read(tape: Tape): string[] {
  const seen: string[] = []
  for (;;) {
    const time = tape.peek()
    if (time === undefined) return seen
    const item = tape.next()
    expect(item.time).toBe(time)
    const who = `${item.time - T0} ${item.instrument.symbol.slice(0, 3)}`
    if (item.kind === 'move') seen.push(`${who} ${item.last}${item.jump ? ' jump' : ''}`)
    else if (item.kind === 'funding') seen.push(`${who} funding ${item.rate} at ${item.mark}`)
    else if (item.kind === 'bar')
      seen.push(
        `${who} bar ${item.open} ${item.high} ${item.low} ${item.close} OI ${item.openInterest} rate ${item.fundingRate}`,
      )
    else seen.push(`${who} ${item.kind}`)
  }
}
const single = (bars: readonly Bar[], more: Parameters<typeof columnsOf>[2] = {}): Tape =>
  createBarTape([{ instrument: BTC, columns: columnsOf('BTCUSDT', bars, more) }], WIDE)

describe('a bar tape', () => {
  it('goes to the nearer extreme first, to the low when both are equally near', () => {
    expect(
      read(
        single([
          [100, 103, 96, 99],
          [100, 104, 97, 102],
          [100, 103, 97, 101],
        ]),
      ),
    ).toEqual([
      '0 BTC 100 jump',
      '100000 BTC 103',
      '200000 BTC 96',
      '299999 BTC 99',
      '300000 BTC bar 100 103 96 99 OI NaN rate NaN',
      '300000 BTC 100 jump',
      '400000 BTC 97',
      '500000 BTC 104',
      '599999 BTC 102',
      '600000 BTC bar 100 104 97 102 OI NaN rate NaN',
      '600000 BTC 100 jump',
      '700000 BTC 97',
      '800000 BTC 103',
      '899999 BTC 101',
      '900000 BTC bar 100 103 97 101 OI NaN rate NaN',
    ])
  })

  it('tells with a bar the open interest and the rate of the next row, but only where it follows at once', () => {
    const bars: readonly Bar[] = [
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]
    const times = [T0 + 5 * MINUTE, T0 + 10 * MINUTE, T0 + 20 * MINUTE]
    const told = read(single(bars, { times, openInterest: [10, 20, 30], fundingRate: [0.1, 0.2, 0.2] })).filter(
      (line) => line.includes(' bar '),
    )
    expect(told.map((line) => line.split('OI ')[1])).toEqual(['20 rate 0.2', 'NaN rate 0.2', 'NaN rate 0.2'])
  })

  it('settles at 00, 08 and 16 UTC after the open, at the rate of that row', () => {
    const bars = Array.from({ length: 25 }, (): Bar => [100, 100, 100, 100])
    const rates = bars.map((_, i) => (i < 8 ? 0.1 : i < 16 ? 0.2 : i < 24 ? 0.2 : 0.3))
    const settled = read(single(bars, { barMs: HOUR, fundingRate: rates }))
    expect(settled.filter((line) => line.includes('funding'))).toEqual([
      '0 BTC funding 0.1 at 100',
      `${8 * HOUR} BTC funding 0.2 at 100`,
      `${16 * HOUR} BTC funding 0.2 at 100`,
      `${24 * HOUR} BTC funding 0.3 at 100`,
    ])
    expect(settled.slice(0, 2)).toEqual(['0 BTC 100 jump', '0 BTC funding 0.1 at 100'])
  })

  it('settles off that grid where the rate changes', () => {
    const bars = Array.from({ length: 4 }, (): Bar => [100, 100, 100, 100])
    const settled = (fundingRate: readonly number[]): string[] =>
      read(single(bars, { start: T0 + 2 * HOUR, barMs: HOUR, fundingRate })).filter((line) => line.includes('funding'))
    expect(settled([0.1, 0.1, 0.3, 0.3])).toEqual([`${4 * HOUR} BTC funding 0.3 at 100`])
    expect(settled([Number.NaN, 0.1, 0.1, Number.NaN])).toEqual([])
  })

  it('makes up at the end of a gap, or of a bar of a day, for the settlements within', () => {
    const days: readonly Bar[] = [
      [100, 100, 100, 100],
      [100, 100, 100, 100],
    ]
    const settled = (more: Parameters<typeof columnsOf>[2]): number =>
      read(single(days, more)).filter((line) => line.includes('funding')).length
    expect(settled({ barMs: 24 * HOUR, fundingRate: [0.1, 0.1] })).toBe(4)
    expect(settled({ barMs: HOUR, times: [T0 + HOUR, T0 + 17 * HOUR], fundingRate: [0.1, 0.1] })).toBe(2)
  })

  it('interleaves instruments by time: bars, then opens, then settlements', () => {
    const bars: readonly Bar[] = [
      [100, 101, 98, 100],
      [100, 101, 98, 100],
    ]
    const tape = createBarTape(
      [
        { instrument: BTC, columns: columnsOf('BTCUSDT', bars, { start: T0 - 5 * MINUTE, fundingRate: [0.1, 0.2] }) },
        { instrument: ETH, columns: columnsOf('ETHUSDT', bars.slice(0, 1), { fundingRate: [0.3] }) },
      ],
      WIDE,
    )
    expect(read(tape).filter((line) => !line.includes('9999'))).toEqual([
      '-300000 BTC 100 jump',
      '-200000 BTC 101',
      '-100000 BTC 98',
      '-1 BTC 100',
      '0 BTC bar 100 101 98 100 OI NaN rate 0.2',
      '0 BTC 100 jump',
      '0 ETH 100 jump',
      '0 BTC funding 0.2 at 100',
      '0 ETH funding 0.3 at 100',
      '100000 BTC 101',
      '100000 ETH 101',
      '200000 BTC 98',
      '200000 ETH 98',
      '300000 BTC bar 100 101 98 100 OI NaN rate 0.2',
      '300000 ETH bar 100 101 98 100 OI NaN rate 0.3',
    ])
  })

  it('skips a gap of all instruments', () => {
    const bars: readonly Bar[] = [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
    ]
    expect(read(single(bars, { times: [T0, T0 + 10 * HOUR] })).filter((line) => line.includes('jump'))).toEqual([
      '0 BTC 1 jump',
      `${10 * HOUR} BTC 2 jump`,
    ])
  })

  it('refuses columns that share no grid, or run backwards', () => {
    const bars: readonly Bar[] = [
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]
    expect(() => single(bars, { times: [T0, T0 + 400_000] })).toThrow(/off the grid in row 1/)
    expect(() => single(bars, { times: [T0, T0] })).toThrow(/out of order in row 1/)
    expect(() =>
      createBarTape(
        [
          { instrument: BTC, columns: columnsOf('BTCUSDT', bars) },
          { instrument: ETH, columns: columnsOf('ETHUSDT', bars, { barMs: HOUR }) },
        ],
        WIDE,
      ),
    ).toThrow(/ETHUSDT has bars of 3600000 ms/)
    expect(() => createBarTape([], WIDE)).toThrow(/no columns/)
  })
})

describe('what a move knows of the past', () => {
  /** Statistics with which each bar's open is handed out. */
  const opens = (bars: readonly Bar[], more: Parameters<typeof columnsOf>[2] = {}) => {
    const tape = single(bars, more)
    const seen: { volatility: number; volume: number; wide: boolean }[] = []
    while (tape.peek() !== undefined) {
      const item = tape.next()
      if (item.kind === 'move' && item.jump)
        seen.push({ volatility: item.minuteVolatility, volume: item.minuteVolume, wide: item.bar?.wide ?? false })
    }
    return seen
  }

  it('is the volatility and the volume of a minute over the bars before', () => {
    // closes alternate by a hundredth, up 1 % and down 1/101; the volume is 50 in 5 minutes
    const bars = Array.from({ length: 23 }, (_, i): Bar =>
      i % 2 === 0 ? [100, 101, 100, 100, 50] : [100, 101, 100, 101, 50],
    )
    const seen = opens(bars)
    expect(seen[19]).toEqual({ volatility: Number.NaN, volume: Number.NaN, wide: false })
    expect(seen[20]!.volume).toBeCloseTo(10, 12)
    expect(seen[20]!.volatility).toBeNaN()
    // twenty returns: ten of +1 %, ten of −1/101
    expect(seen[21]!.volatility).toBeCloseTo(Math.sqrt((0.01 ** 2 + (1 / 101) ** 2) / 2 / 5), 12)
  })

  it('calls a bar wide from three trailing ATRs on', () => {
    const quiet = Array.from({ length: 14 }, (): Bar => [100, 101, 99, 100])
    expect(opens([...quiet, [100, 103, 97, 100]]).at(-1)!.wide).toBe(true)
    expect(opens([...quiet, [100, 102.9, 97, 100]]).at(-1)!.wide).toBe(false)
    expect(opens([...quiet.slice(1), [100, 110, 90, 100]]).at(-1)!.wide).toBe(false)
  })
})
