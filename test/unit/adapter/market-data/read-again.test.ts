import { describe, expect, it } from 'vitest'
import type { OpenedExchange } from '../../../../src/adapter/ccxt/open-exchange.ts'
import { createMarketDialect } from '../../../../src/adapter/market-data/ccxt/create-dialect.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { BTC, T0 } from '../../exchange/fixture.ts'

const BAR_MS = 300_000

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
