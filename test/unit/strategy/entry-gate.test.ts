import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../src/domain/candidate.ts'
import type { MarketView } from '../../../src/domain/market-view.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { entryRefusals, type EntryHistory, type LastExit } from '../../../src/strategy/entry-gate.ts'
import { candidate, codes, configFrom, HOUR, marketView, NOON } from './scene.ts'

const SECOND = 1_000
const MINUTE = 60_000
const ago = (ms: number) => epochMs(NOON - ms)

const history = (patch: Partial<EntryHistory> = {}): EntryHistory => ({
  position: null,
  lastExit: null,
  lastStop: () => null,
  entriesSince: () => 0,
  clusterUsed: () => false,
  fired: () => false,
  feed: { snapshotIntervalMs: 0, snapshotLagMs: 0, openInterestIntervalMs: 0, openInterestLagMs: 0 },
  slippageRatio: Number.NaN,
  exposure: null,
  ...patch,
})

interface Case {
  readonly view?: Partial<MarketView>
  readonly want?: Partial<Candidate>
  readonly past?: Partial<EntryHistory>
  readonly entry?: object
  readonly heatmap?: object
}
const ask = ({ view, want, past, entry = {}, heatmap = {} }: Case = {}) =>
  entryRefusals(marketView(view), candidate(want), history(past), configFrom({ entry, heatmap }))
const refused = (c: Case = {}) => codes(ask(c))

describe('the gates before an entry', () => {
  it('are all open in a quiet market with no past', () => {
    expect(ask()).toEqual([])
  })

  it('position: one at a time', () => {
    expect(refused({ past: { position: 'LONG' } })).toEqual(['POSITION_OPEN'])
    expect(refused({ past: { position: 'SHORT' } })).toEqual(['POSITION_OPEN'])
  })

  it('are all listed', () => {
    const past = {
      position: 'LONG',
      lastExit: { time: ago(1), reason: 'target', decidedAt: null },
      lastStop: () => ago(1),
      entriesSince: () => 2,
      clusterUsed: () => true,
      fired: () => true,
      slippageRatio: 0.01,
    } as const
    const view = {
      fundingRate: 0.001,
      bookKnown: true,
      halfSpreadRatio: 0.001,
      health: 'DEGRADED',
      anchoring: 'undetermined',
      priceTime: ago(3_000),
    } as const
    expect(refused({ past, view })).toEqual([
      'POSITION_OPEN',
      'COOLDOWN',
      'STOP_COOLDOWN',
      'DAILY_ENTRIES',
      'CLUSTER_USED',
      'NOT_RESET',
      'FUNDING_COST',
      'SPREAD',
      'SLIPPAGE',
      'PRICE_STALE',
      'HEATMAP_UNHEALTHY',
      'ANCHORING_UNDETERMINED',
    ])
  })
})

