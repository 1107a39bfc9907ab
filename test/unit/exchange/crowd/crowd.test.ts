import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/domain/time.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createCrowd, type CrowdOptions } from '../../../../src/exchange/crowd/crowd.ts'
import { crowdInstruments } from '../../../../src/exchange/crowd/instruments.ts'
import type { Tape, TapeItem } from '../../../../src/exchange/tape.ts'

const START = epochMs(Date.UTC(2026, 0, 5, 7, 0, 0))
const btc = crowdInstruments(['BTCUSDT'])
const quick: CrowdOptions = {
  seed: 7,
  instruments: btc,
  start: START,
  durationMs: HOUR_MS + 10_000,
  prerollMs: DAY_MS / 2,
}

/** A copy without the instrument, as text: every digit counts. */
const line = (item: TapeItem): string => JSON.stringify({ ...item, instrument: item.instrument.symbol })
function read(tape: Tape, limit = Infinity): string[] {
  const lines: string[] = []
  for (let time = tape.peek(); time !== undefined && lines.length < limit; time = tape.peek()) {
    const item = tape.next()
    expect(item.time).toBe(time)
    lines.push(line(item))
  }
  return lines
}
function items(tape: Tape): TapeItem[] {
  const list: TapeItem[] = []
  while (tape.peek() !== undefined) list.push({ ...tape.next() })
  return list
}
const isKind =
  <K extends TapeItem['kind']>(kind: K) =>
  (item: TapeItem): item is Extract<TapeItem, { kind: K }> =>
    item.kind === kind

describe('the crowd as a market', () => {
  it('is the same byte for byte from the same options, and another from another seed', () => {
    const first = createCrowd(quick)
    const second = createCrowd(quick)
    const text = read(first)
    expect(text.length).toBeGreaterThan(1_900)
    expect(read(second)).toEqual(text)
    expect(JSON.stringify([...second.preroll()])).toBe(JSON.stringify([...createCrowd(quick).preroll()]))
    expect(read(createCrowd({ ...quick, seed: 8 }))).not.toEqual(text)
  })

  it('does not depend on what is asked in between, on its length, or on other symbols', () => {
    const text = read(createCrowd(quick))
    const asked = createCrowd({ seed: 7, instruments: btc, start: START, prerollMs: DAY_MS / 2 })
    const lines: string[] = []
    while (lines.length < text.length) {
      asked.peek()
      asked.forcedOrders(btc[0]!)
      asked.history(btc[0]!)
      asked.peek()
      lines.push(line(asked.next()))
    }
    expect(lines).toEqual(text)
    const both = createCrowd({ ...quick, instruments: crowdInstruments(['ETHUSDT', 'BTCUSDT']) })
    expect(read(both).filter((l) => l.includes('"BTCUSDT"'))).toEqual(text)
  })

  it('refuses symbols without parameters and bars that miss settlements', () => {
    const unknown = { ...btc[0]!, symbol: 'XYZUSDT' }
    expect(() => createCrowd({ ...quick, instruments: [unknown] })).toThrow(RangeError)
    expect(() => createCrowd({ ...quick, barMs: 7 * MINUTE_MS })).toThrow(RangeError)
    expect(() => createCrowd({ ...quick, prerollStepMs: 7_000 })).toThrow(RangeError)
  })

  it('moves its symbols together', () => {
    const instruments = crowdInstruments(['BTCUSDT', 'ETHUSDT'])
    const tape = createCrowd({ ...quick, instruments, prerollMs: 10 * DAY_MS, prerollStepMs: 20_000, durationMs: 0 })
    const [x, y] = instruments.map((i) => tape.history(i).close)
    let xy = 0
    let xx = 0
    let yy = 0
    for (let i = 1; i < x!.length; i++) {
      const a = Math.log(x![i]! / x![i - 1]!)
      const b = Math.log(y![i]! / y![i - 1]!)
      xy += a * b
      xx += a * a
      yy += b * b
    }
    expect(xy / Math.sqrt(xx * yy)).toBeGreaterThan(0.4)
    expect(xy / Math.sqrt(xx * yy)).toBeLessThan(0.95)
  })
})

