import { describe, expect, it } from 'vitest'
import { createExchange } from '../../../src/exchange/exchange.ts'
import { forkTape } from '../../../src/exchange/tape-fork.ts'
import { createBarTape } from '../../../src/exchange/tape/bar-tape.ts'
import type { Tape } from '../../../src/exchange/tape.ts'
import { BTC, columnsOf, drain, lines, order, PARAMETERS, scripted, stop, T0, tick } from './fixture.ts'

/** Four moves and a bar, five times a hundred, and a settlement every eight hours; all of reused objects. */
const barTape = (): Tape =>
  createBarTape(
    [
      {
        instrument: BTC,
        columns: columnsOf(
          'BTCUSDT',
          Array.from({ length: 100 }, (_, i) => [100 + i, 103 + i, 98 + i, 101 + i, 10 + i] as const),
          { fundingRate: Array.from({ length: 100 }, (_, i) => i / 1e6) },
        ),
      },
    ],
    PARAMETERS,
  )

const read = (tape: Tape): string => {
  const time = tape.peek()
  const item = tape.next()
  expect(item.time).toBe(time)
  return JSON.stringify(item)
}

describe('a forked tape', () => {
  it('is read whole by each reader, whoever is ahead, though the tape reuses its objects', () => {
    const plain = barTape()
    const expected: string[] = []
    while (plain.peek() !== undefined) expected.push(read(plain))
    expect(expected.length).toBeGreaterThan(500)
    const forks = forkTape(barTape(), 3)
    const seen: string[][] = forks.map(() => [])
    // Paces of one, seven and three items a round, and the laggards catch up.
    for (let round = 0; forks.some((fork) => fork.peek() !== undefined); round += 1)
      for (const [i, fork] of forks.entries())
        for (let n = 0; n < [1, 7, 3][(i + round) % 3]! && fork.peek() !== undefined; n += 1) seen[i]!.push(read(fork))
    expect(seen).toEqual([expected, expected, expected])
  })

  it('keeps what was handed out last as it was until the next is asked for', () => {
    const [slow, fast] = forkTape(scripted([1, 2, 3, 4].map((n) => tick(n, n))), 2)
    const first = slow!.next()
    for (let n = 0; n < 4; n += 1) fast!.next()
    expect(first).toEqual(tick(1, 1))
    expect(fast!.peek()).toBeUndefined()
    expect(slow!.peek()).toBe(T0 + 2)
  })

  it('is the tape itself for one reader', () => {
    const tape = scripted([])
    expect(forkTape(tape, 1)).toEqual([tape])
  })

  it('does not let its readers go apart for ever', () => {
    const tape: Tape = { instruments: [BTC], peek: () => tick(1, 1).time, next: () => tick(1, 1) }
    const [, fast] = forkTape(tape, 2)
    expect(() => {
      for (;;) fast!.next()
    }).toThrow(/readers are more than 16384 items apart/)
  })

  it('makes the same executions as the tape alone, for each core on it', () => {
    const fall = [tick(0, 50_000), tick(10_000, 50_000), tick(11_000, 49_000), tick(60_000, 49_000)]
    const trade = (tape: Tape): string[] => {
      const exchange = createExchange({ tape, parameters: PARAMETERS })
      drain(exchange, undefined, T0)
      exchange.submit(order('e'), tick(0, 0).time)
      exchange.submit(stop('s', 49_500), tick(100, 0).time)
      return lines(drain(exchange))
    }
    const alone = trade(scripted(fall))
    expect(alone).toHaveLength(5)
    expect(forkTape(scripted(fall), 2).map(trade)).toEqual([alone, alone])
  })
})
