import { expect, it } from 'vitest'
import type { BarEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createExchange } from '../../../../src/exchange/exchange.ts'
import { createLiveTape, type LiveQuote, type LiveTape } from '../../../../src/exchange/tape/live-tape.ts'
import type { Move, TapeItem } from '../../../../src/exchange/tape.ts'
import { BTC, ETH, MINUTE, PARAMETERS, T0 } from '../fixture.ts'

const BAR_MS = 5 * MINUTE
const at = (ms: number) => epochMs(T0 + ms)
const quoted = (last: number, mark = last): LiveQuote => ({ last, mark, bid: last - 1, ask: last + 1 })
const live = (): LiveTape => createLiveTape({ instruments: [BTC, ETH], barMs: BAR_MS, wideBarAtr: 3 })

function read(tape: LiveTape): TapeItem[] {
  const items: TapeItem[] = []
  while (tape.peek() !== undefined) items.push(tape.next())
  return items
}

const barOf = (i: number, range: number): BarEvent => ({
  kind: 'bar',
  time: at(i * BAR_MS),
  openTime: at((i - 1) * BAR_MS),
  closeTime: at(i * BAR_MS),
  instrument: BTC,
  open: 50_000,
  high: 50_000 + range / 2,
  low: 50_000 - range / 2,
  // Closes 0.1 % higher and lower by turns.
  close: i % 2 === 0 ? 50_000 : 50_050,
  volume: 500,
  turnover: Number.NaN,
  markHigh: Number.NaN,
  markLow: Number.NaN,
  openInterest: Number.NaN,
  fundingRate: Number.NaN,
  longShortRatio: Number.NaN,
  takerBuyVolume: Number.NaN,
})

it('has nothing yet without being over, until it is ended', () => {
  const tape = live()
  const exchange = createExchange({ tape, parameters: PARAMETERS })
  expect([exchange.events.peek(), exchange.events.exhausted()]).toEqual([undefined, false])
  tape.quote(BTC, at(0), quoted(50_000))
  expect(exchange.events.next(at(10))).toMatchObject({ kind: 'price', time: T0, last: 50_000 })
  expect([exchange.events.next(at(10)), exchange.events.exhausted()]).toEqual([undefined, false])
  tape.end()
  expect(exchange.events.exhausted()).toBe(true)
})

it('never goes back in time: what comes late counts from when it is told, what comes twice changes nothing', () => {
  const tape = live()
  tape.quote(BTC, at(1_000), quoted(50_000))
  tape.quote(ETH, at(400), quoted(2_500))
  tape.quote(BTC, at(1_000), quoted(50_000))
  tape.quote(BTC, at(1_700), quoted(50_010))
  expect(read(tape).map((item) => [item.time - T0, item.kind === 'move' ? item.last : item.kind])).toEqual([
    [1_000, 50_000],
    [1_000, 2_500],
    [1_000, 50_000],
    [1_700, 50_010],
  ])
})

it('lets a price stand until the next, so that nothing is filled between two trades or before it is known', () => {
  const tape = live()
  const exchange = createExchange({ tape, parameters: PARAMETERS })
  tape.quote(BTC, at(0), quoted(50_000))
  exchange.events.next(at(0))
  tape.quote(BTC, at(10_000), quoted(51_000))
  expect(read(tape)[0]).toMatchObject({ jump: true, bar: null })
})

it('measures volatility, volume and the typical range on the bars before it, and says what it does not know', () => {
  const tape = live()
  tape.quote(BTC, at(0), quoted(50_000))
  expect((read(tape)[0] as Move).minuteVolatility).toBeNaN()
  for (let i = -40; i < 0; i += 1) tape.warm(barOf(i, 100))
  tape.quote(BTC, at(0), quoted(50_000))
  const [move] = read(tape) as Move[]
  // ±0.1 % in five minutes: 0.001 / √5 in one
  expect(move!.minuteVolatility).toBeCloseTo(0.001 / Math.sqrt(5), 5)
  expect(move!.minuteVolume).toBeCloseTo(100, 9)
  expect(move!.cascade).toBe(false)
})

it('takes a minute that goes three typical ranges far for a cascade, and the next one not', () => {
  const tape = live()
  for (let i = -40; i < 0; i += 1) tape.warm(barOf(i, 100))
  // A bar's range of 100 is one of 44.7 in a minute: 134.2 is three of those.
  const told = [
    [0, 50_000],
    [20_000, 49_866],
    [40_000, 49_865.8],
    [60_000, 49_866],
  ] as const
  for (const [ms, last] of told) tape.quote(BTC, at(ms), quoted(last))
  expect((read(tape) as Move[]).map(({ cascade }) => cascade)).toEqual([false, false, true, false])
})

it('passes bars and settlements on when they are told', () => {
  const tape = live()
  tape.quote(BTC, at(BAR_MS + 4_000), quoted(50_000))
  tape.bar({ ...barOf(1, 100), time: at(BAR_MS + 3_000) })
  tape.settle(BTC, at(BAR_MS + 5_000), 0.0001, 50_000)
  expect(read(tape).slice(1)).toMatchObject([
    { kind: 'bar', time: T0 + BAR_MS + 4_000, closeTime: T0 + BAR_MS },
    { kind: 'funding', time: T0 + BAR_MS + 5_000, rate: 0.0001, mark: 50_000 },
  ])
})