describe('cool-down', () => {
  const exit = (time: number, patch: Partial<LastExit> = {}): Partial<EntryHistory> => ({
    lastExit: { time: ago(time), reason: 'target', decidedAt: null, ...patch },
  })

  it('lasts four hours after an exit', () => {
    expect(refused({ past: exit(4 * HOUR - 1) })).toEqual(['COOLDOWN'])
    expect(refused({ past: exit(4 * HOUR) })).toEqual([])
    expect(ask({ past: exit(1.5 * HOUR) })[0]!.message).toBe('last exit 1.5 h ago, 4 h asked')
  })

  it('counts bars instead where told to', () => {
    expect(refused({ past: exit(HOUR - 1), entry: { cooldown_bars: 1 } })).toEqual(['COOLDOWN'])
    expect(refused({ past: exit(HOUR), entry: { cooldown_bars: 1 } })).toEqual([])
    expect(refused({ past: exit(0), entry: { cooldown_bars: 0 } })).toEqual([])
  })

  it('spares a breakout on the bar that ended the trade at its zone', () => {
    const breakout = { strategy: 'cluster_breakout' } as const
    const broken = (decidedAt: number | null) =>
      exit(0, { reason: 'anchor_broken', decidedAt: decidedAt === null ? null : ago(decidedAt) })
    expect(refused({ want: breakout, past: broken(0) })).toEqual([])
    expect(refused({ want: breakout, past: broken(HOUR - 1) })).toEqual([])
    expect(refused({ want: breakout, past: broken(HOUR) })).toEqual(['COOLDOWN'])
    expect(refused({ want: breakout, past: broken(null) })).toEqual(['COOLDOWN'])
    expect(refused({ want: breakout, past: exit(0, { decidedAt: NOON }) })).toEqual(['COOLDOWN'])
    expect(refused({ past: broken(0) })).toEqual(['COOLDOWN'])
  })

  it('lasts twelve hours after a stop in the same direction', () => {
    const stopped = (time: number): Partial<EntryHistory> => ({
      lastStop: (direction) => (direction === 'LONG' ? ago(time) : null),
    })
    expect(refused({ past: stopped(12 * HOUR - 1) })).toEqual(['STOP_COOLDOWN'])
    expect(refused({ past: stopped(12 * HOUR) })).toEqual([])
    expect(refused({ past: stopped(0), want: { direction: 'SHORT' } })).toEqual([])
    expect(refused({ past: stopped(0), entry: { stop_cooldown_hours: 0 } })).toEqual([])
  })
})

describe('repetition', () => {
  it('two entries a day, by UTC', () => {
    const entries = (count: number): Partial<EntryHistory> => ({
      entriesSince: (time) => (time === Date.UTC(2025, 5, 11) ? count : 99),
    })
    expect(refused({ past: entries(1) })).toEqual([])
    expect(refused({ past: entries(2) })).toEqual(['DAILY_ENTRIES'])
    expect(refused({ past: entries(2), entry: { max_entries_per_day: null } })).toEqual([])
  })

  it('one entry per zone, whichever strategy', () => {
    const past: Partial<EntryHistory> = { clusterUsed: (id) => id === 'z1' }
    expect(refused({ past })).toEqual(['CLUSTER_USED'])
    expect(refused({ past, want: { anchor: { ...candidate().anchor!, id: 'z2' } } })).toEqual([])
    expect(refused({ past: { clusterUsed: () => true }, want: { anchor: null } })).toEqual([])
  })

  it('a signal must go false before it fires again', () => {
    const past: Partial<EntryHistory> = { fired: (key) => key === 'liquidation_hunt:LONG:z1' }
    expect(refused({ past })).toEqual(['NOT_RESET'])
    expect(refused({ past, want: { direction: 'SHORT' } })).toEqual([])
  })
})

describe('funding', () => {
  const SETTLEMENT = Date.UTC(2025, 5, 11, 16)
  const at = (offset: number, entry: object = {}) => {
    const time = epochMs(SETTLEMENT + offset)
    return refused({ view: { time, priceTime: time, snapshotAsOf: time, openInterest: null }, entry })
  }

  it('no entry from ten minutes before to one minute after a settlement', () => {
    expect(at(-10 * MINUTE - 1)).toEqual([])
    expect(at(-10 * MINUTE)).toEqual(['FUNDING_WINDOW'])
    expect(at(-1)).toEqual(['FUNDING_WINDOW'])
    expect(at(0)).toEqual(['FUNDING_WINDOW'])
    expect(at(MINUTE - 1)).toEqual(['FUNDING_WINDOW'])
    expect(at(MINUTE)).toEqual([])
  })

  it('has no window where none is wanted', () => {
    expect(at(0, { funding_before_secs: 0, funding_after_secs: 0 })).toEqual([])
    expect(at(-1, { funding_before_secs: 0, funding_after_secs: 0 })).toEqual([])
  })

  it('no entry that pays more than 5 bp', () => {
    expect(refused({ view: { fundingRate: 0.0005 } })).toEqual([])
    expect(refused({ view: { fundingRate: 0.00051 } })).toEqual(['FUNDING_COST'])
    expect(refused({ view: { fundingRate: 0.00051 }, want: { direction: 'SHORT' } })).toEqual([])
    expect(refused({ view: { fundingRate: -0.00051 }, want: { direction: 'SHORT' } })).toEqual(['FUNDING_COST'])
    expect(refused({ view: { fundingRate: Number.NaN } })).toEqual([])
  })
})

