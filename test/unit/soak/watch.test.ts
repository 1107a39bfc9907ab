import { describe, expect, test } from 'vitest'
import type { AccountRecords, AlgoRow, TradeRow } from '../../../scripts/soak/truth.ts'
import { createWatch, type Blind } from '../../../scripts/soak/watch.ts'
import { clientOrderId } from '../../../src/domain/id.ts'

const NOON = Date.UTC(2026, 0, 5, 12)
const at = (seconds: number): number => NOON + seconds * 1_000

const trade = (id: number, side: TradeRow['side'], qty: string, time: number, symbol = 'BTCUSDT'): TradeRow => ({
  id,
  symbol,
  side,
  price: '50000',
  qty,
  commission: '1',
  time,
})

function stop(algoId: number, from: number, until: number | null, patch: Partial<AlgoRow> = {}): AlgoRow {
  return {
    algoId,
    symbol: 'BTCUSDT',
    clientAlgoId: clientOrderId({ strategy: 1, epoch: 1, intent: algoId, leg: 'stop', revision: 0 }),
    orderType: 'STOP_MARKET',
    algoStatus: until === null ? 'NEW' : 'CANCELED',
    side: 'SELL',
    quantity: '1',
    reduceOnly: true,
    createTime: from,
    updateTime: until ?? from,
    ...patch,
  }
}

/** What the exchange would have told of these orders an hour later. */
const truthOf = (trades: readonly TradeRow[], stops: readonly AlgoRow[]): AccountRecords => ({
  regular: new Map(),
  algo: new Map(stops.map((row) => [row.algoId, row])),
  trades: new Map(trades.map((row) => [row.id, row])),
  now: at(3_600),
})

function judged(truth: AccountRecords, blinds: readonly Blind[] = []): ReturnType<typeof createWatch> {
  const watch = createWatch(truth, blinds)
  watch.judge(100_000)
  return watch
}

/** Bought at noon, closed after half an hour. */
const position = [trade(1, 'BUY', '1', at(0)), trade(2, 'SELL', '1', at(1_800))]

describe('a position and its stop', () => {
  test('a stop that comes after 5 s and goes with the position is right', () => {
    const watch = judged(truthOf(position, [stop(1, at(5), at(1_800))]))
    expect(watch.violations).toEqual([])
    expect(watch.longestNaked).toBe(5_000)
  })

  test('one that comes later is a violation, and so is one that is gone in between, without a fault', () => {
    expect(judged(truthOf(position, [stop(1, at(5.001), at(1_800))])).violations).toEqual([
      'BTCUSDT had no whole stop for 5.0 s from 2026-01-05T12:00:00.000Z',
    ])
    const gap = truthOf(position, [stop(1, at(1), at(600)), stop(2, at(606), at(1_800))])
    expect(judged(gap).violations).toEqual(['BTCUSDT had no whole stop for 6.0 s from 2026-01-05T12:10:00.000Z'])
  })

  test('a smaller stop, one of the other side and one that could open a position are none', () => {
    for (const patch of [{ quantity: '0.9' }, { side: 'BUY' as const }, { reduceOnly: false }]) {
      const watch = judged(truthOf(position, [stop(1, at(1), at(1_800), patch)]))
      expect(watch.violations, JSON.stringify(patch)).toHaveLength(1)
      expect(watch.longestNaked).toBe(1_800_000)
    }
  })

  test('a fault explains as much as it hides and one look more, not a second longer', () => {
    const blind = { name: 'stream silent', from: at(600), until: at(620) }
    const late = (seconds: number): AccountRecords =>
      truthOf(position, [stop(1, at(1), at(600)), stop(2, at(600 + seconds), at(1_800))])
    const explained = judged(late(35), [blind])
    expect(explained.violations).toEqual([])
    expect(explained.explained).toEqual([
      'BTCUSDT had no whole stop for 35.0 s from 2026-01-05T12:10:00.000Z (stream silent)',
    ])
    expect(judged(late(36), [blind]).violations).toEqual([
      'BTCUSDT had no whole stop for 36.0 s from 2026-01-05T12:10:00.000Z (during: stream silent)',
    ])
    const elsewhere = { ...blind, from: at(700), until: at(720) }
    expect(judged(late(6), [elsewhere]).violations).toHaveLength(1)
  })
})

describe('the account', () => {
  test('a client id that was accepted twice', () => {
    const twice = [
      stop(1, at(1), at(1_800)),
      { ...stop(2, at(2), at(1_800)), clientAlgoId: stop(1, 0, 0).clientAlgoId },
    ]
    expect(judged(truthOf(position, twice)).violations).toEqual([`${twice[0]!.clientAlgoId} was accepted twice`])
  })

  test('more positions than the limit, and more than twice the wallet', () => {
    const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT']
    const four = symbols.flatMap((symbol, i) => [
      trade(2 * i + 1, 'BUY', '0.1', at(i), symbol),
      trade(2 * i + 2, 'SELL', '0.1', at(i + 100), symbol),
    ])
    expect(judged(truthOf(four, [])).violations).toContain('4 positions were held at once')
    const large = [trade(1, 'BUY', '4.3', at(0)), trade(2, 'SELL', '4.3', at(4))]
    expect(judged(truthOf(large, [])).violations).toEqual(['215000 USDT were held on a wallet of 100000'])
  })
})
