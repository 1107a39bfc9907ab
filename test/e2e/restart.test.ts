import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { bot as botOf, clearStage, scratch, serve, type Bot, type Served } from './served-bot.ts'

const state = mkdtempSync(join(tmpdir(), 'lodestone-state-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))
afterEach(clearStage)

const bot = (served: Served, dataDir: string, duration: string): Bot =>
  botOf(served, dataDir, duration, { environment: { XDG_STATE_HOME: state } })

async function summaryOf(run: Bot): Promise<TradingSummary> {
  expect([await run.ended, run.err()]).toEqual([0, expect.any(String)])
  return JSON.parse(run.out()) as TradingSummary
}

// Seed 1 under the literal rules goes short at 00:05 and takes its target at 10:09.
const ENTRY = /BTCUSDT SHORT .* liquidation_hunt/

describe('a bot that comes back to its account', () => {
  it('takes up the trade that it left behind its stop, and closes it as it would have', async () => {
    const served = await serve(1)
    const dataDir = scratch()
    const first = await summaryOf(bot(served, dataDir, '2h'))
    expect(first).toMatchObject({ trades: 0, open_positions: 1, ledger_agrees: true, ended: 'finished' })
    const second = await summaryOf(bot(served, dataDir, '8h'))
    const third = await summaryOf(bot(served, dataDir, '15m'))
    expect(second).toMatchObject({ orders: 0, corrections: 0, ledger_agrees: true })
    expect(third.trade_list).toMatchObject([{ id: 'BTCUSDT-1-0', exit_reason: 'target' }])
    expect(third).toMatchObject({ open_positions: 0, ledger_agrees: true })
  })

  it('killed at the moment of an entry, enters once, has its stop, and agrees with the exchange', async () => {
    const served = await serve(1)
    const dataDir = scratch()
    const killed = bot(served, dataDir, '12h')
    await expect.poll(killed.err, { timeout: 60_000, interval: 1 }).toMatch(ENTRY)
    killed.child.kill('SIGKILL')
    await killed.ended
    const second = await summaryOf(bot(served, dataDir, '5m'))
    // The signal may arrive before the order has left: then it never does.
    const entered = second.open_positions
    expect(entered).toBeLessThanOrEqual(1)
    expect(second).toMatchObject({ entry_list: [], ledger_agrees: true })
    const third = await summaryOf(bot(served, dataDir, '10h'))
    expect(third).toMatchObject({ ledger_agrees: true })
    expect(third.trade_list.filter((trade) => trade.id.startsWith('BTCUSDT-1-'))).toMatchObject(
      Array.from({ length: entered }, () => ({ id: 'BTCUSDT-1-0', exit_reason: 'target', side: 'SHORT' })),
    )
  })

  it('does not start twice on one account', async () => {
    const served = await serve(1)
    const dataDir = scratch()
    const first = bot(served, dataDir, '12h')
    await expect.poll(first.err, { timeout: 60_000 }).toContain('reading history')
    for (const directory of [dataDir, scratch()]) {
      const second = bot(served, directory, '1h')
      expect(await second.ended).toBe(1)
      expect(second.err()).toMatch(/is traded by process \d+ since .*; stop it first/)
    }
  })
})
