import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { composeLivePaper } from '../../src/app/compose/live-paper.ts'
import { runTrading } from '../../src/app/trading-session.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import { startBybitDouble } from '../fixture/double-bybit.ts'
import { bybitMarket, okxMarket, type MarketBar } from '../fixture/double-market.ts'
import { startOkxDouble } from '../fixture/double-okx.ts'
import {
  BAR_MS,
  CLOSE,
  doubleAt,
  CROSS,
  HISTORY,
  marketTime,
  minutesUntil,
  START,
  TICKS,
} from '../fixture/market-day.ts'

const VENUES = {
  bybit: { start: startBybitDouble, market: bybitMarket },
  okx: { start: startOkxDouble, market: okxMarket },
} as const

const ACCOUNT = 'venue-paper'
const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** The market of a double, shortly before the signal, and a directory for paper bots on it. */
async function stage(name: keyof typeof VENUES) {
  const venue = VENUES[name]
  const { now, moveTo } = marketTime(START)
  const bars = (): readonly MarketBar[] => HISTORY.filter(({ openTime }) => openTime + BAR_MS <= now())
  const { server, double } = await venue.start(
    { ticks: TICKS },
    venue.market(bars, () => minutesUntil(now())),
  )
  closers.push(() => server.close())
  const playing = setInterval(() => double.playTo(Math.max(double.now, now())), 5)
  const silence = (): void => clearInterval(playing)
  closers.push(silence)
  const dataDir = mkdtempSync(join(tmpdir(), 'lodestone-paper-'))
  closers.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const configWith = (exchange: object) =>
    toConfig(
      configSchema.parse({
        mode: 'paper',
        market: 'ccxt',
        data_dir: dataDir,
        exchange: { name, pairs: ['BTC/USDT:USDT'], ...exchange },
        ...CROSS,
      }),
    )
  const told: string[] = []
  /** A bot that runs until a market time. */
  async function start(exchange: object = {}) {
    const composed = await composeLivePaper({
      config: configWith(exchange),
      account: ACCOUNT,
      configHash: 'x',
      speed: 1,
      warn: (message) => told.push(message),
      progress: () => undefined,
      double: doubleAt(server, now),
    })
    if (composed.kind === 'refused') throw new Error(composed.message)
    const { session } = composed
    closers.push(() => session.close())
    const go = (until: number) =>
      runTrading(session, {
        mode: 'paper',
        exchange: name,
        configHash: 'x',
        seed: null,
        shutdown: 'keep_protected',
        durationMs: until - session.start,
        interrupt: new AbortController().signal,
        onAlert: ({ level, message }) => told.push(`${level} ${message}`),
        observe: () => undefined,
        onTrade: () => undefined,
      })
    return { session, go }
  }
  return { server, dataDir, told, now, moveTo, silence, start }
}

