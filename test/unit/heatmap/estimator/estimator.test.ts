import { describe, expect, it } from 'vitest'
import { createEstimator } from '../../../../src/heatmap/estimator/estimator.ts'
import { massAt } from '../../../../src/heatmap/estimator/mass-map.ts'
import { LONG, SHORT } from '../../../../src/heatmap/estimator/tier-set.ts'
import { bar, BAR_MS, defaults, eager, instrument } from './market.ts'

const DAY_BARS = 288

const start = (config = defaults) => createEstimator({ instrument, config, barMs: BAR_MS })

/** Bins of the positions entered at 50,000, by ascending leverage. */
const LONG_BINS = [21_201, 21_436, 21_544, 21_607, 21_627]
const SHORT_BINS = [21_996, 21_822, 21_729, 21_671, 21_651]

describe('the worked example', () => {
  const estimator = start()
  const masses = (side: 0 | 1): readonly string[] =>
    (side === LONG ? LONG_BINS : SHORT_BINS).map((bin, tier) => massAt(estimator.map, side, tier, bin).toFixed(6))

  it('opens ten contracts on both sides, bin by bin', () => {
    estimator.onBar(bar(1, 1_000))
    expect(estimator.diagnostics()).toMatchObject({ longMass: 0, shortMass: 0 })
    estimator.onBar(bar(2, 1_010))
    const opened = ['0.875000', '1.050000', '0.700000', '0.525000', '0.350000']
    expect(masses(LONG)).toEqual(opened)
    expect(masses(SHORT)).toEqual(opened)
    expect(estimator.diagnostics().longMass).toBeCloseTo(3.5, 12)
  })

  it('ages, releases the 100x longs and closes the rest of the fall in open interest', () => {
    estimator.onBar(bar(3, 1_009, { markLow: 49_690, markHigh: 50_100 }))
    expect(masses(LONG)).toEqual(['0.874224', '1.048690', '0.697866', '0.522141', '0.000000'])
    expect(masses(SHORT)).toEqual(['0.873923', '1.048329', '0.697626', '0.521962', '0.346303'])
    const { longMass, shortMass, long, short } = estimator.diagnostics()
    expect(longMass.toFixed(6)).toBe('3.142920')
    expect(shortMass.toFixed(6)).toBe('3.488144')
    expect(long.released.toFixed(6)).toBe('0.346647')
    expect(short.released).toBe(0)
    expect([long.capped, short.capped, long.instant, long.overflow, long.evicted]).toEqual([0, 0, 0, 0, 0])
    expect(long.deposited - long.aged - long.released - long.closed).toBeCloseTo(longMass, 12)
  })
})

