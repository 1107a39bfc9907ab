import { afterEach, describe, expect, it, vi } from 'vitest'
import { currentRecord } from '../../../../src/adapter/ccxt/call-record.ts'
import type { OpenedExchange } from '../../../../src/adapter/ccxt/open-exchange.ts'
import { createMarketDialect } from '../../../../src/adapter/market-data/ccxt/create-dialect.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { BTC, T0 } from '../../exchange/fixture.ts'

const BAR_MS = 300_000

afterEach(() => void vi.useRealTimers())

/** Public data whose candles fail as often as asked, in the way asked. */
function scene(failures: number, fail: () => Error) {
  const asked = { candles: 0 }
  const exchange: Pick<OpenedExchange, 'id' | 'environment' | 'request' | 'streamBase'> = {
    id: 'binanceusdm',
    environment: 'embedded',
    streamBase: () => 'ws://127.0.0.1:1/ws',
    request(method) {
      if (!method.endsWith('Klines')) return Promise.resolve([])
      if (method === 'fapiPublicGetKlines') {
        asked.candles += 1
        if (asked.candles <= failures) return Promise.reject(fail())
      }
      return Promise.resolve([[T0, '1', '3', '1', '2', '10', T0 + BAR_MS - 1, '20', 3, '5', '10', '0']])
    },
  }
  const dialect = createMarketDialect({
    prices: exchange as OpenedExchange,
    statistics: exchange as OpenedExchange,
    instruments: [BTC],
    barMs: BAR_MS,
    barLagMs: 1_500,
  })
  return { dialect, asked }
}

describe('history', () => {
  it.each([
    ['a failed page', () => new Error('429 Too Many Requests')],
    ['an answer that ccxt stumbles over', () => new TypeError('undefined is not an object')],
  ])('survives %s', async (_what, fail) => {
    const { dialect, asked } = scene(1, fail)
    const bars = await dialect.history(BTC, epochMs(T0), epochMs(T0 + BAR_MS))
    expect(bars).toMatchObject([{ close: 2, takerBuyVolume: 5 }])
    expect(asked.candles).toBe(2)
  })

  it('asks for the newest bar once: its next turn comes by itself', async () => {
    const { dialect, asked } = scene(1, () => new Error('503'))
    await expect(dialect.bar(BTC, epochMs(T0), epochMs(T0 + BAR_MS))).rejects.toThrow('503')
    expect(asked.candles).toBe(1)
  })
})

describe('a venue that asks for silence', () => {
  const PROSE = '<html>403, access too frequent</html>'
  it.each([
    ['binanceusdm', 418, '120', '{"code":-1003}', 120_000],
    ['binanceusdm', 418, '', '', 60_000],
    ['binanceusdm', 429, '', '{"code":-1003}', 1_000],
    ['okx', 429, '', '{"code":"50011"}', 2_000],
    ['bybit', 403, '', PROSE, 600_000],
  ] as const)('%s: is asked nothing after %i %s for its time', async (id, status, retryAfter, body, ms) => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    let asked = 0
    const exchange: Pick<OpenedExchange, 'id' | 'environment' | 'request' | 'streamBase'> = {
      id,
      environment: 'live',
      streamBase: () => 'wss://x/ws',
      request() {
        asked += 1
        Object.assign(currentRecord()!, { phase: 'answered', status, body, retryAfter })
        return Promise.reject(new Error('too often'))
      },
    }
    const dialect = createMarketDialect({
      prices: exchange as OpenedExchange,
      statistics: exchange as OpenedExchange,
      instruments: [BTC],
      barMs: BAR_MS,
      barLagMs: 1_500,
    })
    const look = async (): Promise<void> => {
      const failed = dialect.bar(BTC, epochMs(T0), epochMs(T0 + BAR_MS)).catch(() => undefined)
      await vi.advanceTimersByTimeAsync(100)
      await failed
    }
    await look()
    const first = asked
    expect(first).toBeGreaterThan(0)
    for (let waited = 100; waited < ms - 200; waited += Math.floor(ms / 10)) {
      await look()
      await vi.advanceTimersByTimeAsync(Math.floor(ms / 10) - 100)
    }
    expect(asked).toBe(first)
    await vi.advanceTimersByTimeAsync(ms / 5)
    await look()
    expect(asked).toBeGreaterThan(first)
  })
})
