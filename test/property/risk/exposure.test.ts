import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { OrderEvent } from '../../../src/domain/event.ts'
import type { OrderRequest } from '../../../src/domain/order.ts'
import { money, price, quantity } from '../../../src/domain/unit.ts'
import { createExposureBook, worstGross, worstNotional } from '../../../src/risk/exposure.ts'
import { createGate } from '../../../src/risk/gate.ts'
import { worstPrice } from '../../../src/risk/worst-price.ts'
import { BTC, context, ETH, NOON, request, wide } from '../../unit/risk/scene.ts'

const INSTRUMENTS = [BTC, ETH] as const
const MARKS = [50_000, 2_000] as const
const MAX_ORDER = 6_000
const MAX_POSITION = 10_000
const MAX_GROSS = 15_000
const config = wide({
  maxOrderUsd: MAX_ORDER,
  maxPositionUsd: MAX_POSITION,
  maxGrossExposureRatio: 1.5,
  priceCollarPct: 1,
})

type Fate = 'accept' | 'reject' | 'unknown' | 'fill' | 'finish' | 'cancel' | 'expire'

const step = fc.oneof(
  fc.record({
    kind: fc.constant('signal' as const),
    instrument: fc.constantFrom(0, 1),
    long: fc.boolean(),
    lots: fc.integer({ min: 1, max: 150 }),
    /** Of the limit from the mark, in tenths of a percent. */
    offset: fc.integer({ min: -5, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('news' as const),
    fate: fc.constantFrom<Fate>('accept', 'reject', 'unknown', 'fill', 'finish', 'cancel', 'expire'),
    order: fc.nat(),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
)

interface Live {
  readonly order: OrderRequest
  /** What has filled, in lots. */
  filled: number
  readonly lots: number
}

/** The venue and the bot's position book, as plain as they can be: what happens to an order is drawn. */
function world() {
  const gate = createGate(config, INSTRUMENTS)
  const book = createExposureBook(2)
  const account = context({
    mark: Float64Array.of(...MARKS),
    positionNotional: new Float64Array(2),
    workingBuyNotional: book.workingBuyNotional,
    workingSellNotional: book.workingSellNotional,
  })
  const live: Live[] = []
  let signals = 0
  let approved = 0

  function signal(i: number, long: boolean, lots: number, offset: number): void {
    const mark = MARKS[i]!
    const units = quantity(lots).times(i === 0 ? '0.001' : '0.025')
    const side = long ? 'buy' : 'sell'
    const asked = request(
      { direction: long ? 'LONG' : 'SHORT', entry: mark, stop: mark * (long ? 0.99 : 1.01), signalId: `s${++signals}` },
      {
        instrument: INSTRUMENTS[i]!,
        side,
        quantity: quantity(units),
        price: price(
          quantity(mark)
            .times(1_000 + offset)
            .div(1_000),
        ),
      },
    )
    const result = gate.approveEntry(asked, account)
    if (result.kind === 'refused') return
    approved += 1
    book.reserve(result.order, worstPrice(result.order.price!.toNumber(), mark), asked.leverage)
    live.push({ order: result.order, filled: 0, lots })
  }

  function news(fate: Fate, pick: number, share: number): void {
    if (live.length === 0) return
    const at = pick % live.length
    const of = live[at]!
    const about = {
      time: NOON,
      venueTime: NOON,
      instrument: of.order.instrument,
      clientOrderId: of.order.clientOrderId,
    }
    const lot = of.order.quantity.div(of.lots)
    const end = (event: OrderEvent): void => {
      book.apply(event)
      live.splice(at, 1)
    }
    switch (fate) {
      case 'accept':
        return book.apply({ ...about, kind: 'order_accepted' })
      case 'unknown':
        return book.apply({ ...about, kind: 'order_unknown', message: 'timeout' })
      case 'reject':
        if (of.filled === 0) end({ ...about, kind: 'order_rejected', code: '-1', message: '' })
        return
      case 'cancel':
        return end({ ...about, kind: 'order_canceled', reason: 'requested' })
      case 'expire':
        return end({ ...about, kind: 'order_expired', reason: 'ioc' })
      case 'fill':
      case 'finish': {
        const left = of.lots - of.filled
        const lots = fate === 'finish' ? left : Math.max(1, Math.floor(left * share))
        of.filled += lots
        const units = lot.times(lots)
        const done = of.filled === of.lots
        const signed = units.toNumber() * (of.order.side === 'buy' ? 1 : -1)
        account.positionNotional[of.order.instrument.index]! += signed * MARKS[of.order.instrument.index]!
        book.apply({
          ...about,
          kind: 'order_filled',
          tradeId: `${of.order.clientOrderId}${of.filled}`,
          side: of.order.side,
          price: of.order.price!,
          quantity: quantity(units),
          fee: money(0),
          liquidity: 'taker',
          cumulative: quantity(lot.times(of.filled)),
          done,
        })
        if (done) live.splice(at, 1)
      }
    }
  }

  /** What would be held if everything that lives filled: reckoned from the orders themselves, not from the book. */
  function worstByHand(i: number): number {
    let buys = 0
    let sells = 0
    for (const of of live) {
      if (of.order.instrument.index !== i) continue
      const rest = of.order.quantity.toNumber() * (1 - of.filled / of.lots) * MARKS[i]!
      if (of.order.side === 'buy') buys += rest
      else sells += rest
    }
    return worstNotional(account.positionNotional[i]!, buys, sells)
  }

  return { account, book, live, signal, news, worstByHand, approvals: () => approved }
}

describe('exposure', () => {
  test.prop([fc.array(step, { minLength: 1, maxLength: 250 })], { numRuns: 150 })(
    'never passes a limit, whatever becomes of the orders and in whatever order',
    (steps) => {
      const { account, book, live, signal, news, worstByHand } = world()
      for (const s of steps) {
        if (s.kind === 'signal') signal(s.instrument, s.long, s.lots, s.offset)
        else news(s.fate, s.order, s.share)
        const worst = [0, 1].map((i) =>
          worstNotional(account.positionNotional[i]!, book.workingBuyNotional[i]!, book.workingSellNotional[i]!),
        )
        for (const i of [0, 1]) {
          expect(worst[i]).toBeLessThanOrEqual(MAX_POSITION * (1 + 1e-9))
          // The book never counts less than what may come.
          expect(worstByHand(i)).toBeLessThanOrEqual(worst[i]! * (1 + 1e-9) + 1e-6)
        }
        expect(
          worstGross(account.positionNotional, book.workingBuyNotional, book.workingSellNotional),
        ).toBeLessThanOrEqual(MAX_GROSS * (1 + 1e-9))
        expect(book.working).toBe(live.length)
      }
    },
  )

  test.prop([fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 100, maxLength: 100 })], { numRuns: 50 })(
    'of a hundred signals at once stays within the limit, and none that fits is refused',
    (lots) => {
      const { book, signal, approvals } = world()
      let reserved = 0
      let fitting = 0
      for (const n of lots) {
        const value = (n / 1_000) * 50_000
        if (value <= MAX_ORDER && value <= MAX_POSITION - reserved) {
          reserved += value
          fitting += 1
        }
        signal(0, true, n, 0)
      }
      expect(approvals()).toBe(fitting)
      expect(book.workingBuyNotional[0]).toBeCloseTo(reserved, 6)
      expect(reserved).toBeLessThanOrEqual(MAX_POSITION)
    },
  )

  test.prop([fc.array(step, { minLength: 1, maxLength: 150 })], { numRuns: 50 })(
    'leaves nothing behind once every order has ended',
    (steps) => {
      const { book, live, signal, news } = world()
      for (const s of steps) {
        if (s.kind === 'signal') signal(s.instrument, s.long, s.lots, s.offset)
        else news(s.fate, s.order, s.share)
      }
      while (live.length > 0) news('cancel', 0, 0)
      expect([...book.workingBuyNotional, ...book.workingSellNotional, book.workingMargin]).toEqual([0, 0, 0, 0, 0])
    },
  )
})
