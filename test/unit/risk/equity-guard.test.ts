import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { createEquityGuard, equityFloor, freshEquity, type EquityNotice } from '../../../src/risk/equity-guard.ts'
import { NOON } from './scene.ts'

const HOUR = 3_600_000
const MIDNIGHT = epochMs(NOON + 12 * HOUR)
const at = (ms: number) => epochMs(NOON + ms)
const limits = { maxDailyLossPct: 4, maxDrawdownPct: 10 }
const start = () => createEquityGuard(limits, freshEquity(NOON, 10_000))
const brief = (notices: readonly EquityNotice[]): readonly string[] =>
  notices.map((n) => (n.kind === 'warning' ? `${n.limit} ${n.sharePct}` : `${n.limit} breach`))

describe('daily loss', () => {
  it('warns at half and at four fifths, and trips at the limit, each exactly once', () => {
    // 4 % of 10,000: 200, 320, 400.
    const guard = start()
    expect(brief(guard.update(at(1), 9_800.01))).toEqual([])
    expect(brief(guard.update(at(2), 9_800))).toEqual(['DAILY_LOSS 50'])
    expect(brief(guard.update(at(3), 9_700))).toEqual([])
    expect(brief(guard.update(at(4), 9_680))).toEqual(['DAILY_LOSS 80'])
    expect(brief(guard.update(at(5), 9_600.01))).toEqual([])
    expect(brief(guard.update(at(6), 9_600))).toEqual(['DAILY_LOSS breach'])
    expect(brief(guard.update(at(7), 9_590))).toEqual([])
    expect(brief(guard.update(at(8), 10_000))).toEqual([])
  })

  it('tells all at once when equity falls through', () => {
    const guard = start()
    expect(brief(guard.update(at(1), 9_600))).toEqual(['DAILY_LOSS 50', 'DAILY_LOSS 80', 'DAILY_LOSS breach'])
  })

  it('latches for the rest of the UTC day', () => {
    const [, , breach] = start().update(at(1), 9_600)
    expect(breach?.kind === 'breach' && breach.latch).toEqual({
      code: 'DAILY_LOSS',
      symbol: null,
      since: at(1),
      reason: 'equity 9600.00, down 4.00 % since the start of the day (10000.00), limit 4 %',
      until: MIDNIGHT,
    })
  })

  it('is tripped by funding alone: it looks at equity, whatever moved it', () => {
    const guard = start()
    let equity = 10_000
    let trips = 0
    for (let i = 1; i <= 5; i++) {
      equity -= 100
      trips += guard.update(at(i * HOUR), equity).filter((n) => n.kind === 'breach').length
    }
    expect(trips).toBe(1)
  })

  it('starts a day from the last equity before midnight, once', () => {
    const guard = start()
    guard.update(epochMs(MIDNIGHT - 1), 9_900)
    expect(guard.dayStart).toBe(10_000)
    guard.update(MIDNIGHT, 9_850)
    expect(guard.dayStart).toBe(9_900)
    guard.update(epochMs(MIDNIGHT + 1), 9_700)
    expect(guard.dayStart).toBe(9_900)
  })

  it('warns and trips anew on the next day', () => {
    const guard = start()
    guard.update(at(1), 9_600)
    // 4 % of 9,600 is 384.
    expect(brief(guard.update(MIDNIGHT, 9_600))).toEqual([])
    expect(brief(guard.update(epochMs(MIDNIGHT + 1), 9_216))).toEqual([
      'DAILY_LOSS 50',
      'DAILY_LOSS 80',
      'DAILY_LOSS breach',
      'MAX_DRAWDOWN 50',
    ])
  })

  it('counts a loss over midnight to the new day', () => {
    const guard = start()
    expect(brief(guard.update(epochMs(MIDNIGHT + 1), 9_600))).toEqual([
      'DAILY_LOSS 50',
      'DAILY_LOSS 80',
      'DAILY_LOSS breach',
    ])
  })
})