describe.each(['bybit', 'okx'] as const)('a paper bot on the market of %s', (name) => {
  it('reads it without a key, publishes its map, enters on a signal and leaves at the target', async () => {
    const { server, dataDir, told, moveTo, start } = await stage(name)
    const { session, go } = await start()
    expect(session.engine.states[0]!.snapshot?.levels.length).toBeGreaterThan(0)
    expect(session.instruments[0]!.marginTiers.length).toBeGreaterThan(0)
    moveTo(CLOSE - 2_000)
    const summary = await go(CLOSE + 30_000)
    expect(told).toEqual([])
    expect(summary).toMatchObject({
      simulated_market: false,
      mode: 'paper',
      exchange: name,
      ended: 'finished',
      trades: 1,
      trades_won: 1,
      ledger_agrees: true,
      trade_list: [{ symbol: 'BTCUSDT', strategy: 'ema_cross', side: 'LONG', exit_reason: 'target' }],
    })
    // Nothing but questions, of the live system, by nobody.
    expect(new Set(server.requests.map(({ path }) => path.split('/')[0]))).toEqual(
      new Set([name === 'okx' ? 'www.okx.com' : 'api.bybit.com']),
    )
    const headers = server.requests.flatMap((request) => Object.keys(request.headers))
    expect(headers.filter((header) => /api-key|access-key|simulated/.test(header))).toEqual([])
    const kept = readFileSync(join(dataDir, 'public', name, 'BTCUSDT-5m.csv'), 'utf8')
    expect(kept.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${CLOSE - BAR_MS},`))
  })
})

it('says that prices have stopped, and enters nothing without them', async () => {
  const { told, server, moveTo, silence, start } = await stage('bybit')
  const { go } = await start()
  moveTo(CLOSE - 4_000)
  silence()
  server.on('GET /v5/market/tickers', () => ({ status: 503, body: {} }))
  // The bar of the signal comes, and no price with it.
  const summary = await go(CLOSE + 15_000)
  expect(told).toContainEqual(expect.stringMatching(/no market stream has spoken for 5 s; prices are asked for/))
  expect(summary).toMatchObject({ trades: 0, orders: 0, rejected: { PRICE_STALE: expect.any(Number) } })
})

describe('an account of simulated money', () => {
  /** Has entered, and the price has not yet left the entry. */
  async function entered() {
    const set = await stage('bybit')
    const first = await set.start()
    set.moveTo(CLOSE - 2_000)
    const summary = await first.go(CLOSE + 7_000)
    expect(summary).toMatchObject({ trades: 0, open_positions: 1, ledger_agrees: true, corrections: 0 })
    return { ...set, first, summary }
  }

  it('stays behind its stop when the bot ends, and the next one plays what the market did meanwhile', async () => {
    const { first, summary, start, moveTo, told, now } = await entered()
    await first.session.close()
    // The target is met while nobody looks.
    moveTo(CLOSE + 40_000)
    const second = await start()
    expect(second.session.startingBalance.toFixed()).toBe(summary.final_balance)
    const after = await second.go(now() + 10_000)
    expect(after).toMatchObject({
      trades: 1,
      trades_won: 1,
      open_positions: 0,
      ledger_agrees: true,
      corrections: 0,
      trade_list: [{ strategy: 'ema_cross', side: 'LONG', exit_reason: 'target' }],
    })
    expect(told).toEqual([
      expect.stringMatching(/^BTCUSDT: \d+ s without prices; what the market did meanwhile is played from candles/),
    ])
  })

  it('is found again by a bot after one that was killed', async () => {
    const { first, summary, start, dataDir, now, told } = await entered()
    // What a process leaves that never came to close anything.
    const kept = cpDirectory(dataDir)
    await first.session.close()
    rmSync(dataDir, { recursive: true })
    renameSync(kept, dataDir)
    const second = await start()
    const after = await second.go(now() + 1_000)
    expect(after).toMatchObject({ open_positions: 1, ledger_agrees: true, corrections: 0, fees: '0' })
    expect(after.starting_balance).toBe(summary.final_balance)
    expect(told.filter((message) => !message.includes('without prices'))).toEqual([])
  })

  it('is refused in another margin mode, and after the time for which the market is told', async () => {
    const { first, start, moveTo, now } = await entered()
    await first.session.close()
    await expect(start({ margin_mode: 'cross' })).rejects.toThrow(
      'exchange.margin_mode: what is open in the paper account was opened with isolated. Keep that until it is over.',
    )
    moveTo(now() + 21 * 86_400_000)
    await expect(start()).rejects.toThrow(/has something open in BTCUSDT, and was last kept 2[01] days ago/)
  })

  it('is refused where its file is damaged, and left as it is', async () => {
    const { first, start, dataDir } = await entered()
    await first.session.close()
    const path = join(dataDir, ACCOUNT, 'paper-account.json')
    const damaged = readFileSync(path, 'utf8').replace('BTCUSDT', 'BTCUSDX')
    writeFileSync(path, damaged)
    await expect(start()).rejects.toThrow(
      /^The paper account in .*paper-account\.json is damaged: its hash is another one\.$/,
    )
    expect(readFileSync(path, 'utf8')).toBe(damaged)
  })
})

function cpDirectory(directory: string): string {
  cpSync(directory, `${directory}-kept`, { recursive: true })
  return `${directory}-kept`
}
