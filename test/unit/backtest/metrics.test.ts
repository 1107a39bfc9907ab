import { describe, expect, it } from 'vitest'
import { equitySeries, metricsOf } from '../../../src/backtest/metrics.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import { money } from '../../../src/domain/unit.ts'
import { day, result, trade } from './build.ts'

const none = new Map<string, InstanceType<typeof Dec>>()

/** Six winners of 20 and four losers of 10. */
const ten = [20, -10, 20, -10, 20, -10, 20, -10, 20, 20].map((pnl, n) => trade(pnl, { entryTime: day(n) }))
/** 14 days: +1 % and −0.5 % in turn, from 1,000. */
const equity = Array.from({ length: 14 }).reduce<number[]>(
  (points, _, n) => [...points, points.at(-1)! * (n % 2 === 0 ? 1.01 : 0.995)],
  [1_000],
)

describe('metricsOf', () => {
  it('takes Sharpe from daily equity returns, by the square root of 365', () => {
    // Mean 0.25 %; each return lies 0.75 % away, so the sample deviation is 0.75 % × √(14/13).
    const expected = (0.0025 / (0.0075 * Math.sqrt(14 / 13))) * Math.sqrt(365)
    expect(metricsOf(result(ten, equity), none).sharpe).toBeCloseTo(expected, 9)
  })

  it('takes Sortino from the losing days alone, over all days', () => {
    // Seven of fourteen returns are −0.5 %.
    const expected = (0.0025 / (0.005 * Math.sqrt(0.5))) * Math.sqrt(365)
    expect(metricsOf(result(ten, equity), none).sortino).toBeCloseTo(expected, 9)
  })

  it('annualises growth over the days, and divides it by the deepest fall for Calmar', () => {
    const metrics = metricsOf(result(ten, equity), none)
    const cagr = (1.01 * 0.995) ** (7 * (365 / 14)) - 1
    expect(metrics.cagrPct).toBeCloseTo(cagr * 100, 6)
    expect(metrics.drawdown.ratio).toBeCloseTo(0.005, 12)
    expect(metrics.calmar).toBeCloseTo(cagr / 0.005, 6)
  })

  it('takes the fall of the whole run, and not only what the days show of it', () => {
    const drawdown = { abs: 60, ratio: 0.06, from: day(1), to: day(2) }
    const metrics = metricsOf(result(ten, equity, { drawdown }), none)
    const cagr = (1.01 * 0.995) ** (7 * (365 / 14)) - 1
    expect(metrics.drawdown).toEqual(drawdown)
    expect(metrics.calmar).toBeCloseTo(cagr / 0.06, 6)
    expect(metrics.sharpe).toBe(metricsOf(result(ten, equity), none).sharpe)
  })

  it('counts the trades', () => {
    const shorts = [...ten.slice(0, 9), trade(0, { direction: 'SHORT' })]
    const metrics = metricsOf(result(shorts, equity), none)
    expect(metrics).toMatchObject({ trades: 10, tradesLong: 9, tradesShort: 1, wins: 5, draws: 1, losses: 4 })
  })

  it('reckons what a trade brings', () => {
    const metrics = metricsOf(result(ten, equity), none)
    expect(metrics.profitFactor).toBe(3)
    expect(metrics.expectancy).toBe(8)
    expect(metrics.expectancyRatio).toBe(0.8)
    expect(metrics.meanR).toBeCloseTo(0.8, 12)
    expect(metrics.winRatePct).toBe(60)
    expect(metrics.averageDurationMs).toBe(7_200_000)
    expect(metrics.tradesPerMonth).toBeCloseTo((10 / 14) * (365 / 12), 9)
  })

  it('adds up costs, and puts fees and slippage in units of risk', () => {
    const two = [trade(20, { id: 'a' }), trade(-10, { id: 'b' })]
    const metrics = metricsOf(result(two, equity), new Map([['a', new Dec('1.5')]]))
    expect(metrics.fees.toString()).toBe('1')
    expect(metrics.funding.toString()).toBe('-0.5')
    expect(metrics.slippage.toString()).toBe('1.5')
    // (0.5 + 1.5) / 10 and 0.5 / 10.
    expect(metrics.costR).toBeCloseTo(0.125, 12)
  })

  it('leaves the cost of a trade open without trades', () => {
    expect(metricsOf(result([], equity), none)).toMatchObject({ costR: null, averageDurationMs: null })
  })

  it('reports profit, the market and the time in it', () => {
    const metrics = metricsOf(
      result(ten, [1_000, 1_100], {
        market: new Map([
          ['BTCUSDT', { first: 100, last: 150 }],
          ['ETHUSDT', { first: 100, last: 90 }],
        ]),
        timeInMarketMs: 25,
        simulatedMs: 200,
      }),
      none,
    )
    expect(metrics.profitAbs).toEqual(money(100))
    expect(metrics.profitPct).toBe(10)
    expect(metrics.marketChangePct).toBeCloseTo(20, 12)
    expect(metrics.timeInMarketPct).toBe(12.5)
  })

  const ratios = [
    'cagrPct',
    'sharpe',
    'sortino',
    'calmar',
    'profitFactor',
    'expectancy',
    'meanR',
    'winRatePct',
  ] as const

  it('says nothing of ratios below ten trades', () => {
    const metrics = metricsOf(result(ten.slice(0, 9), equity), none)
    for (const name of ratios) expect(metrics[name], name).toBeNull()
  })

  it('says nothing of ratios below fourteen days', () => {
    const metrics = metricsOf(result(ten, equity.slice(0, 14)), none)
    for (const name of ratios) expect(metrics[name], name).toBeNull()
  })

  it('says all of them from ten trades and fourteen days on', () => {
    const metrics = metricsOf(result(ten, equity), none)
    for (const name of ratios) expect(metrics[name], name).not.toBeNull()
  })

  it('gives no infinite figures', () => {
    const winners = Array.from({ length: 10 }, () => trade(5))
    const flat = Array.from({ length: 15 }, () => 1_000)
    const metrics = metricsOf(result(winners, flat), none)
    expect(metrics).toMatchObject({
      profitFactor: null,
      sharpe: null,
      sortino: null,
      calmar: null,
      expectancyRatio: null,
    })
  })

  it('calls a lost account a loss of everything', () => {
    const metrics = metricsOf(result(ten, [...equity.slice(0, 14), 0]), none)
    expect(metrics.cagrPct).toBe(-100)
  })
})

describe('equitySeries', () => {
  it('keeps the last of several points of one time', () => {
    const points = [
      { time: day(0), equity: 1 },
      { time: day(1), equity: 2 },
      { time: day(1), equity: 3 },
    ]
    expect(equitySeries(points).map((p) => p.equity)).toEqual([1, 3])
  })
})