describe('what the crowd’s exchange publishes', () => {
  const list = items(createCrowd(quick))
  const moves = list.filter(isKind('move'))

  it('moves every 2 s from the start, with a book around the last price', () => {
    expect(moves[0]!.time).toBe(START)
    expect(moves.length).toBe((HOUR_MS + 10_000) / 2_000 + 1)
    for (const [i, m] of moves.entries()) {
      expect(m.time).toBe(START + i * 2_000)
      expect([m.jump, m.bar]).toEqual([false, null])
      expect(m.bid).toBeGreaterThan(0)
      expect(m.ask).toBeGreaterThan(m.bid)
      expect([m.bid, m.ask]).toContain(m.last)
      expect(Math.abs(m.mark / m.last - 1)).toBeLessThan(0.01)
      expect(m.minuteVolatility).toBeGreaterThan(0)
      expect(m.minuteVolume).toBeGreaterThan(0)
    }
    const spreads = moves.map((m) => (m.ask - m.bid) / m.last / 2).sort((a, b) => a - b)
    const median = spreads[spreads.length >> 1]!
    expect(median).toBeGreaterThan(0.00002)
    expect(median).toBeLessThan(0.00015)
  })

  it('comes in time order', () => {
    for (let i = 1; i < list.length; i++) expect(list[i]!.time).toBeGreaterThanOrEqual(list[i - 1]!.time)
  })

  it('closes a bar every 5 minutes, 1.5 s after its end, made of the moves since its open', () => {
    const bars = list.filter(isKind('bar'))
    expect(bars[0]!.closeTime).toBe(START)
    expect(bars.length).toBe(13)
    for (const bar of bars.slice(1)) {
      expect(bar.time).toBe(bar.closeTime + 1_500)
      expect(bar.closeTime - bar.openTime).toBe(5 * MINUTE_MS)
      const inside = moves.filter((m) => m.time >= bar.openTime && m.time < bar.closeTime)
      const last = inside.map((m) => m.last)
      const marks = inside.map((m) => m.mark)
      expect([bar.open, bar.high, bar.low, bar.close]).toEqual([
        last[0],
        Math.max(...last),
        Math.min(...last),
        last.at(-1),
      ])
      expect([bar.markHigh, bar.markLow]).toEqual([Math.max(...marks), Math.min(...marks)])
      expect(bar.turnover / bar.volume).toBeGreaterThanOrEqual(bar.low)
      expect(bar.turnover / bar.volume).toBeLessThanOrEqual(bar.high)
      expect(bar.takerBuyVolume).toBeGreaterThan(0)
      expect(bar.takerBuyVolume).toBeLessThan(bar.volume)
      expect(bar.openInterest).toBeGreaterThan(0)
    }
  })

  it('publishes open interest of every half minute a second later', () => {
    const reports = list.filter(isKind('open_interest'))
    expect(reports.length).toBe(121)
    for (const [i, r] of reports.entries()) {
      expect(r.openInterest.asOf).toBe(START + i * 30_000)
      expect(r.time).toBe(r.openInterest.asOf + 1_000)
      expect(r.openInterest.totalUsd).toBeGreaterThan(0)
      expect(r.openInterest.ratioKind).toBe('account')
    }
  })

  it('publishes the account ratio of every fifth minute half a minute later', () => {
    const reports = list.filter(isKind('open_interest'))
    const changes = reports.filter((r, i) => i > 0 && r.openInterest.ratio !== reports[i - 1]!.openInterest.ratio)
    expect(changes.length).toBeGreaterThan(6)
    for (const r of changes) expect((r.openInterest.asOf - START) % (5 * MINUTE_MS)).toBe(30_000)
    const bar = list.filter(isKind('bar'))[3]!
    const before = reports.findLast((r) => r.time <= bar.time)!
    expect(bar.longShortRatio).toBe(before.openInterest.ratio)
  })

  it('settles funding at 00, 08 and 16 UTC after the move of that time, at its mark', () => {
    const parameters = { premiumDeviation: 0.003 }
    const list = items(createCrowd({ ...quick, durationMs: 9 * HOUR_MS + 10_000, parameters }))
    const settlements = list.filter(isKind('funding'))
    expect(settlements.map((s) => s.time)).toEqual([START + HOUR_MS, START + 9 * HOUR_MS])
    for (const s of settlements) {
      const move = list[list.indexOf(s) - 1]!
      expect([move.kind, move.time]).toEqual(['move', s.time])
      expect(s.mark).toBe(move.kind === 'move' && move.mark)
    }
    const [first, second] = settlements.map((s) => s.rate)
    expect(second).not.toBe(first)
    const bars = list.filter(isKind('bar'))
    const rateOfBarEnding = (time: number) => bars.find((b) => b.closeTime === time)!.fundingRate
    expect(rateOfBarEnding(START + HOUR_MS)).not.toBe(first)
    expect(rateOfBarEnding(START + HOUR_MS + 5 * MINUTE_MS)).toBe(first)
    expect(rateOfBarEnding(START + 9 * HOUR_MS)).toBe(first)
  })

  it('makes one-minute bars when asked', () => {
    const tape = createCrowd({ ...quick, barMs: MINUTE_MS, durationMs: 3 * MINUTE_MS + 2_000 })
    const bars = items(tape).filter(isKind('bar'))
    expect(bars.map((b) => b.closeTime - START)).toEqual([0, 60_000, 120_000, 180_000])
    expect(tape.history(btc[0]!).length).toBe(12 * 60 - 1)
  })
})

