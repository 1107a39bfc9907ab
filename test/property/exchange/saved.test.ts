import { fc, it } from '@fast-check/vitest'
import { expect } from 'vitest'
import { exactJson, parseExactJson } from '../../../src/domain/exact-json.ts'
import type { ClientOrderId, OrderRequest } from '../../../src/domain/order.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { createExchange, type EmbeddedExchange } from '../../../src/exchange/exchange.ts'
import type { SavedExchange } from '../../../src/exchange/saved.ts'
import {
  BTC,
  drain,
  ETH,
  lines,
  order,
  PARAMETERS,
  scripted,
  stop,
  T0,
  target,
  tick,
} from '../../unit/exchange/fixture.ts'

const PRICES = 30
const STEP_MS = 1_000

interface Step {
  readonly moveBp: number
  readonly kind: 'nothing' | 'market' | 'limit' | 'stop' | 'take_profit' | 'settlement'
  readonly buy: boolean
  readonly reduceOnly: boolean
  readonly lots: number
  readonly offsetBp: number
  /** The process ends here, and another one goes on. */
  readonly cut: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  moveBp: fc.oneof(fc.integer({ min: -150, max: 150 }), fc.integer({ min: -1, max: 1 })),
  kind: fc.constantFrom('nothing', 'market', 'limit', 'stop', 'take_profit', 'settlement'),
  buy: fc.boolean(),
  reduceOnly: fc.boolean(),
  lots: fc.integer({ min: 1, max: 300 }),
  // Also between the price and the book, where a limit is better than the price and takes nothing.
  offsetBp: fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -10, max: 10 })),
  cut: fc.boolean(),
})

function request({ kind, buy, reduceOnly, lots, offsetBp }: Step, id: string, last: number): OrderRequest | null {
  const level = Math.round((last * (1 + offsetBp / 10_000)) / BTC.tick) * BTC.tick
  const common = { side: buy ? 'buy' : 'sell', quantity: BTC.lotSize.times(lots).toString(), reduceOnly } as const
  const at = level.toFixed(1)
  if (kind === 'market') return order(id, common)
  if (kind === 'limit') return order(id, { ...common, type: 'limit', price: at })
  if (kind === 'stop') return order(id, { ...common, type: 'stop_market', triggerPrice: at })
  if (kind === 'take_profit') return order(id, { ...common, type: 'take_profit_market', triggerPrice: at })
  return null
}

/** Plays the steps; where they say so, the exchange is replaced by one that knows what was saved. */
function play(steps: readonly Step[], parameters: Partial<typeof PARAMETERS>, cuts: boolean) {
  const from = (first: number, saved?: SavedExchange): EmbeddedExchange =>
    createExchange({
      // Prices of a live market: each stands until the next.
      tape: scripted(
        items.filter(({ time }) => time >= T0 + first * STEP_MS),
        [BTC],
      ),
      parameters: { ...PARAMETERS, ...parameters },
      keepFills: true,
      ...(saved && { saved }),
    })
  let last = 50_000
  const prices = steps.map(({ moveBp }) => (last = Math.round(last * (1 + moveBp / 10_000) * 10) / 10))
  const items = steps.flatMap(({ kind }, i) => {
    const move = tick(i * STEP_MS, prices[i]!, { jump: true })
    const rate = { kind: 'funding', time: move.time, instrument: BTC, rate: 0.0003, mark: prices[i]! } as const
    return kind === 'settlement' ? [move, rate] : [move]
  })
  const seen: string[] = []
  let exchange = from(0)
  for (const [i, each] of steps.entries()) {
    const at = T0 + i * STEP_MS + 100
    const run = (until: number): void => {
      for (let event = exchange.events.next(epochMs(until)); event; event = exchange.events.next(epochMs(until)))
        seen.push(...lines([{ ...event }]))
    }
    run(at)
    const wanted = request(each, `o${i}`, prices[i]!)
    if (wanted) exchange.submit(wanted, epochMs(at))
    // Latency, a trigger's included.
    run(at + 500)
    if (!cuts || !each.cut) continue
    const text = exactJson(exchange.save(), [BTC])
    exchange = from(i + 1, parseExactJson(text, [BTC]) as SavedExchange)
  }
  return { seen, ledger: exchange.ledger, snapshot: exchange.snapshot(epochMs(T0 + PRICES * STEP_MS)) }
}

