import { describe, expect, test } from 'vitest'
import type { PaperSummary } from '../../../src/app/paper-session.ts'
import { summaryTable } from '../../../src/cli/trade-summary.ts'

const summary = (patch: Partial<PaperSummary> = {}): PaperSummary => ({
  simulated_market: true,
  mode: 'paper',
  market: 'crowd',
  ended: 'finished',
  config_hash: 'c',
  seed: 3,
  from: '2026-01-05T00:00:00.000Z',
  to: '2026-01-06T00:00:00.000Z',
  starting_balance: '10000',
  final_balance: '9987.654321',
  trades: 2,
  trades_won: 1,
  orders: 8,
  fills: 5,
  refusals: 4,
  rejected: { COOLDOWN: 1, TOO_FAR: 9 },
  fees: '3.456',
  funding: '-0.5',
  pnl: '-12.345679',
  mean_r: -0.25,
  own_liquidations: 0,
  crowd_liquidations: { long: 3, short: 4, notional_usd: 1_250_000 },
  alerts: 0,
  ledger_agrees: true,
  entry_list: [],
  trade_list: [
    {
      id: 'BTCUSDT-1-0',
      symbol: 'BTCUSDT',
      strategy: 'liquidation_hunt',
      side: 'LONG',
      entry_time: '2026-01-05T03:00:00.000Z',
      entry_price: '93000',
      quantity: '0.05',
      exit_time: '2026-01-05T05:00:00.000Z',
      exit_price: '92500',
      exit_reason: 'stop',
      pnl: '-27.5',
      r_multiple: -1.1,
    },
  ],
  ...patch,
})

const row = (text: string, name: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.slice(name.length)
    .trim()

describe('summary of a session', () => {
  test('its figures, in two places', () => {
    const text = summaryTable(summary())
    expect(row(text, 'market')).toBe('SIMULATED crowd, seed 3')
    expect(row(text, 'balance')).toBe('10000.00 → 9987.65 USDT (-12.35)')
    expect(row(text, 'trades')).toBe('2, 1 won, mean -0.25 R')
    expect(row(text, 'fees, funding')).toBe('3.46, -0.50 USDT')
    expect(row(text, 'crowd liquidations')).toBe('3 longs, 4 shorts, $1.3M')
    expect(text).toContain('01-05T03:00  BTCUSDT LONG  0.05 at 93000 → 92500')
  })

  test('reasons not to trade, the most frequent first', () => {
    const text = summaryTable(summary())
    expect(text.indexOf('TOO_FAR')).toBeGreaterThan(0)
    expect(text.indexOf('TOO_FAR')).toBeLessThan(text.indexOf('COOLDOWN'))
  })

  test('a tape has no seed and no crowd; a session without trades no mean', () => {
    const text = summaryTable(
      summary({
        market: 'tape',
        seed: null,
        crowd_liquidations: null,
        trades: 0,
        trades_won: 0,
        mean_r: null,
        trade_list: [],
        rejected: {},
      }),
    )
    expect(row(text, 'market')).toBe('SIMULATED tape')
    expect(row(text, 'trades')).toBe('0, 0 won')
    expect(text).not.toContain('crowd')
    expect(text).not.toContain('reasons')
  })

  test('says loudly when the books and the exchange differ', () => {
    expect(row(summaryTable(summary()), 'ledger')).toContain('agree')
    expect(row(summaryTable(summary({ ledger_agrees: false })), 'ledger')).toBe('THE EXCHANGE AND THE BOT DISAGREE')
  })
})
