import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { bot, clearStage, scratch, serve } from './served-bot.ts'

afterEach(clearStage)

const logOf = (dataDir: string): string => {
  const own = readdirSync(dataDir).find((each) => existsSync(join(dataDir, each, 'journal.sqlite')))
  return join(dataDir, own!, 'lodestone.log')
}

// Seed 1 under the literal rules goes short at 00:05.
const LONG_ENOUGH = '8m'

describe('the log of a bot', () => {
  it('tells a trade from decision to stop as JSON lines, for this user alone and without the keys', async () => {
    const served = await serve(1)
    const dataDir = scratch()
    const run = bot(served, dataDir, LONG_ENOUGH, { environment: { LODESTONE__LOG__LEVEL: 'debug' } })
    expect(await run.ended).toBe(0)
    const text = readFileSync(logOf(dataDir), 'utf8')
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({ code: 'begun', mode: 'testnet', exchange: 'embedded' })
    expect(lines.at(-1)).toMatchObject({ code: 'ended', ended: 'finished', orders: 3 })
    const of = (code: string) => lines.filter((line) => line['code'] === code)
    expect(of('entered')).toMatchObject([{ symbol: 'BTCUSDT', direction: 'SHORT', at: '2026-01-05T00:05:01.500Z' }])
    expect(of('submit').map((line) => line['leg'])).toEqual(['entry', 'stop', 'target'])
    expect(of('fill').length).toBeGreaterThan(0)
    expect(of('fill')[0]).toMatchObject({ symbol: 'BTCUSDT', side: 'sell', order: of('submit')[0]!['order'] })
    expect(statSync(logOf(dataDir)).mode & 0o777).toBe(0o600)
    for (const secret of [served.key, served.secret, 'signature=']) expect(text).not.toContain(secret)
  })

  it('is not written where it is switched off', async () => {
    const served = await serve(1)
    const off = scratch()
    expect(await bot(served, off, '1m', { environment: { LODESTONE__LOG__FILE: 'false' } }).ended).toBe(0)
    expect(existsSync(logOf(off))).toBe(false)
  })
})
