import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { composeLivePaper } from '../../src/app/compose/live-paper.ts'
import { runPaper } from '../../src/app/paper-session.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import { startBybitDouble } from '../fixture/double-bybit.ts'
import { bybitMarket, okxMarket, type MarketBar } from '../fixture/double-market.ts'
import { startOkxDouble } from '../fixture/double-okx.ts'
import { BAR_MS, CLOSE, clockOf, CROSS, HISTORY, marketTime, START, TICKS } from '../fixture/market-day.ts'

const VENUES = {
  bybit: { start: startBybitDouble, market: bybitMarket },
  okx: { start: startOkxDouble, market: okxMarket },
} as const

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** A paper bot on the market of a double, shortly before the signal. */
async function paperOn(name: keyof typeof VENUES) {
  const venue = VENUES[name]
  const { now, moveTo } = marketTime(START)
  const bars = (): readonly MarketBar[] => HISTORY.filter(({ openTime }) => openTime + BAR_MS <= now())
  const { server, double } = await venue.start({ ticks: TICKS }, venue.market(bars))
  closers.push(() => server.close())
  const playing = setInterval(() => double.playTo(Math.max(double.now, now())), 5)
  const silence = (): void => clearInterval(playing)
  closers.push(silence)
  const dataDir = mkdtempSync(join(tmpdir(), 'lodestone-paper-'))
  closers.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const config = toConfig(
    configSchema.parse({
      mode: 'paper',
      market: 'ccxt',
      data_dir: dataDir,
      exchange: { name, pairs: ['BTC/USDT:USDT'] },
      ...CROSS,
    }),
  )
  const told: string[] = []
  const composed = await composeLivePaper({
    config,
    speed: 1,
    warn: (message) => told.push(message),
    progress: () => undefined,
    double: {
      restOrigin: server.restOrigin,
      streamOrigin: server.streamOrigin,
      clock: (wakeup) => clockOf(now, wakeup),
    },
  })
  if (composed.kind === 'refused') throw new Error(composed.message)
  const { session } = composed
  closers.push(() => session.close())
  const go = (until: number, observe: Parameters<typeof runPaper>[1]['observe'] = () => undefined) =>
    runPaper(session, {
      configHash: 'x',
      seed: null,
      durationMs: until - session.start,
      interrupt: new AbortController().signal,
      onAlert: ({ level, message }) => told.push(`${level} ${message}`),
      observe,
    })
  return { session, server, dataDir, told, moveTo, silence, go }
}

describe.each(['bybit', 'okx'] as const)('a paper bot on the market of %s', (name) => {
  it('reads it without a key, publishes its map, enters on a signal and leaves at the target', async () => {
    const { session, server, dataDir, told, moveTo, go } = await paperOn(name)
    expect(session.engine.states[0]!.snapshot?.levels.length).toBeGreaterThan(0)
    expect(session.instruments[0]!.marginTiers.length).toBeGreaterThan(0)
    moveTo(CLOSE - 2_000)
    const summary = await go(CLOSE + 30_000)
    expect(told).toEqual([])
    expect(summary).toMatchObject({
      simulated_market: false,
      mode: 'paper',
      market: 'ccxt',
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
  const { told, server, moveTo, silence, go } = await paperOn('bybit')
  moveTo(CLOSE - 4_000)
  silence()
  server.on('GET /v5/market/tickers', () => ({ status: 503, body: {} }))
  // The bar of the signal comes, and no price with it.
  const summary = await go(CLOSE + 15_000)
  expect(told).toContainEqual(expect.stringMatching(/no market stream has spoken for 5 s; prices are asked for/))
  expect(summary).toMatchObject({ trades: 0, orders: 0, rejected: { PRICE_STALE: expect.any(Number) } })
})