describe('open interest', () => {
  it('deposits nothing on a rise above the limit, and something on one at it', () => {
    const at = start()
    at.onBar(bar(1, 1_000))
    at.onBar(bar(2, 1_250))
    expect(at.diagnostics()).toMatchObject({ levelBreaks: 0 })
    expect(at.diagnostics().long.deposited).toBeCloseTo(0.35 * 250, 9)
    const above = start()
    above.onBar(bar(1, 1_000))
    above.onBar(bar(2, 1_250.1))
    expect(above.diagnostics()).toMatchObject({ levelBreaks: 1, longMass: 0, openInterest: 1_250.1 })
  })

  it('keeps ageing and sweeping without a figure, and does not place what rose meanwhile', () => {
    const estimator = start()
    estimator.onBar(bar(1, 1_000))
    estimator.onBar(bar(2, 1_010))
    estimator.onBar(bar(3, Number.NaN, { markLow: 49_690 }))
    expect(estimator.diagnostics()).toMatchObject({ levelBreaks: 1, openInterest: 1_010 })
    expect(estimator.diagnostics().long.released.toFixed(6)).toBe('0.346647')
    estimator.onBar(bar(4, 1_030))
    expect(estimator.diagnostics()).toMatchObject({ levelBreaks: 1, openInterest: 1_030 })
    expect(estimator.diagnostics().long.deposited).toBeCloseTo(3.5, 12)
    estimator.onBar(bar(5, 1_040))
    expect(estimator.diagnostics().long.deposited).toBeCloseTo(7, 12)
  })

  it('takes missing bars for a missing figure', () => {
    const estimator = start()
    estimator.onBar(bar(1, 1_000))
    estimator.onBar(bar(4, 1_010))
    expect(estimator.diagnostics()).toMatchObject({ levelBreaks: 1, longMass: 0 })
  })

  it('ages over missing bars by the time that passed', () => {
    const estimator = start({ ...defaults, leverageMix: { 100: 1 } })
    estimator.onBar(bar(1, 1_000))
    estimator.onBar(bar(2, 1_010))
    // Six hours later: one half-life.
    estimator.onBar(bar(74, 1_010))
    expect(estimator.diagnostics().longMass).toBeCloseTo(1.75, 12)
  })

  it('scales a side down to the mapped share of open interest, never up', () => {
    const estimator = start({ ...defaults, churnRatio: 1 })
    estimator.onBar(bar(1, 10))
    // Half the volume opens positions, 25 contracts, of which 8.75 are mapped; 35 % of the 10 that exist are 3.5.
    estimator.onBar(bar(2, 10, { volume: 50 }))
    const { longMass, shortMass, long } = estimator.diagnostics()
    expect(longMass).toBeCloseTo(3.5, 12)
    expect(shortMass).toBeCloseTo(3.5, 12)
    expect(long.capped).toBeCloseTo(5.25, 12)
    estimator.onBar(bar(3, 12, { volume: 2 }))
    expect(estimator.diagnostics().longMass).toBeLessThanOrEqual(0.35 * 12)
  })
})

describe('the range', () => {
  it('counts what would lie beyond it and evicts what the price leaves behind', () => {
    const config = { ...defaults, leverageMix: { 3: 0.5, 10: 0.5 }, halfLifeHours: { 3: 240, 10: 96 } }
    const estimator = start(config)
    estimator.onBar(bar(1, 1_000))
    estimator.onBar(bar(2, 1_010))
    // 3x is liquidated a third away from its entry.
    expect(estimator.diagnostics().long).toMatchObject({ overflow: 1.75, deposited: 1.75, evicted: 0 })
    // 10x longs lie at 45,181; a quarter below 60,300 is 45,225.
    estimator.onBar(bar(3, 1_010, { close: 60_300, high: 60_300, low: 50_000, markHigh: 50_000, markLow: 50_000 }))
    expect(estimator.diagnostics().longMass).toBe(0)
    expect(estimator.diagnostics().long.evicted).toBeGreaterThan(1.74)
  })

  it('includes its outermost bins', () => {
    // 10x longs lie in bin 21436: the lowest of the range as long as the close is not a bin higher.
    const closeWithLowest = (bin: number): number => Math.exp((bin + 0.5) * 5e-4) / 0.75
    const left = [21_436, 21_437].map((lowest) => {
      const estimator = start({ ...defaults, leverageMix: { 10: 1 } })
      estimator.onBar(bar(1, 1_000))
      estimator.onBar(bar(2, 1_010))
      estimator.onBar(bar(3, 1_010, { close: closeWithLowest(lowest) }))
      return massAt(estimator.map, LONG, 0, 21_436)
    })
    expect(left[0]).toBeGreaterThan(3.49)
    expect(left[1]).toBe(0)
  })

  it('counts positions that the bar of their entry would have liquidated', () => {
    const estimator = start({ ...defaults, leverageMix: { 100: 1 } })
    estimator.onBar(bar(1, 1_000))
    // Entered between 50,000 and 50,500, closed at 50,000: longs entered above 50,303 are gone.
    estimator.onBar(bar(2, 1_010, { low: 50_000, high: 50_500, close: 50_000 }))
    const { long, short } = estimator.diagnostics()
    expect(long.instant).toBeGreaterThan(0)
    expect(long.instant + long.deposited).toBeCloseTo(3.5, 12)
    expect(short.instant).toBe(0)
    expect(short.deposited).toBeCloseTo(3.5, 12)
  })
})

