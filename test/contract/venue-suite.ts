import { afterEach, describe, expect, it } from 'vitest'
import { ZERO } from '../../src/domain/decimal.ts'
import type { AccountEvent, AccountSnapshot, EngineEvent } from '../../src/domain/event.ts'
import { clientOrderId } from '../../src/domain/id.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { ClientOrderId, Leg, OrderRequest } from '../../src/domain/order.ts'
import { price, quantity, type EpochMs } from '../../src/domain/unit.ts'
import type { Venue } from '../../src/port/venue.ts'
import { ungated } from '../fixture/ungated.ts'

/** One price of the market at which the suite trades: ms after the start, last price (the mark is the same). */
export type MarketTick = readonly [ms: number, last: number]

export interface VenueStage {
  readonly venue: Venue
  readonly instrument: Instrument
  /** Lets market time pass up to `ms` after the start, with everything that comes of it. */
  passTo(ms: number): Promise<void>
  readonly now: () => EpochMs
  readonly events: readonly EngineEvent[]
  close(): Promise<void>
}

export interface StageOptions {
  readonly ticks: readonly MarketTick[]
  readonly startingBalance?: number
  /** Base units a minute of which resting orders get 2 %; absent: plenty. */
  readonly minuteVolume?: number
}

export interface VenueUnderTest {
  readonly name: string
  open(options: StageOptions): Promise<VenueStage>
}

const FLAT: readonly MarketTick[] = [
  [0, 50_000],
  [60_000, 50_000],
]
/** Down by 2 %, then up by 4 %. */
const SWING: readonly MarketTick[] = [
  [0, 50_000],
  [10_000, 50_000],
  [11_000, 49_000],
  [20_000, 49_000],
  [21_000, 51_000],
  [30_000, 51_000],
]

let intent = 0
const idOf = (leg: Leg): ClientOrderId => clientOrderId({ strategy: 3, epoch: 5, intent: ++intent, leg, revision: 0 })

type Draft = Partial<Omit<OrderRequest, 'price' | 'triggerPrice' | 'quantity'>> & {
  readonly price?: number | string
  readonly triggerPrice?: number | string
  readonly quantity?: number | string
}

