import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openMarketControl } from '../../src/adapter/clock/market-control.ts'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { crowd, standing, writeTape } from './crowded-account.ts'
import { lodestone } from './run-cli.ts'
import { bot, clearStage, scratch, serveWith, type Bot, type Served, type ServedKey } from './served-bot.ts'

const state = mkdtempSync(join(tmpdir(), 'lodestone-state-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))
afterEach(clearStage)

const keysOf = ({ origin, accounts }: Served): readonly ServedKey[] => accounts.map((each) => ({ ...each, origin }))

async function summaryOf(run: Bot): Promise<TradingSummary> {
  expect([await run.ended, run.err()]).toEqual([0, expect.any(String)])
  return JSON.parse(run.out()) as TradingSummary
}

describe('two accounts of one served exchange', () => {
  it('are traded by two bots at the same time, from one directory, each with books and an audit of its own', async () => {
    const served = await serveWith(['BTCUSDT', '--speed', 'lock-step', '--seed', '1', '--accounts', '3'])
    const [first, second, third] = keysOf(served)
    // Holds the time until both are there: both then see the same market.
    const opened = await openMarketControl(served.control, { key: third!.key })
    if (opened.kind === 'refused') throw new Error(opened.message)
    const dataDir = scratch()
    const bots = [first!, second!].map((key) => bot(key, dataDir, '20m', { environment: { XDG_STATE_HOME: state } }))
    for (const { err } of bots) await expect.poll(err, { timeout: 60_000 }).toContain('reading history')
    opened.control.close()
    const [one, other] = await Promise.all(bots.map(summaryOf))
    // Seed 1 under the literal rules goes short at 00:05.
    expect(one!.entry_list).toMatchObject([{ signal: expect.stringContaining('BTCUSDT') as string, side: 'SHORT' }])
    expect(other!.entry_list.map(({ signal }) => signal)).toEqual(one!.entry_list.map(({ signal }) => signal))
    for (const summary of [one!, other!])
      expect(summary).toMatchObject({ ended: 'finished', open_positions: 1, corrections: 0, ledger_agrees: true })
    for (const key of [first!, second!]) expect(await standing(key)).toMatchObject({ positions: 1 })
    expect(await standing(third!)).toEqual({ regular: 0, conditional: 0, positions: 0 })

    const journals = readdirSync(dataDir, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('journal.sqlite'))
    expect(journals).toHaveLength(2)
    for (const journal of journals) {
      const { code, out } = await lodestone(['audit', 'verify', join(dataDir, journal), '--json'])
      expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ kind: 'whole' })])
    }
  })

  it('do not keep each other from ending: a bot that waits for the time of the other still obeys', async () => {
    const served = await serveWith(['BTCUSDT', '--speed', 'lock-step', '--seed', '1', '--accounts', '2'])
    const [first, second] = keysOf(served)
    const opened = await openMarketControl(served.control, { key: second!.key })
    if (opened.kind === 'refused') throw new Error(opened.message)
    const environment = { XDG_STATE_HOME: state }
    const dataDir = scratch()
    const waiting = bot(first!, dataDir, '1h', { environment })
    const status = async (): Promise<unknown> => {
      const { code, out } = await lodestone(['status', '--json'], { LODESTONE__DATA_DIR: dataDir })
      return code === 0 ? JSON.parse(out) : code
    }
    await expect.poll(status, { timeout: 60_000 }).toMatchObject({ source: 'bot' })
    // Whoever has the other's keys does not reach it, although it is the only one that runs.
    const others = { LODESTONE__EXCHANGE__KEY: second!.key, LODESTONE__EXCHANGE__SECRET: second!.secret }
    for (const where of [{}, { LODESTONE__EXCHANGE__URL: served.origin }]) {
      const told = await lodestone(['stop-entry'], { LODESTONE__DATA_DIR: dataDir, ...others, ...where })
      expect([told.code, told.out]).toEqual([3, ''])
    }
    const own = { LODESTONE__EXCHANGE__KEY: first!.key, LODESTONE__EXCHANGE__SECRET: first!.secret }
    const mine = await lodestone(['status', '--json'], { LODESTONE__DATA_DIR: dataDir, ...own })
    expect(JSON.parse(mine.out)).toMatchObject({ source: 'bot', latches: [] })
    waiting.child.kill('SIGTERM')
    expect(await summaryOf(waiting)).toMatchObject({ ended: 'interrupted', entry_list: [] })
    opened.control.close()
  })

  it('are emptied by panic one by one', async () => {
    const tape = writeTape(join(scratch(), 'tape'))
    const served = await serveWith(['--accounts', '2', '--tape', ...tape])
    const [first, second] = keysOf(served)
    await crowd(first!)
    await crowd(second!)
    const { code } = await lodestone(['panic', '--json'], {
      LODESTONE__MODE: 'testnet',
      LODESTONE__DATA_DIR: scratch(),
      LODESTONE__EXCHANGE__URL: served.origin,
      LODESTONE__EXCHANGE__KEY: second!.key,
      LODESTONE__EXCHANGE__SECRET: second!.secret,
    })
    expect(code).toBe(0)
    expect(await standing(second!)).toEqual({ regular: 0, conditional: 0, positions: 0 })
    expect(await standing(first!)).toEqual({ regular: 25, conditional: 25, positions: 5 })
  })
})