describe('liquidity', () => {
  it('a spread of at most 3 bp, where a book is known', () => {
    expect(refused({ view: { bookKnown: true, halfSpreadRatio: 0.0002 }, entry: { max_spread_bp: 4 } })).toEqual([])
    expect(refused({ view: { bookKnown: true, halfSpreadRatio: 0.00015 } })).toEqual([])
    expect(refused({ view: { bookKnown: true, halfSpreadRatio: 0.000151 } })).toEqual(['SPREAD'])
    expect(refused({ view: { bookKnown: true, halfSpreadRatio: Number.NaN } })).toEqual(['SPREAD'])
    expect(refused({ view: { bookKnown: false, halfSpreadRatio: 0.01 } })).toEqual([])
  })

  it('an expected slippage of at most 10 bp', () => {
    expect(refused({ past: { slippageRatio: 0.001 } })).toEqual([])
    expect(refused({ past: { slippageRatio: 0.0011 } })).toEqual(['SLIPPAGE'])
  })
})

describe('the feeds', () => {
  it('an own price of at most two seconds', () => {
    expect(refused({ view: { priceTime: ago(2 * SECOND) } })).toEqual([])
    expect(refused({ view: { priceTime: ago(2 * SECOND + 1) } })).toEqual(['PRICE_STALE'])
    expect(refused({ view: { priceTime: ago(2 * SECOND + 1) }, want: { anchor: null } })).toEqual(['PRICE_STALE'])
  })

  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY])('no price of %d', (value) => {
    expect(refused({ view: { price: value } })).toContain('BAD_MARKET_DATA')
    expect(refused({ view: { mark: value } })).toContain('BAD_MARKET_DATA')
  })

  it.each([
    ['WARMING', 'HEATMAP_WARMING'],
    ['STALE', 'HEATMAP_STALE'],
    ['FROZEN', 'HEATMAP_FROZEN'],
    ['DEGRADED', 'HEATMAP_UNHEALTHY'],
    ['UNAVAILABLE', 'HEATMAP_UNHEALTHY'],
  ] as const)('no heatmap that is %s', (health, code) => {
    expect(refused({ view: { health } })).toEqual([code])
    expect(refused({ view: { health }, want: { anchor: null } })).toEqual([])
  })

  it('clusters of at most 15 s, or of one and a half intervals and the lag', () => {
    const old = (ms: number) => ({ view: { snapshotAsOf: ago(ms) } })
    expect(refused(old(15 * SECOND))).toEqual([])
    expect(refused(old(15 * SECOND + 1))).toEqual(['HEATMAP_STALE'])
    const feed = { ...history().feed, snapshotIntervalMs: HOUR, snapshotLagMs: 5 * SECOND }
    expect(refused({ ...old(1.5 * HOUR + 5 * SECOND), past: { feed } })).toEqual([])
    expect(refused({ ...old(1.5 * HOUR + 5 * SECOND + 1), past: { feed } })).toEqual(['HEATMAP_STALE'])
    expect(ask(old(214 * SECOND))[0]!.message).toBe('heatmap 214 s old, limit 15 s')
    expect(refused({ view: { snapshotAsOf: null } })).toEqual(['HEATMAP_STALE'])
    expect(refused({ view: { snapshotAsOf: null, health: 'STALE' } })).toEqual(['HEATMAP_STALE'])
  })

  it('open interest of at most 90 s, or the same rule; a missing one is not old', () => {
    const old = (ms: number) => ({
      view: {
        openInterest: {
          asOf: ago(ms),
          totalUsd: null,
          longUsd: null,
          shortUsd: null,
          ratio: null,
          ratioKind: 'unknown',
        } as const,
      },
    })
    expect(refused(old(90 * SECOND))).toEqual([])
    expect(refused(old(90 * SECOND + 1))).toEqual(['OPEN_INTEREST_STALE'])
    const feed = { ...history().feed, openInterestIntervalMs: HOUR, openInterestLagMs: SECOND }
    expect(refused({ ...old(1.5 * HOUR + SECOND), past: { feed } })).toEqual([])
    expect(refused({ ...old(1.5 * HOUR + SECOND + 1), past: { feed } })).toEqual(['OPEN_INTEREST_STALE'])
    expect(refused({ view: { openInterest: null } })).toEqual([])
    expect(refused({ ...old(HOUR), want: { anchor: null } })).toEqual([])
  })

  it('levels that stand still', () => {
    const anchored = { view: { anchoring: 'spot_anchored' } } as const
    const unsure = { view: { anchoring: 'undetermined' } } as const
    expect(refused(anchored)).toEqual(['SPOT_ANCHORED'])
    expect(refused(unsure)).toEqual(['ANCHORING_UNDETERMINED'])
    expect(refused({ ...anchored, heatmap: { levels: 'absolute' } })).toEqual(['SPOT_ANCHORED'])
    expect(refused({ ...unsure, heatmap: { levels: 'absolute' } })).toEqual([])
  })

  it('or, where anchored levels may be traded, anything but a breakout', () => {
    const heatmap = { trade_anchored: true }
    const want = (strategy: Candidate['strategy'], anchoring: MarketView['anchoring']) =>
      refused({ want: { strategy }, view: { anchoring }, heatmap })
    expect(want('liquidation_hunt', 'spot_anchored')).toEqual([])
    expect(want('support_resistance', 'spot_anchored')).toEqual([])
    expect(want('cluster_breakout', 'spot_anchored')).toEqual(['SPOT_ANCHORED'])
    expect(want('liquidation_hunt', 'undetermined')).toEqual([])
    expect(want('cluster_breakout', 'undetermined')).toEqual(['ANCHORING_UNDETERMINED'])
    expect(want('cluster_breakout', 'absolute')).toEqual([])
  })
})

