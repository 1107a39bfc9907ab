import { beforeAll, describe, expect, it } from 'vitest'
import { runBacktest } from '../../../src/app/backtest.ts'
import { reportHtml } from '../../../src/backtest/report-html.ts'
import { reportJson } from '../../../src/backtest/report-json.ts'
import { reportText } from '../../../src/backtest/report-table.ts'
import type { BacktestReport } from '../../../src/backtest/report.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { candles } from './candles.ts'
import { day } from './build.ts'

const config = toConfig(
  configSchema.parse({
    estimator: { burn_in_days: 5, strength_min_observations: 20 },
    strategies: { ema_cross: { enabled: true } },
  }),
)

function backtest(placeboSeeds: number, hours = 900): Promise<BacktestReport> {
  const columns = candles(hours)
  const file = { file: '<b>.csv', sha256: 'ab', rows: hours, skipped: 0, from: day(0), to: epochMs(day(0)), gaps: [] }
  return runBacktest({
    config,
    configHash: 'cafe',
    columns: [columns],
    files: [{ ...file, symbol: 'BTCUSDT' }],
    from: day(10),
    to: null,
    placeboSeeds,
    keepDecisions: true,
    onProgress: () => undefined,
  })
}

let report: BacktestReport
beforeAll(async () => {
  report = await backtest(2)
})

describe('a report as JSON', () => {
  it('has the same bytes for the same input', async () => {
    const [first, second] = [await backtest(1, 500), await backtest(1, 500)]
    expect(JSON.stringify(reportJson(second))).toBe(JSON.stringify(reportJson(first)))
  })

  it('holds trades in strings and numbers, from the time range on', () => {
    const { trades } = reportJson(report)
    expect(trades.length).toBeGreaterThan(10)
    for (const trade of trades) {
      expect(trade.entry_time >= '2024-01-11T00:00:00.000Z').toBe(true)
      for (const name of ['entry_price', 'quantity', 'stop_price', 'exit_price', 'fees', 'funding', 'pnl'] as const)
        expect(trade[name]).toMatch(/^-?\d+(\.\d+)?$/)
    }
  })

  it('says what each trade made net of fees and funding', () => {
    for (const trade of reportJson(report).trades) {
      const sign = trade.side === 'LONG' ? 1 : -1
      const gross = sign * (Number(trade.exit_price) - Number(trade.entry_price)) * Number(trade.quantity)
      expect(Number(trade.pnl)).toBeCloseTo(gross - Number(trade.fees) + Number(trade.funding), 6)
    }
  })

  it('adds up: the balances differ by the trades', () => {
    const { summary, trades } = reportJson(report)
    const sum = trades.reduce((total, trade) => total + Number(trade.pnl), 0)
    expect(Number(summary.final_balance) - Number(summary.starting_balance)).toBeCloseTo(sum, 6)
  })

  it('has all four placebos with their runs', () => {
    const { placebo } = reportJson(report)
    expect(placebo).toMatchObject({
      seeds: 2,
      mirrored: { runs: 1, rank: null },
      jittered: { runs: 2, by_seed: [{ seed: 1 }, { seed: 2 }] },
      random_direction: { runs: 2 },
      random_times: { runs: 2 },
      verdict: { claim: false },
    })
  })
})

describe('placebos of a run', () => {
  it('of random direction enter as often as the real one could', () => {
    const outcome = report.placebo.outcomes.find((o) => o.kind === 'random_direction')!
    for (const run of outcome.runs) {
      expect(run.trades).toBeGreaterThan(0)
      expect(run.trades).toBeLessThanOrEqual(report.log.entered.get('BTCUSDT')!.length)
    }
  })

  it('are left out when no seed is wanted, and the report says so', async () => {
    const without = await backtest(0)
    expect(reportJson(without).placebo).toMatchObject({ seeds: 0, mirrored: null, random_times: null })
    expect(reportText(without)).toContain('No placebo was run')
    expect(reportJson(without).trades).toEqual(reportJson(report).trades)
  })
})

describe('a report for people', () => {
  it('ends with the verdict', () => {
    expect(reportText(report).endsWith(report.placebo.verdict.sentence)).toBe(true)
  })

  it('prints N/A rather than ratios of a few trades', async () => {
    const few = await backtest(0, 300)
    expect(few.metrics.trades).toBeLessThan(10)
    expect(reportText(few)).toMatch(/Sharpe +N\/A/)
    expect(reportText(few)).toContain('at least 10 trades and 14 days')
    expect(reportText(report)).not.toMatch(/Sharpe +N\/A/)
  })
})

describe('a report as a page', () => {
  it('needs nothing from outside and runs nothing', () => {
    const html = reportHtml(report)
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:|\bsrc=|\bhref=/)
    expect(html).toContain('prefers-color-scheme:dark')
  })

  it('gives every plot a title, a description and a table', () => {
    const html = reportHtml(report)
    const plots = html.match(/<svg role="img"/g)!
    expect(plots).toHaveLength(4)
    expect(html.match(/<title id="[a-z]+-title">[^<]+<\/title><desc id="[a-z]+-text">[^<]+<\/desc>/g)).toHaveLength(4)
    expect(
      html.match(/<\/figure><details><summary>The same as a table<\/summary><div class="wide"><table>/g),
    ).toHaveLength(4)
  })

  it('shows names of files as text', () => {
    const html = reportHtml(report)
    expect(html).toContain('&lt;b&gt;.csv')
    expect(html).not.toContain('<b>')
  })

  it('draws no figure that is not a number', async () => {
    expect(reportHtml(report)).not.toMatch(/NaN|Infinity|undefined/)
    expect(reportHtml(await backtest(0, 260))).not.toMatch(/NaN|Infinity|undefined/)
  })
})