it.prop([
  fc.array(step, { minLength: PRICES, maxLength: PRICES }),
  fc.record({
    marginMode: fc.constantFrom('isolated', 'cross'),
    leverage: fc.constantFrom(5, 25),
    halfSpreadBp: fc.constantFrom({ default: 0 }, { default: 10 }),
  }),
])('an account that is saved and taken up again goes on as if nothing had been', (steps, parameters) => {
  const whole = play(steps, parameters, false)
  const cut = play(steps, parameters, true)
  expect(cut.seen).toEqual(whole.seen)
  expect(cut.ledger).toEqual(whole.ledger)
  expect(cut.snapshot).toEqual(whole.snapshot)
})

it('an order that ends between its trigger and its fill meets the first price of the next process', () => {
  const prices = [50_000, 50_000, 49_000].map((last, i) => tick(i * STEP_MS, last, { jump: true }))
  const exchange = createExchange({ tape: scripted(prices), parameters: PARAMETERS, keepFills: true })
  const until = epochMs(T0 + 9_000)
  let text = ''
  for (let event = exchange.events.next(until); event; event = exchange.events.next(until)) {
    if (event.kind === 'price' && event.time === T0) {
      exchange.submit(order('e'), event.time)
      exchange.submit(stop('s', 49_500), event.time)
      exchange.submit(target('t', 51_000), event.time)
    }
    if (event.kind === 'order_triggered') text = exactJson(exchange.save(), [BTC])
  }
  const saved = parseExactJson(text, [BTC]) as SavedExchange
  // The price has recovered: triggered is triggered.
  const later = scripted([tick(60_000, 49_800, { jump: true }), tick(61_000, 49_800, { jump: true })])
  const next = createExchange({ tape: later, parameters: PARAMETERS, keepFills: true, saved })
  next.query('s' as ClientOrderId, BTC, epochMs(T0 + 50_000))
  expect(lines(drain(next))).toEqual([
    '50050 order_triggered s',
    '60000 order_filled s sell 0.1 @ 49800 fee 2.49 taker done',
    '60000 order_canceled t position_closed',
  ])
})

it('in cross margin, what is held elsewhere counts at its last mark until there is a new one', () => {
  const eth = { instrument: ETH }
  const first = [0, 1_000, 2_000].flatMap((ms) => [
    tick(ms, 50_000, { jump: true }),
    tick(ms, 2_500, { ...eth, jump: true }),
  ])
  const parameters = { ...PARAMETERS, marginMode: 'cross', leverage: 20, startingBalance: 1_000 } as const
  const before = createExchange({ tape: scripted(first, [BTC, ETH]), parameters, keepFills: true })
  drain(before, (event) => {
    if (event.kind !== 'price' || event.time !== T0 || event.instrument !== ETH) return
    before.submit(order('b'), event.time)
    before.submit(order('e', { ...eth, quantity: '1' }), event.time)
  })
  const saved = parseExactJson(exactJson(before.save(), [BTC, ETH]), [BTC, ETH]) as SavedExchange
  const fall = scripted([tick(60_000, 50_000, { jump: true }), tick(61_000, 40_000, { jump: true })], [BTC, ETH])
  const after = createExchange({ tape: fall, parameters, keepFills: true, saved })
  expect(lines(drain(after)).join()).toContain('position_forced')
})

it('keeps the latest executions, and says from when on they are complete', () => {
  const prices = Array.from({ length: 320 }, (_, i) => tick(i * STEP_MS, 50_000, { jump: true }))
  const exchange = createExchange({ tape: scripted(prices), parameters: PARAMETERS, keepFills: true })
  let sent = 0
  for (let event = exchange.events.next(epochMs(T0 + 1e9)); event; event = exchange.events.next(epochMs(T0 + 1e9))) {
    if (event.kind !== 'price') continue
    const side = sent % 2 === 0 ? 'buy' : 'sell'
    exchange.submit(order(`o${sent}`, { side, quantity: '0.002' }), event.time)
    sent += 1
  }
  const all = exchange.snapshot(epochMs(T0 + 1e9))
  expect([all.executions.length, all.historyFrom]).toEqual([320, 0])
  const saved = exchange.save()
  const kept = exchange.snapshot(epochMs(T0 + 1e9))
  expect(kept.executions).toEqual(all.executions.slice(-200))
  expect(kept.historyFrom).toBe(all.executions.at(-201)!.venueTime + 1)
  expect([saved.books.fills.length, saved.ended.length, saved.historyFrom]).toEqual([200, 200, kept.historyFrom])
})
