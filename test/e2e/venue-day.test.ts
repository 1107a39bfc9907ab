import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Wakeup } from '../../src/adapter/clock/wakeup.ts'
import { isProbe } from '../../src/adapter/venue/ccxt/probe-stop.ts'
import { createAccountView } from '../../src/app/account-view.ts'
import { composeTrading } from '../../src/app/compose/trading.ts'
import { runTrading } from '../../src/app/trading-session.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import { epochMs, type EpochMs } from '../../src/domain/unit.ts'
import type { Clock } from '../../src/port/clock.ts'
import type { MarketTick } from '../contract/venue-suite.ts'
import { startBybitDouble } from '../fixture/double-bybit.ts'
import { bybitMarket, okxMarket, type MarketBar } from '../fixture/double-market.ts'
import { startOkxDouble } from '../fixture/double-okx.ts'
import { result, tradingKey } from '../fixture/scripted-bybit.ts'
import { rows } from '../fixture/scripted-okx.ts'
import { HOUR, MINUTE, T0 } from '../unit/exchange/fixture.ts'

/** Market time per wall time, once the bot has begun. */
const SPEED = 2
const BAR_MS = 5 * MINUTE
/** The bot starts a little before a bar closes, far from any settlement. */
const START = T0 + 2 * HOUR - 60_000
const CLOSE = T0 + 2 * HOUR
const BURN_IN_DAYS = 2

/**
 * Eighteen days of a falling market with a wave on it, whose last bar shoots up: at its close the fast average crosses the
 * slow one.
 */
const HISTORY: readonly MarketBar[] = Array.from({ length: 18 * 288 + 24 }, (_, i): MarketBar => {
  const openTime = T0 + 2 * HOUR - (18 * 288 + 24 - i) * BAR_MS
  const at = (k: number): number => 50_000 + 400 * Math.sin(k / 40) + Math.min(0, 18 * 288 - k) * 20
  const isLast = i === 18 * 288 + 23
  const open = Math.round(at(i))
  const close = isLast ? 51_000 : Math.round(at(i + 1))
  return {
    openTime,
    open,
    high: Math.max(open, close) + 30,
    low: Math.min(open, close) - 30,
    close,
    volume: 400,
    openInterest: 50_000 + 100 * Math.sin(i / 7),
  }
})

/** At 51,000 when the signal comes, then through a target 2 % above; a price a second. */
const TICKS: readonly MarketTick[] = Array.from({ length: 8_000 }, (_, i): MarketTick => {
  const time = T0 + i * 1_000
  const last = time < CLOSE + 10_000 ? 51_000 : Math.min(52_400, 51_000 + (time - CLOSE - 10_000) / 6)
  return [i * 1_000, Math.round(last * 10) / 10]
})

const VENUES = {
  bybit: { start: startBybitDouble, market: bybitMarket, environment: 'testnet', placed: 'POST /v5/order/create' },
  okx: { start: startOkxDouble, market: okxMarket, environment: 'demo', placed: 'POST /api/v5/trade/order' },
} as const

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** Market time from `start` on: of the wall clock until it is moved on to `to`, then {@link SPEED} times as fast. */
function marketTime(start: number) {
  let from = start
  let since = performance.now()
  let speed = 1
  return {
    now: (): EpochMs => epochMs(Math.floor(from + (performance.now() - since) * speed)),
    moveTo(to: number) {
      from = to
      since = performance.now()
      speed = SPEED
    },
  }
}

function clockOf(now: () => EpochMs, wakeup: Wakeup): Clock {
  let lastBreath = performance.now()
  return {
    now,
    paced: true,
    advance: () => undefined,
    wait(until, interrupt) {
      const ahead = (until - now()) / SPEED
      if (ahead <= 0 && performance.now() - lastBreath < 20) return undefined
      return (ahead <= 0 ? nextTurn() : wakeup.wait(Math.min(ahead, 20), interrupt)).then(() => {
        lastBreath = performance.now()
      })
    },
  }
}

