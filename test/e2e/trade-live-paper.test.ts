import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { PaperSummary } from '../../src/app/paper-session.ts'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { lodestone, type Ended } from './run-cli.ts'
import { bot, clearStage, scratch, serve } from './served-bot.ts'

const preset = resolve(import.meta.dirname, '../../config/paper-binance.yaml')
const literal = resolve(import.meta.dirname, '../../config/literal.yaml')
const DAY = ['--mode', 'paper', '--duration', '1d', '--speed', 'max', '--headless', '--json']

afterEach(clearStage)

const served = (origin: string): Record<string, string> => ({
  LODESTONE__DATA_DIR: scratch(),
  LODESTONE__EXCHANGE__NAME: 'embedded',
  LODESTONE__EXCHANGE__URL: origin,
})

describe('trade -c config/paper-binance.yaml', () => {
  it('trades simulated money on the public data of a market in another process, as on the same market in its own', async () => {
    const { origin, key } = await serve(1)
    const live = await lodestone(['trade', '-c', preset, '-c', literal, ...DAY], served(origin))
    expect(live.code).toBe(0)
    expect(live.err).toContain('simulated money')
    expect(live.err).not.toMatch(/warning/i)
    const summary = JSON.parse(live.out) as TradingSummary
    expect(summary).toMatchObject({
      simulated_market: true,
      mode: 'paper',
      exchange: 'embedded',
      ended: 'finished',
      ledger_agrees: true,
    })
    // The account that the served exchange made is nobody's here.
    expect(live.out + live.err).not.toContain(key)

    const own = await lodestone(['trade', '-c', preset, '-c', literal, ...DAY], {
      LODESTONE__EXCHANGE__NAME: 'embedded',
      LODESTONE__MARKET: 'crowd',
    })
    const entries = (each: Pick<PaperSummary, 'entry_list'>): readonly string[] =>
      each.entry_list.map(({ signal }) => signal)
    const known = entries(JSON.parse(own.out) as PaperSummary)
    expect(known.length).toBeGreaterThan(3)
    const same = entries(summary).filter((signal) => known.includes(signal))
    // Over the network a decision comes a moment later, and the ticks are others.
    expect(same.length).toBeGreaterThan(known.length / 2)
  })

  it('ends with a sentence when the market is gone', async () => {
    const exchange = await serve(1)
    const running = bot(exchange, scratch(), '30d', {
      speed: '600',
      environment: { LODESTONE__MODE: 'paper', LODESTONE__MARKET: 'ccxt', LODESTONE__EXCHANGE__NAME: 'embedded' },
    })
    while (!running.err().includes('reading history')) await once(running.child.stderr!, 'data')
    while (!running.err().includes('BTCUSDT')) await once(running.child.stderr!, 'data')
    exchange.child.kill('SIGKILL')
    expect(await running.ended).toBe(1)
    expect(running.err()).toMatch(/The market is gone: /)
    expect(running.err()).not.toMatch(/\n\s+at |unexpected error/)
    expect(JSON.parse(running.out())).toMatchObject({ ended: 'exchange_gone', ledger_agrees: null })
  })

  it.each([
    ['nobody is there', {}, [], 6, /out of reach/, 'http://127.0.0.1:9'],
    ['a seed', {}, ['--seed', '2'], 4, /--seed 2: market: ccxt is a market of its own/, null],
    ['a tape', {}, ['--tape', 'x.csv'], 4, /--tape: market: ccxt is a market of its own/, null],
    ['a speed', {}, ['--speed', '2'], 4, /--speed 2: the market of binanceusdm runs in real time/, null],
    [
      'no exchange',
      { LODESTONE__EXCHANGE__NAME: 'embedded' },
      [],
      4,
      /market: ccxt needs an exchange whose public data is read/,
      null,
    ],
    ['a demo', { LODESTONE__EXCHANGE__ENVIRONMENT: 'demo' }, [], 4, /environment: demo contradicts market: ccxt/, null],
  ] as const)('is refused: %s', async (_, environment, more, code, sentence, url) => {
    const refused: Ended = await lodestone(['trade', '-c', preset, '--duration', '1m', '--headless', ...more], {
      LODESTONE__DATA_DIR: scratch(),
      ...environment,
      ...(url !== null && served(url)),
    })
    expect([refused.code, refused.out]).toEqual([code, ''])
    expect(refused.err).toMatch(sentence)
    expect(refused.err).not.toMatch(/\n\s+at |unexpected error/)
  })
})