describe('bars that are none', () => {
  it('change nothing and are counted', () => {
    const estimator = start()
    estimator.onBar(bar(5, 1_000))
    estimator.onBar(bar(6, 1_010))
    const before = { ...estimator.diagnostics(), rejectedBars: 4 }
    estimator.onBar(bar(6, 1_050))
    estimator.onBar(bar(4, 1_050))
    estimator.onBar(bar(7, 1_050, { low: 50_001 }))
    estimator.onBar(bar(7, 1_050, { close: Number.NaN }))
    expect(estimator.diagnostics()).toEqual(before)
  })
})

describe('the release listener', () => {
  it('hears of every bin with the mass it held before the bar', () => {
    const heard: unknown[] = []
    const estimator = createEstimator({
      instrument,
      config: defaults,
      barMs: BAR_MS,
      onRelease: (side, leverage, bin, mass) => heard.push([side, leverage, bin, mass.toFixed(6)]),
    })
    estimator.onBar(bar(1, 1_000))
    estimator.onBar(bar(2, 1_010))
    expect(heard).toEqual([])
    estimator.onBar(bar(3, 1_100, { markLow: 49_690, markHigh: 50_300 }))
    expect(heard).toEqual([
      [LONG, 100, 21_627, '0.346647'],
      [SHORT, 100, 21_651, '0.346647'],
    ])
  })
})

describe('publication', () => {
  it('starts after the burn-in, at multiples of the interval', () => {
    const estimator = start({ ...defaults, burnInDays: 1 })
    const published: number[] = []
    estimator.onBar(bar(1, Number.NaN))
    for (let i = 2; i < 2 * DAY_BARS; i++) {
      const snapshot = estimator.onBar(bar(i, 1_000 + i))
      if (snapshot) published.push(snapshot.asOf / BAR_MS)
    }
    // Open interest is known from bar 2 on; a day later is bar 290, the next full hour bar 300.
    expect(published.slice(0, 2)).toEqual([300, 312])
    expect(estimator.diagnostics().published).toBe(published.length)
  })

  it('describes the map: sides apart, in order, with sizes in contracts and dollars', () => {
    const estimator = start(eager)
    estimator.onBar(bar(1, 1_000))
    const snapshot = estimator.onBar(bar(2, 1_010, { longShortRatio: 1.5 }))!
    expect(snapshot).toMatchObject({
      source: 'estimator@1',
      symbol: 'BTCUSDT',
      sequence: 2,
      asOf: 2 * BAR_MS,
      receivedAt: 2 * BAR_MS + 2_000,
      intervalMs: BAR_MS,
      lagMs: 2_000,
      referencePrice: 50_000,
      quarantined: [],
      openInterest: {
        asOf: 2 * BAR_MS,
        totalUsd: 50_500_000,
        longUsd: null,
        shortUsd: null,
        ratio: 1.5,
        ratioKind: 'account',
      },
      sha256: null,
    })
    const seen = snapshot.levels.map((level) => [level.side, level.mass, level.leverage])
    expect(seen.map(([side, mass, leverage]) => [side, mass, Math.round(Number(leverage))])).toEqual([
      ['long', 0.875, 5],
      ['long', 1.05, 10],
      ['long', 0.7, 20],
      ['long', 0.525, 50],
      ['long', 0.35, 100],
      ['short', 0.35, 100],
      ['short', 0.525, 50],
      ['short', 0.7, 20],
      ['short', 1.05, 10],
      ['short', 0.875, 5],
    ])
    for (const level of snapshot.levels) {
      expect(level.priceLow).toBeLessThan(level.priceMode)
      expect(level.priceMode).toBeLessThan(level.priceHigh)
      expect(level.notionalUsd).toBe(level.mass! * level.priceMode)
      expect(level.strength).toBeNull()
      expect(level.parentIds).toEqual([])
    }
    // A single bin smoothed by two bins falls to half its height between the second and the third neighbour.
    const tenfold = snapshot.levels[1]!
    expect(tenfold.priceMode).toBeCloseTo(Math.exp(21_436.5 * 5e-4), 6)
    expect(tenfold.priceLow).toBeCloseTo(Math.exp(21_434 * 5e-4), 6)
    expect(tenfold.priceHigh).toBeCloseTo(Math.exp(21_439 * 5e-4), 6)
  })

  it('keeps an identity while the mass stays, and gives a new one where new mass lies', () => {
    const estimator = start({ ...eager, leverageMix: { 10: 1 } })
    estimator.onBar(bar(1, 1_000))
    const first = estimator.onBar(bar(2, 1_010))!
    const second = estimator.onBar(bar(3, 1_011))!
    expect(second.levels.map((level) => level.id)).toEqual(first.levels.map((level) => level.id))
    const moved = estimator.onBar(bar(4, 1_030, { close: 50_900 }))!
    const before = new Set(first.levels.map((level) => level.id))
    const long = moved.levels.filter((level) => level.side === 'long').map((level) => before.has(level.id))
    expect(long).toEqual([true, false])
    expect(new Set(moved.levels.map((level) => level.id)).size).toBe(moved.levels.length)
  })

  it('ranks clusters among the hourly ones of the past, as soon as there are enough', () => {
    const strengths = (publishInterval: string): readonly (readonly [number, readonly (number | null)[]])[] => {
      const config = { ...eager, publishInterval, leverageMix: { 10: 1 }, strengthMinObservations: 5 }
      const estimator = start(config)
      estimator.onBar(bar(1, 1_000))
      return Array.from({ length: 240 }, (_, i) => {
        const swing = { close: i % 2 === 0 ? 50_000 : 50_100, low: 50_000, high: 50_100 }
        const snapshot = estimator.onBar(bar(i + 2, 1_010, i === 0 ? {} : swing))
        return [i + 2, (snapshot?.levels ?? []).map((level) => level.strength)] as const
      }).filter(([, found]) => found.length > 0)
    }
    const ranked = strengths('bar').filter(([, found]) => found.some((strength) => strength !== null))
    // The ATR is known after 14 hours, at bar 168. One long and one short an hour from then on make six at bar 192, and
    // what is published with them is not yet ranked among them.
    expect(ranked[0]![0]).toBe(193)
    // The mass only ages: it is always the smallest so far; long and short are equally large.
    expect(ranked[0]![1]).toEqual([0, 0])
    // The past is sampled every hour however rarely it is published.
    expect(strengths('4h').filter(([, found]) => found.some((strength) => strength !== null))[0]![0]).toBe(240)
    expect(strengths('4h').find(([index]) => index === 192)![1]).toEqual([null, null])
  })

  it('uses the last known open interest where the bar has none', () => {
    const estimator = start(eager)
    estimator.onBar(bar(1, 1_000))
    expect(estimator.onBar(bar(2, Number.NaN))!.openInterest).toMatchObject({
      asOf: BAR_MS,
      totalUsd: 50_000_000,
      ratio: null,
      ratioKind: 'unknown',
    })
  })
})