describe('drawdown', () => {
  const only = () => createEquityGuard({ maxDailyLossPct: null, maxDrawdownPct: 10 }, freshEquity(NOON, 10_000))

  it('is reckoned from the highest equity and latches without a term', () => {
    const guard = only()
    guard.update(at(1), 12_000)
    expect(guard.highWater).toBe(12_000)
    // 10 % of 12,000: 600, 960, 1,200.
    expect(brief(guard.update(at(2), 11_400.01))).toEqual([])
    expect(brief(guard.update(at(3), 11_400))).toEqual(['MAX_DRAWDOWN 50'])
    expect(brief(guard.update(at(4), 11_040))).toEqual(['MAX_DRAWDOWN 80'])
    const [breach] = guard.update(at(5), 10_800)
    expect(breach?.kind === 'breach' && breach.latch).toMatchObject({ code: 'MAX_DRAWDOWN', until: null })
  })

  it('outlives the day', () => {
    const guard = only()
    guard.update(at(1), 9_400)
    expect(brief(guard.update(epochMs(MIDNIGHT + 1), 9_000))).toEqual(['MAX_DRAWDOWN 80', 'MAX_DRAWDOWN breach'])
    expect(guard.highWater).toBe(10_000)
  })

  it('begins anew when a person accepts it', () => {
    const guard = only()
    guard.update(at(1), 9_000)
    guard.accept('MAX_DRAWDOWN')
    expect(guard.highWater).toBe(9_000)
    expect(brief(guard.update(at(2), 8_550))).toEqual(['MAX_DRAWDOWN 50'])
  })
})

it('begins the day anew when a person accepts its loss, and latches again at the next', () => {
  const guard = createEquityGuard({ maxDailyLossPct: 3, maxDrawdownPct: null }, freshEquity(at(0), 10_000))
  expect(brief(guard.update(at(1), 9_700)).at(-1)).toBe('DAILY_LOSS breach')
  guard.accept('DAILY_LOSS')
  expect(guard.state.dayStart).toBe(9_700)
  expect(brief(guard.update(at(2), 9_600))).toEqual([])
  expect(brief(guard.update(at(3), 9_409)).at(-1)).toBe('DAILY_LOSS breach')
})

describe('transfers', () => {
  it('takes a withdrawal for neither loss nor drawdown', () => {
    const guard = start()
    guard.update(at(1), 9_900)
    guard.transfer(-4_950)
    // Half of everything: the loss stays at 1 %.
    expect(guard.dayStart).toBe(5_000)
    expect(guard.highWater).toBe(5_000)
    expect(brief(guard.update(at(2), 4_950))).toEqual([])
    expect(brief(guard.update(at(3), 4_900))).toEqual(['DAILY_LOSS 50'])
  })

  it('lets a deposit hide no loss', () => {
    const guard = start()
    guard.update(at(1), 9_850)
    guard.transfer(9_850)
    expect(guard.dayStart).toBe(20_000)
    expect(brief(guard.update(at(2), 19_600))).toEqual(['DAILY_LOSS 50'])
  })

  it('does not repeat what was told', () => {
    const guard = start()
    guard.update(at(1), 9_600)
    guard.transfer(-4_800)
    expect(brief(guard.update(at(2), 4_800))).toEqual([])
  })

  it('adds where there is nothing to scale', () => {
    const guard = createEquityGuard(limits, freshEquity(NOON, 0))
    guard.transfer(500)
    expect(guard.dayStart).toBe(500)
    expect(guard.highWater).toBe(500)
  })
})

describe('the guard', () => {
  it('goes on after a restart where it stood', () => {
    const first = start()
    first.update(at(1), 11_000)
    first.update(at(2), 10_900)
    const second = createEquityGuard(limits, first.state)
    expect(second.state).toEqual({
      day: epochMs(MIDNIGHT - 24 * HOUR),
      dayStart: 10_000,
      highWater: 11_000,
      last: 10_900,
    })
    // The new day starts from 10,900: 4 % of it is 436.
    expect(brief(second.update(epochMs(MIDNIGHT + 1), 10_464))).toContain('DAILY_LOSS breach')
  })

  it('does not begin a day because it begins', () => {
    const guard = createEquityGuard(limits, { ...freshEquity(NOON, 10_000), last: 9_900 })
    guard.update(at(1), 9_900)
    expect(guard.dayStart).toBe(10_000)
  })

  it('says below which equity it would have news', () => {
    // 50 % of 4 % of 10,000, then 80 % of it; the drawdown's first warning stands at 9,500.
    const guard = start()
    expect(guard.newsBelow).toBe(9_800)
    guard.update(at(1), 9_800)
    expect(guard.newsBelow).toBe(9_680)
    guard.update(at(2), 9_600)
    expect(guard.newsBelow).toBe(9_500)
  })

  it('ignores an equity that is no number', () => {
    const guard = start()
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(guard.update(at(1), value)).toEqual([])
    }
    expect(guard.state).toEqual(freshEquity(NOON, 10_000))
  })

  it('watches nothing that is not configured', () => {
    const guard = createEquityGuard({ maxDailyLossPct: null, maxDrawdownPct: null }, freshEquity(NOON, 10_000))
    expect(guard.update(at(1), 1)).toEqual([])
  })

  it('agrees with the gate about the floor', () => {
    expect(equityFloor(10_000, 3)).toBe(9_700)
  })
})