describe('what the account stands to lose', () => {
  const exposed = (patch: object) => ({
    past: { exposure: { equity: 10_000, riskAmount: 50, correlatedRiskAmount: 0, notional: 1_000, ...patch } },
  })

  it('at most 1 % of equity in one direction over correlated symbols', () => {
    expect(refused(exposed({ correlatedRiskAmount: 50 }))).toEqual([])
    expect(refused(exposed({ correlatedRiskAmount: 50.01 }))).toEqual(['CORRELATED_RISK'])
    expect(refused({ ...exposed({ correlatedRiskAmount: 5_000 }), entry: { correlated_risk_pct: null } })).toEqual([])
  })

  it('at most 3 % of equity in a gap of 10 % through the stop', () => {
    // Entry 1000, stop 990: 1 % to the stop and 10 % of the stop beyond, 109 per 1000.
    const limit = 300 / 0.109
    expect(refused(exposed({ notional: limit }))).toEqual([])
    expect(refused(exposed({ notional: limit + 0.01 }))).toEqual(['GAP_RISK'])
    const short = { direction: 'SHORT', stop: 1_010, target: 985 } as const
    expect(refused({ ...exposed({ notional: 300 / 0.111 }), want: short })).toEqual([])
    expect(refused({ ...exposed({ notional: 300 / 0.111 + 0.01 }), want: short })).toEqual(['GAP_RISK'])
  })

  it('is nobody’s business without equity', () => {
    expect(refused(exposed({ equity: 0 }))).toEqual(['CORRELATED_RISK', 'GAP_RISK'])
  })
})