describe('pre-roll', () => {
  it('is 60 days of bars without a gap, up to the last one known at the start', () => {
    const tape = createCrowd({ seed: 3, instruments: btc, start: START, durationMs: 0, prerollStepMs: 60_000 })
    const h = tape.history(btc[0]!)
    expect(h.length).toBe(60 * 288 - 1)
    expect(h.openTime[0]).toBe(START - 60 * DAY_MS)
    const wrong: number[] = []
    for (let i = 0; i < h.length; i++) {
      const sound =
        h.openTime[i] === h.openTime[0]! + i * 5 * MINUTE_MS &&
        (i === 0 || h.openInterest[i] === h.closeOpenInterest[i - 1]) &&
        h.low[i]! > 0 &&
        h.low[i]! <= Math.min(h.open[i]!, h.close[i]!) &&
        h.high[i]! >= Math.max(h.open[i]!, h.close[i]!) &&
        h.markLow[i]! > 0 &&
        h.markLow[i]! <= h.markHigh[i]! &&
        h.openInterest[i]! > 0 &&
        h.longShortRatio[i]! > 0 &&
        h.takerBuyVolume[i]! > 0 &&
        h.takerBuyVolume[i]! < h.volume[i]!
      if (!sound) wrong.push(i)
    }
    expect(wrong).toEqual([])
    // The bar that ends at the start is published 1.5 s into it.
    const events = [...tape.preroll()]
    expect(events.length).toBe(h.length)
    expect(events.at(-1)!.closeTime).toBe(START - 5 * MINUTE_MS)
    expect(events.every((e) => e.time === e.closeTime + 1_500 && e.time <= START)).toBe(true)
    expect(events[5]!.openInterest).toBe(h.openInterest[6])
  })

  it('joins the live bars, also when the start lies inside one', () => {
    const start = epochMs(START + 2 * MINUTE_MS + 500)
    const tape = createCrowd({ ...quick, start, durationMs: 4 * MINUTE_MS })
    const h = tape.history(btc[0]!)
    expect(h.openTime[h.length - 1]).toBe(START - 5 * MINUTE_MS)
    expect(tape.peek()).toBe(START + 2 * MINUTE_MS + 2_000)
    const bars = items(tape).filter(isKind('bar'))
    expect(bars.map((b) => b.openTime)).toEqual([START])
    expect(bars[0]!.volume).toBeGreaterThan(0)
  })

  it('of two symbols comes in time order', () => {
    const instruments = crowdInstruments(['BTCUSDT', 'SOLUSDT'])
    const events = [...createCrowd({ ...quick, instruments, durationMs: 0 }).preroll()]
    for (let i = 1; i < events.length; i++) expect(events[i]!.time).toBeGreaterThanOrEqual(events[i - 1]!.time)
    expect(events.filter((e) => e.instrument.symbol === 'SOLUSDT').length).toBe(143)
  })
})
