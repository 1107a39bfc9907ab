import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { createTapeReader } from '../../../src/exchange/tape-reader.ts'
import type { Move, Tape, TapeItem } from '../../../src/exchange/tape.ts'
import { BTC, drain, ETH, lines, onTicks, order, scripted, stop, T0, tick } from './fixture.ts'

/** A tape that hands out one and the same move object, as fast tapes do. */
function reusing(moves: readonly Move[]): Tape {
  let at = 0
  const one = { ...moves[0]! }
  return { instruments: [BTC, ETH], peek: () => moves[at]?.time, next: () => Object.assign(one, moves[at++]) }
}
const eth = (ms: number, last: number): Move => tick(ms, last, { instrument: ETH })

describe('the tape reader', () => {
  it('finds the next move of an instrument behind the others’, and keeps all of them in order', () => {
    const moves = [tick(1, 10), tick(2, 11), eth(3, 20), tick(4, 12), eth(5, 21)]
    const reader = createTapeReader(reusing(moves))
    expect(reader.nextMove(1)).toMatchObject({ last: 20 })
    expect(reader.nextMove(0)).toMatchObject({ last: 10 })
    expect(reader.size).toBe(3)
    const taken: number[] = []
    const first = reader.take()
    if (first.kind === 'move') taken.push(first.last)
    expect(reader.nextMove(0)).toMatchObject({ last: 11 })
    reader.take()
    reader.take()
    expect(reader.size).toBe(0)
    expect(reader.nextMove(1)).toMatchObject({ last: 21 })
    expect(reader.nextMove(0)).toMatchObject({ last: 12 })
    expect(taken).toEqual([10])
  })

  it('copies what it holds, a bar’s shape included', () => {
    const shape = { high: 2, low: 1, volume: 3, wide: false }
    const reader = createTapeReader(reusing([tick(1, 10, { bar: shape }), tick(2, 11)]))
    const held = reader.nextMove(0)!
    reader.nextMove(1)
    shape.high = 9
    expect(held).toMatchObject({ last: 10, bar: { high: 2 } })
  })

  it('gives up on an instrument that is silent for too long, and calls its next move a jump', () => {
    const moves: TapeItem[] = Array.from({ length: 9_000 }, (_, i) => tick(i, 10))
    moves.push(eth(9_001, 20))
    const reader = createTapeReader(scripted(moves, [BTC, ETH]))
    expect(reader.nextMove(1)).toBeNull()
    expect(reader.size).toBe(8_192)
    for (let i = 0; i < 5_000; i += 1) reader.take()
    expect(reader.nextMove(1)).toMatchObject({ last: 20, jump: true })
  })

  it('knows when there is none', () => {
    const reader = createTapeReader(scripted([tick(1, 10)], [BTC, ETH]))
    expect(reader.nextMove(1)).toBeNull()
    expect(reader.head()).toMatchObject({ last: 10 })
  })
})

describe('the exchange on instruments that move at different times', () => {
  it('delivers what happens on one path before the moves of the other', () => {
    const exchange = onTicks(
      [
        tick(0, 50_000),
        eth(0, 2_500),
        eth(4_000, 2_510),
        eth(6_000, 2_520),
        tick(8_000, 49_000),
        eth(9_000, 2_530),
        tick(20_000, 49_000),
      ],
      {},
      [BTC, ETH],
    )
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 100))
    const events = drain(exchange)
    // from 1,000 to 8,000 the price falls by 1,000: 49,500 after 4,500
    expect(
      events.map(
        (event) => `${event.time - T0} ${event.kind}${event.kind === 'price' ? ` ${event.instrument.base}` : ''}`,
      ),
    ).toEqual([
      '0 price BTC',
      '0 price ETH',
      '50 order_accepted',
      '50 order_filled',
      '150 order_accepted',
      '4000 price ETH',
      '4500 order_triggered',
      '4550 order_filled',
      '6000 price ETH',
      '8000 price BTC',
      '9000 price ETH',
      '20000 price BTC',
    ])
    expect(lines(events).at(-1)).toContain('4550 order_filled s1 sell 0.1 @ 49492.8 ') // 50,000 − 3,550 / 7
  })
})
