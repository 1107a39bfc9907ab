import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { lodestone } from './run-cli.ts'
import { bot as botOf, clearStage, scratch, serve, type Bot, type Served } from './served-bot.ts'

const state = mkdtempSync(join(tmpdir(), 'lodestone-state-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))
afterEach(clearStage)

const bot = (served: Served, dataDir: string, duration: string): Bot =>
  botOf(served, dataDir, duration, { environment: { XDG_STATE_HOME: state } })

const keysOf = ({ origin, key, secret }: Served): Readonly<Record<string, string>> => ({
  LODESTONE__EXCHANGE__URL: origin,
  LODESTONE__EXCHANGE__KEY: key,
  LODESTONE__EXCHANGE__SECRET: secret,
})

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
    expect(Number(first.fees)).toBeGreaterThan(0)
    expect(second).toMatchObject({ orders: 0, fees: '0', corrections: 0, ledger_agrees: true })
    expect(third.trade_list).toMatchObject([{ id: 'BTCUSDT-1-0', exit_reason: 'target' }])
    expect(third).toMatchObject({ open_positions: 0, ledger_agrees: true })
  })

  it('tells, while it runs, what earlier processes have closed and where its position would be liquidated', async () => {
    const served = await serve(1)
    const dataDir = scratch()
    const environment = { LODESTONE__DATA_DIR: dataDir, ...keysOf(served) }
    const options = { speed: '600', environment: { XDG_STATE_HOME: state } }
    const asked = async (name: string): Promise<readonly unknown[]> => {
      const { code, out, err } = await lodestone([name, '--json'], environment)
      return code === 0 && !err.includes('From the journal') ? (JSON.parse(out) as readonly unknown[]) : []
    }
    const first = botOf(served, dataDir, '10h', options)
    await expect.poll(first.err, { timeout: 60_000 }).toMatch(ENTRY)
    await expect.poll(() => asked('positions'), { timeout: 30_000 }).toHaveLength(1)
    const [position] = (await asked('positions')) as readonly { entry_price: string; liquidation_price: string }[]
    // A short of 5×: a fifth above the entry, less the maintenance margin.
    const away = Number(position!.liquidation_price) / Number(position!.entry_price) - 1
    expect(away).toBeGreaterThan(0.18)
    expect(away).toBeLessThan(0.2)
    expect((await lodestone(['force-exit', 'all'], environment)).code).toBe(0)
    await expect.poll(() => asked('show-trades'), { timeout: 30_000 }).toHaveLength(1)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    const second = botOf(served, dataDir, '10h', options)
    await expect.poll(second.err, { timeout: 60_000 }).toContain('reading history')
    await expect.poll(() => asked('show-trades'), { timeout: 30_000 }).toMatchObject([{ exit_reason: 'forced' }])
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
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

  it('books what panic has closed beside it at the price that it got', async () => {
    const served = await serve(1)
    const dataDir = scratch()
    const environment = { LODESTONE__DATA_DIR: dataDir, XDG_STATE_HOME: state, ...keysOf(served) }
    const running = botOf(served, dataDir, '10h', { speed: '600', environment: { XDG_STATE_HOME: state } })
    await expect.poll(running.err, { timeout: 60_000 }).toMatch(ENTRY)
    expect((await lodestone(['panic'], environment)).code).toBe(0)
    await expect.poll(running.err, { timeout: 30_000 }).toContain('closed by')
    running.child.kill('SIGTERM')
    const { trade_list, pnl, ...summary } = await summaryOf(running)
    expect(trade_list).toHaveLength(1)
    expect(Number(pnl)).toBeCloseTo(Number(summary.final_balance) - 10_000, 6)
    expect(running.err()).not.toContain('no record tells')
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