describe.each(['bybit', 'okx'] as const)('a bot on %s', (name) => {
  it('reads history, warms up, enters on a signal, guards the trade, leaves at its target, and agrees with the venue', async () => {
    const venue = VENUES[name]
    // Of this process alone, and its number at the venue too: two of these tests may run on one machine.
    const account = `${name}-${venue.environment}-${process.pid}`
    const { now, moveTo } = marketTime(START)
    const bars = (): readonly MarketBar[] => HISTORY.filter(({ openTime }) => openTime + BAR_MS <= now())
    const { server, double } = await venue.start({ ticks: TICKS }, venue.market(bars))
    closers.push(() => server.close())
    server.on('GET /v5/user/query-api', () => result({ ...tradingKey, userID: process.pid }))
    server.on('GET /api/v5/account/config', () =>
      rows({ posMode: 'net_mode', acctLv: '2', perm: 'read_only,trade', uid: String(process.pid) }),
    )
    const playing = setInterval(() => double.playTo(Math.max(double.now, now())), 5)
    closers.push(() => clearInterval(playing))

    const dataDir = mkdtempSync(join(tmpdir(), 'lodestone-venue-'))
    closers.push(() => rmSync(dataDir, { recursive: true, force: true }))
    const file = configSchema.parse({
      mode: 'testnet',
      data_dir: dataDir,
      exchange: { name, environment: venue.environment, pairs: ['BTC/USDT:USDT'] },
      estimator: { burn_in_days: BURN_IN_DAYS },
      strategies: { ema_cross: { enabled: true } },
      entry: {
        priority: ['ema_cross', 'cluster_breakout', 'liquidation_hunt', 'support_resistance'],
        combination: 'first',
      },
      risk: { max_order_usd: 5_000, max_position_usd: 5_000 },
    })
    const config = toConfig(file)
    const told: string[] = []
    const composed = await composeTrading({
      config,
      file,
      credentials: {
        key: 'scripted-key',
        secret: 'scripted-secret',
        password: name === 'okx' ? 'scripted-passphrase' : null,
      },
      seed: 1,
      speed: 1,
      tape: null,
      account,
      configHash: 'x',
      warn: (message) => told.push(`warning: ${message}`),
      progress: (message) => told.push(message),
      double: {
        restOrigin: server.restOrigin,
        streamOrigin: server.streamOrigin,
        clock: (wakeup) => clockOf(now, wakeup),
      },
    })
    if (composed.kind === 'refused') throw new Error(composed.message)
    const { session } = composed
    closers.push(() => session.close())
    const view = createAccountView({
      engine: session.engine,
      account: 'test',
      mode: 'testnet',
      configHash: 'x',
      burnInDays: BURN_IN_DAYS,
      now,
      earlier: [],
    })
    expect(view.status().warming_up).toEqual([])
    expect(session.engine.states[0]!.snapshot?.levels.length).toBeGreaterThan(0)

    const alerts: string[] = []
    expect(now()).toBeLessThan(CLOSE - 2_000)
    moveTo(CLOSE - 2_000)
    const summary = await runTrading(session, {
      mode: 'testnet',
      exchange: name,
      configHash: 'x',
      seed: null,
      shutdown: 'keep_protected',
      durationMs: CLOSE + 30_000 - session.start,
      interrupt: new AbortController().signal,
      onAlert: (level, message) => alerts.push(`${level} ${message}`),
      observe: () => undefined,
      onTrade: view.add,
    })
    expect({
      alerts,
      told: told.filter((line) => line.startsWith('warning')),
      rejected: summary.rejected,
    }).toMatchObject({ alerts: [], told: [] })
    expect(summary.trade_list).toMatchObject([
      { symbol: 'BTCUSDT', strategy: 'ema_cross', side: 'LONG', exit_reason: 'target' },
    ])
    expect(summary).toMatchObject({
      ended: 'finished',
      trades: 1,
      trades_won: 1,
      open_positions: 0,
      corrections: 0,
      ledger_agrees: true,
    })
    // History and the bar of the signal are there for the next start.
    const kept = readFileSync(join(dataDir, account, 'bars', 'BTCUSDT-5m.csv'), 'utf8')
    expect(kept.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${CLOSE - BAR_MS},`))
    expect(kept.split('\n').length).toBeGreaterThan(17 * 288)
    expect(summary.final_balance).toBe(double.account.wallet().toFixed())
    // An entry, a target, the stop and the one that took its place at break even; nothing twice, nothing left.
    const orders = [...double.account.orders.regular.values(), ...double.account.orders.algo.values()].filter(
      (order) => !isProbe(order.kind === 'algo' ? order.clientAlgoId : order.clientOrderId),
    )
    const ends = orders.map(({ kind, reduceOnly, status }) => [kind, reduceOnly, status])
    // The venue drops a stop that has nothing left to close, where the bot's cancel does not come first.
    const gone: unknown = expect.stringMatching(/^(?:CANCELED|EXPIRED)$/)
    expect(ends).toEqual([
      ['regular', false, 'FILLED'],
      ['regular', true, 'FILLED'],
      ['algo', true, gone],
      ['algo', true, gone],
    ])
    const hosts = new Set(
      server.requests
        .filter(({ headers }) => Object.keys(headers).some((h) => /api-key|access-key/.test(h)))
        .map(({ path }) => path.split('/')[0]),
    )
    expect([...hosts]).toEqual([name === 'okx' ? 'www.okx.com' : 'api-testnet.bybit.com'])
  })
})