/** What every venue must do alike; figures that are the venue's own (prices of fills, fees, times) are left to it. */
export function describeVenue(subject: VenueUnderTest): void {
  describe(`${subject.name} as a venue`, () => {
    let stage: VenueStage | undefined

    afterEach(async () => {
      await stage?.close()
      stage = undefined
    })

    const open = async (options: Partial<StageOptions> = {}): Promise<VenueStage> =>
      (stage = await subject.open({ ticks: FLAT, ...options }))

    function send(leg: Leg, draft: Draft = {}): ClientOrderId {
      const { price: limit, triggerPrice, quantity: size, ...rest } = draft
      const request: OrderRequest = {
        clientOrderId: idOf(leg),
        instrument: stage!.instrument,
        side: leg === 'entry' ? 'buy' : 'sell',
        type: leg === 'stop' ? 'stop_market' : leg === 'target' ? 'limit' : 'market',
        timeInForce: 'GTC',
        reduceOnly: leg !== 'entry',
        leg,
        tradeId: 'trade',
        quantity: quantity(size ?? '0.1'),
        ...(limit !== undefined && { price: price(limit) }),
        ...(triggerPrice !== undefined && { triggerPrice: price(triggerPrice), triggerBy: 'mark' as const }),
        ...rest,
      }
      ungated(stage!.venue).submit(request, stage!.now())
      return request.clientOrderId
    }

    const about = (id: ClientOrderId): AccountEvent[] =>
      stage!.events.filter((event): event is AccountEvent => 'clientOrderId' in event && event.clientOrderId === id)
    /** Kinds of news about an order, each once, in the order of their first coming. */
    const story = (id: ClientOrderId): string[] => [...new Set(about(id).map(({ kind }) => kind.replace('order_', '')))]
    /** Sum over distinct trades. */
    function filled(id: ClientOrderId): string {
      const trades = new Map<string, AccountEvent & { kind: 'order_filled' }>()
      for (const event of about(id)) if (event.kind === 'order_filled') trades.set(event.tradeId, event)
      return [...trades.values()].reduce((total, fill) => total.plus(fill.quantity), ZERO).toFixed()
    }
    const code = (id: ClientOrderId): string | undefined => {
      const found = about(id).find((event) => event.kind === 'order_rejected')
      return found?.kind === 'order_rejected' ? found.code : undefined
    }
    async function snapshot(at: number): Promise<AccountSnapshot> {
      stage!.venue.snapshot(stage!.now())
      await stage!.passTo(at)
      const found = stage!.events.findLast((event) => event.kind === 'account_snapshot')
      if (found?.kind !== 'account_snapshot') throw new Error('no snapshot came')
      return found
    }

    describe('takes', () => {
      it('a market order and fills it whole', async () => {
        await open()
        const id = send('entry')
        await stage!.passTo(1_000)
        expect(story(id)).toEqual(['accepted', 'filled'])
        expect(filled(id)).toBe('0.1')
      })

      it('a limit order that rests until the price has gone through it', async () => {
        await open({ ticks: SWING })
        const id = send('entry', { type: 'limit', price: 49_500 })
        await stage!.passTo(5_000)
        expect(story(id)).toEqual(['accepted'])
        await stage!.passTo(15_000)
        expect(filled(id)).toBe('0.1')
        const fill = about(id).find((event) => event.kind === 'order_filled')
        expect(fill?.kind === 'order_filled' && [fill.price.toFixed(), fill.liquidity]).toEqual(['49500', 'maker'])
      })

      it('an immediate order at a collar that fills, and one that expires', async () => {
        await open()
        const hit = send('entry', { type: 'limit', price: 50_100, timeInForce: 'IOC' })
        const missed = send('entry', { type: 'limit', price: 49_900, timeInForce: 'IOC' })
        await stage!.passTo(1_000)
        expect(filled(hit)).toBe('0.1')
        expect(story(missed).at(-1)).toBe('expired')
        expect(filled(missed)).toBe('0')
      })

      it('an order that only makes, and refuses one that would take', async () => {
        await open()
        const makes = send('entry', { type: 'limit', price: 49_900, timeInForce: 'GTX' })
        const takes = send('entry', { type: 'limit', price: 50_100, timeInForce: 'GTX' })
        await stage!.passTo(1_000)
        expect(story(makes)).toEqual(['accepted'])
        expect(code(takes)).toBe('POST_ONLY')
      })
    })

    describe('keeps a bracket', () => {
      it('whose stop fires on the mark, fills through its child and leaves nothing open', async () => {
        await open({ ticks: SWING })
        send('entry')
        await stage!.passTo(1_000)
        const stop = send('stop', { triggerPrice: 49_600 })
        const target = send('target', { price: 52_000 })
        await stage!.passTo(5_000)
        expect(story(stop)).toEqual(['accepted'])
        expect(story(target)).toEqual(['accepted'])
        await stage!.passTo(13_000)
        expect(story(stop)).toEqual(['accepted', 'triggered', 'filled'])
        expect(filled(stop)).toBe('0.1')
        stage!.venue.cancel(target, stage!.instrument, stage!.now())
        await stage!.passTo(14_000)
        const { positions, openOrders } = await snapshot(15_000)
        expect([positions, openOrders]).toEqual([[], []])
      })

      it('whose target fills', async () => {
        await open({ ticks: SWING })
        send('entry')
        await stage!.passTo(1_000)
        const stop = send('stop', { triggerPrice: 48_000 })
        const target = send('target', { price: 50_500 })
        await stage!.passTo(25_000)
        expect(filled(target)).toBe('0.1')
        expect(filled(stop)).toBe('0')
        const { positions } = await snapshot(26_000)
        expect(positions).toEqual([])
      })

      it('that refuses a stop which would fire at once', async () => {
        await open()
        send('entry')
        await stage!.passTo(1_000)
        const stop = send('stop', { triggerPrice: 50_500 })
        await stage!.passTo(2_000)
        expect(code(stop)).toBe('WOULD_TRIGGER')
      })
    })

    describe('cancels', () => {
      it('a resting order of either list', async () => {
        await open()
        const limit = send('entry', { type: 'limit', price: 49_000 })
        const stop = send('stop', { triggerPrice: 49_000, reduceOnly: false, side: 'sell' })
        await stage!.passTo(1_000)
        for (const id of [limit, stop]) stage!.venue.cancel(id, stage!.instrument, stage!.now())
        await stage!.passTo(2_000)
        expect(story(limit)).toEqual(['accepted', 'canceled'])
        expect(story(stop)).toEqual(['accepted', 'canceled'])
        expect((await snapshot(3_000)).openOrders).toEqual([])
      })

      it('nothing where the order had filled, and does not claim to', async () => {
        await open()
        const id = send('entry')
        await stage!.passTo(1_000)
        stage!.venue.cancel(id, stage!.instrument, stage!.now())
        await stage!.passTo(2_000)
        expect(story(id)).not.toContain('canceled')
        expect(filled(id)).toBe('0.1')
      })
    })

    describe('lets reduce-only orders', () => {
      it('do nothing without a position', async () => {
        await open()
        const id = send('exit')
        await stage!.passTo(1_000)
        expect(code(id)).toBe('REDUCE_ONLY')
      })

      it('close no more than there is', async () => {
        await open()
        send('entry', { quantity: '0.05' })
        await stage!.passTo(1_000)
        const exit = send('exit', { quantity: '0.1' })
        await stage!.passTo(2_000)
        expect(filled(exit)).toBe('0.05')
        expect((await snapshot(3_000)).positions).toEqual([])
      })

      it('be smaller than the smallest notional', async () => {
        await open()
        send('entry')
        await stage!.passTo(1_000)
        const exit = send('exit', { quantity: '0.001' })
        await stage!.passTo(2_000)
        expect(filled(exit)).toBe('0.001')
      })
    })

    describe('refuses', () => {
      it.each([
        ['a price between two ticks', { type: 'limit', price: '49000.05' }, ['TICK_SIZE', 'PRECISION']],
        ['a quantity between two lots', { quantity: '0.0105' }, ['LOT_SIZE', 'PRECISION']],
        ['less than the smallest notional', { quantity: '0.001' }, ['MIN_NOTIONAL', 'MIN_QUANTITY']],
        ['less than the smallest quantity', { quantity: '0.0001' }, ['MIN_QUANTITY', 'LOT_SIZE', 'PRECISION']],
        ['what the margin does not allow', { quantity: '5' }, ['INSUFFICIENT_MARGIN']],
      ] as const)('%s', async (_what, draft, codes) => {
        await open()
        const id = send('entry', draft)
        await stage!.passTo(1_000)
        expect(codes).toContain(code(id))
        expect(story(id)).toEqual(['rejected'])
      })
    })

    it('fills a resting order in parts when the market gives no more', async () => {
      // 2 % of 10 a minute are 0.2; 0.5 is wanted.
      await open({ ticks: SWING, minuteVolume: 10 })
      const id = send('entry', { type: 'limit', price: 49_500, quantity: '0.5' })
      await stage!.passTo(20_000)
      const part = Number(filled(id))
      expect(part).toBeGreaterThan(0)
      expect(part).toBeLessThan(0.5)
      const { positions, openOrders } = await snapshot(20_500)
      expect(positions[0]!.quantity.toNumber()).toBeCloseTo(part, 12)
      expect(openOrders[0]!.filled.toNumber()).toBeCloseTo(part, 12)
    })

    it('has the leverage that an entry asks for', async () => {
      await open()
      // 1.5 × 50 000 need 7 500 at leverage 10, and more than there is at 5.
      const id = send('entry', { quantity: '1.5', leverage: 10 })
      await stage!.passTo(1_000)
      expect(filled(id)).toBe('1.5')
      expect((await snapshot(2_000)).positions[0]!.leverage).toBe(10)
    })

    describe('tells the whole account', () => {
      it('as positions, orders, executions and the wallet', async () => {
        await open()
        const entry = send('entry')
        await stage!.passTo(1_000)
        const stop = send('stop', { triggerPrice: 49_000 })
        const target = send('target', { price: 51_000 })
        await stage!.passTo(2_000)
        const told = await snapshot(3_000)
        expect(told.positions).toHaveLength(1)
        expect(told.positions[0]).toMatchObject({ direction: 'LONG', leverage: 5, marginMode: 'isolated' })
        expect(told.positions[0]!.quantity.toFixed()).toBe('0.1')
        expect(
          told.openOrders.map(({ clientOrderId: id, type, reduceOnly }) => `${id} ${type} ${reduceOnly}`).toSorted(),
        ).toEqual([`${stop} stop_market true`, `${target} limit true`].toSorted())
        expect(told.openOrders.find(({ clientOrderId: id }) => id === stop)!.triggerPrice!.toFixed()).toBe('49000')
        const fill = about(entry).find((event) => event.kind === 'order_filled')
        expect(told.executions).toHaveLength(1)
        expect(told.executions[0]!.clientOrderId).toBe(entry)
        expect(fill?.kind === 'order_filled' && told.executions[0]!.tradeId === fill.tradeId).toBe(true)
        const fee = told.executions[0]!.fee
        expect(told.wallet.toFixed()).toBe(price(10_000).minus(fee).toFixed())
      })
    })

    describe('answers a question', () => {
      it('about an order that works, and about one that it never saw', async () => {
        await open()
        const resting = send('entry', { type: 'limit', price: 49_000 })
        await stage!.passTo(1_000)
        const before = about(resting).length
        const never = idOf('entry')
        stage!.venue.query(resting, stage!.instrument, stage!.now())
        stage!.venue.query(never, stage!.instrument, stage!.now())
        await stage!.passTo(2_000)
        expect(about(resting).length).toBeGreaterThan(before)
        expect(story(resting)).toEqual(['accepted'])
        expect(['absent', 'rejected']).toContain(story(never)[0])
      })
    })
  })
}