describe('configuration', () => {
  it('refuses a tier without a half-life and an interval that is none', () => {
    expect(() => start({ ...defaults, leverageMix: { 33: 1 } })).toThrow('leverage 33 has no half-life')
    expect(() => start({ ...defaults, publishInterval: 'often' })).toThrow('publish_interval')
  })

  it('drops tiers the venue does not offer and rescales the rest', () => {
    const estimator = start({ ...defaults, leverageMix: { 20: 0.2, 50: 0.3, 150: 0.5 } })
    expect([...estimator.map.tiers.leverage]).toEqual([20, 50])
    expect([...estimator.map.tiers.share]).toEqual([0.4, 0.6])
  })

  it('cuts all down to the largest leverage that is offered where none of the mix is', () => {
    const config = { ...defaults, leverageMix: { 150: 0.5, 200: 0.5 }, halfLifeHours: { 150: 3, 200: 1 } }
    const { tiers } = start(config).map
    expect([[...tiers.leverage], [...tiers.share], [...tiers.halfLifeMs]]).toEqual([[125], [1], [3 * 3_600_000]])
  })

  it('holds at most what the margin table allows', () => {
    const [most, beyond] = [50_000, 1e15].map(
      (typicalNotionalUsd) => start({ ...defaults, typicalNotionalUsd }).map.tiers,
    )
    expect(beyond).toEqual(most)
  })
})
