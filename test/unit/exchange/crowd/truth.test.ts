import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../../src/domain/time.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createCrowd, type CrowdOptions } from '../../../../src/exchange/crowd/crowd.ts'
import { crowdInstruments } from '../../../../src/exchange/crowd/instruments.ts'
import { stylisedFacts } from '../../../../src/exchange/crowd/stylised-facts.ts'
import { createCrowdWithTruth } from '../../../../src/exchange/crowd/truth.ts'

const START = epochMs(Date.UTC(2026, 0, 5, 12, 0, 0))
const btc = crowdInstruments(['BTCUSDT'])
const instrument = btc[0]!
const quick: CrowdOptions = { seed: 11, instruments: btc, start: START, durationMs: 12 * HOUR_MS, prerollMs: DAY_MS }

describe('ground truth', () => {
  it('shows the same market as the tape alone, which does not show the truth', () => {
    const plain = createCrowd(quick)
    const { tape } = createCrowdWithTruth(quick)
    for (let i = 0; i < 2_000; i++) expect({ ...tape.next() }).toEqual({ ...plain.next() })
    expect(Object.keys(plain).sort()).toEqual(['forcedOrders', 'history', 'instruments', 'next', 'peek', 'preroll'])
  })

  it('balances: every contract has a long and a short', () => {
    const { tape, ledger } = createCrowdWithTruth(quick)
    const end = START + quick.durationMs!
    while (tape.peek() !== undefined) {
      const item = tape.next()
      if (item.kind !== 'move' || item.time % 600_000 !== 0 || item.time === end) continue
      const { longLots, shortLots, hedgerLots } = ledger(instrument)
      const longs = longLots + Math.max(0, hedgerLots)
      expect(longs).toBe(shortLots + Math.max(0, -hedgerLots))
      const { mark, time } = item
      let report = tape.next()
      while (report.kind !== 'open_interest') report = tape.next()
      expect(report.openInterest.asOf).toBe(time)
      expect(report.openInterest.totalUsd).toBe(longs * instrument.lot * mark)
    }
  })

  it('forces a position when the mark crosses its liquidation price, and never else', () => {
    const { tape, truth, forcedOrders } = createCrowdWithTruth({ ...quick, seed: 4 })
    const marks = new Map<number, number>()
    const before = forcedOrders.length
    for (let i = 0; tape.peek() !== undefined; i++) {
      const item = tape.next()
      if (item.kind !== 'move') continue
      marks.set(item.time, item.mark)
      if (i % 40 !== 0) continue
      for (const p of truth(instrument)) {
        if (p.side === 'long' ? p.liquidationPrice >= item.mark : p.liquidationPrice <= item.mark) {
          expect.fail(`${p.side} ${p.liquidationPrice} survived a mark of ${item.mark}`)
        }
      }
    }
    const live = forcedOrders.slice(before)
    expect(live.length).toBeGreaterThan(20)
    for (const order of live) {
      const s = order.side === 'long' ? 1 : -1
      expect(order.mark).toBe(marks.get(order.time))
      expect((order.liquidationPrice - order.mark) * s).toBeGreaterThanOrEqual(0)
      const previous = marks.get(order.time - 2_000)
      // Funding moves the level itself within the step of a settlement.
      if (previous !== undefined && order.time % (8 * HOUR_MS) !== 0) {
        expect((order.liquidationPrice - previous) * s).toBeLessThan(0)
      }
    }
  })

  it('adds up to the public summary of forced orders', () => {
    const { tape, forcedOrders } = createCrowdWithTruth(quick)
    while (tape.peek() !== undefined) tape.next()
    const summary = tape.forcedOrders(instrument)
    const longs = forcedOrders.filter((o) => o.side === 'long')
    const shorts = forcedOrders.filter((o) => o.side === 'short')
    expect([summary.longCount, summary.shortCount]).toEqual([longs.length, shorts.length])
    expect(summary.longNotional).toBeCloseTo(
      longs.reduce((t, o) => t + o.quantity * o.price, 0),
      3,
    )
    expect(summary.shortQuantity).toBeCloseTo(
      shorts.reduce((t, o) => t + o.quantity, 0),
      6,
    )
  })

  it('has another leverage mix and unmapped share than the estimator assumes', () => {
    const { truth, ledger } = createCrowdWithTruth({
      ...quick,
      durationMs: 0,
      prerollMs: 10 * DAY_MS,
      prerollStepMs: 20_000,
    })
    const { longLots, shortLots, unmappedLots } = ledger(instrument)
    const unmapped = unmappedLots / (longLots + shortLots)
    expect(unmapped).toBeGreaterThan(0.4)
    expect(unmapped).toBeLessThan(0.6)
    const positions = truth(instrument)
    const total = positions.reduce((t, p) => t + p.quantity, 0)
    const share = (leverage: number) =>
      positions.filter((p) => p.leverage === leverage).reduce((t, p) => t + p.quantity, 0) / total
    expect(share(3)).toBeGreaterThan(0.3)
    expect(share(50) + share(100)).toBeLessThan(0.05)
  })
})

describe('the crowd’s stylised facts over 20 days', () => {
  // Bands: least and most of the real spans of 2021–2025, widened for spans a third as long.
  it.each([1, 2, 3])('lie where real ones lie, seed %d', (seed) => {
    const options = { ...quick, seed, durationMs: 0, prerollMs: 20 * DAY_MS, prerollStepMs: 10_000 }
    const { tape, forcedOrders } = createCrowdWithTruth(options)
    const bars = tape.history(instrument)
    const forced = { long: 0, short: 0 }
    for (const o of forcedOrders) if (o.time >= bars.openTime[0]!) forced[o.side] += o.quantity
    const f = stylisedFacts(bars, forced)
    const within = (name: keyof typeof f, low: number, high: number): void => {
      expect(f[name], name).toBeGreaterThan(low)
      expect(f[name], name).toBeLessThan(high)
    }
    within('hourlyVolatility', 0.003, 0.01)
    within('excessKurtosis', 1, 100)
    within('returnAutocorrelation1', -0.2, 0.2)
    within('absoluteAutocorrelation1', 0.08, 0.45)
    within('absoluteAutocorrelation6', -0.03, 0.3)
    within('absoluteAutocorrelation24', 0, 0.35)
    within('openInterestTurnover', 0.004, 0.0085)
    within('volumeTurnover', 1, 6.5)
    within('volumeCorrelation', 0.4, 0.7)
    expect(f.liquidatedLongShare + f.liquidatedShortShare).toBeGreaterThan(0.003)
    expect(f.liquidatedLongShare + f.liquidatedShortShare).toBeLessThan(0.054)
  })
})
