import { afterEach, describe, expect, it } from 'vitest'
import type { AccountEvent } from '../../../src/domain/event.ts'
import { clientOrderId } from '../../../src/domain/id.ts'
import type { ClientOrderId, Leg, OrderRequest } from '../../../src/domain/order.ts'
import { epochMs, price, quantity } from '../../../src/domain/unit.ts'
import type { StreamFault } from '../../../src/exchange/protocol/binance-usdm/stream-faults.ts'
import type { BinanceServer } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import type { TapeItem } from '../../../src/exchange/tape.ts'
import { openEmbedded, startEmbedded, type EmbeddedVenue } from '../../fixture/embedded-binance.ts'
import { ungated } from '../../fixture/ungated.ts'
import { BTC, PARAMETERS, tick, T0 } from '../../unit/exchange/fixture.ts'

let server: BinanceServer
let stage: EmbeddedVenue

afterEach(() => stage.close())

const PLENTY = { minuteVolume: 1_000_000 }
let intent = 0
const idOf = (leg: Leg): ClientOrderId => clientOrderId({ strategy: 2, epoch: 9, intent: ++intent, leg, revision: 0 })

async function open(
  items: readonly TapeItem[],
  parameters: Partial<typeof PARAMETERS> = {},
  patch: Parameters<typeof openEmbedded>[1] = {},
): Promise<void> {
  server = await startEmbedded(items, { parameters: { ...PARAMETERS, ...parameters } })
  stage = await openEmbedded(server, patch)
  await stage.passTo(500)
}

function send(leg: Leg, patch: Partial<OrderRequest> = {}): ClientOrderId {
  const request: OrderRequest = {
    clientOrderId: idOf(leg),
    instrument: stage.venue.instruments[0]!,
    side: leg === 'entry' ? 'buy' : 'sell',
    type: leg === 'stop' ? 'stop_market' : leg === 'target' ? 'limit' : 'market',
    quantity: quantity('0.1'),
    timeInForce: 'GTC',
    reduceOnly: leg !== 'entry',
    leg,
    tradeId: 't',
    ...patch,
  }
  ungated(stage.venue).submit(request, stage.now())
  return request.clientOrderId
}

const of = <K extends AccountEvent['kind']>(kind: K) =>
  stage.events.filter((event): event is AccountEvent & { kind: K } => event.kind === kind)

/** Distinct executions as they were told: whose, and how much. */
const told = (): string[] =>
  [
    ...new Map(
      of('order_filled').map((fill) => [
        fill.tradeId,
        `${fill.tradeId} ${fill.clientOrderId} ${fill.quantity.toFixed()}`,
      ]),
    ).values(),
  ].toSorted()

/** The same from the exchange's own records; a child's executions are its parent's. */
const booked = (): string[] =>
  server.account.trades
    .map(({ id, orderId, quantity: size }) => {
      const order = server.account.orders.regular.get(orderId)!
      return `${id} ${order.parent?.clientAlgoId ?? order.clientOrderId} ${size}`
    })
    .toSorted()

const SWING: readonly TapeItem[] = [
  tick(0, 50_000, PLENTY),
  tick(10_000, 50_000, PLENTY),
  tick(11_000, 49_000, PLENTY),
  tick(20_000, 49_000, PLENTY),
  tick(40_000, 49_000, PLENTY),
]

describe('whatever the stream does', () => {
  it.each<[string, readonly StreamFault[]]>([
    ['nothing', []],
    ['loses executions', [{ kind: 'lose', event: 'ORDER_TRADE_UPDATE', count: 3 }]],
    ['loses what it says of conditional orders', [{ kind: 'lose', event: 'ALGO_UPDATE', count: 3 }]],
    ['repeats everything', [{ kind: 'repeat', count: 50 }]],
    ['turns batches around', [{ kind: 'reorder', count: 50 }]],
    ['holds executions back', [{ kind: 'hold', event: 'ORDER_TRADE_UPDATE', count: 2 }]],
    ['holds back what it says of conditional orders', [{ kind: 'hold', event: 'ALGO_UPDATE', count: 4 }]],
  ])('(%s), every execution of a bracket is told once and for the right order', async (_what, faults) => {
    await open(SWING)
    send('entry')
    await stage.passTo(1_000)
    const stop = send('stop', { triggerPrice: price(49_600), triggerBy: 'mark' })
    send('target', { price: price(52_000) })
    await stage.passTo(5_000)
    for (const fault of faults) server.addFault(fault)
    await stage.passTo(19_000)
    // What frames did not tell, a question or a look at the account does.
    stage.venue.query(stop, stage.venue.instruments[0]!, stage.now())
    await stage.settle()
    expect(told()).toEqual(booked())
    expect(booked()).toHaveLength(2)
    expect(told().some((line) => line.includes(stop))).toBe(true)
  })

  it('says nothing, an entry is known, and protected, by its answer', async () => {
    await open(SWING)
    server.addFault({ kind: 'silence', on: true })
    const entry = send('entry')
    await stage.passTo(1_000)
    expect(told()).toEqual(booked())
    expect(of('order_filled')[0]!.clientOrderId).toBe(entry)
  })
})

describe('an account that is being emptied by hand', () => {
  it('is sent no entry from the moment the latch is there, and every stop', async () => {
    let latch: string | null = null
    await open(SWING, {}, { barred: () => latch })
    send('entry')
    await stage.passTo(1_000)
    latch = 'panic has stopped this account'
    const late = send('entry')
    const stop = send('stop', { triggerPrice: price(49_600), triggerBy: 'mark' })
    await stage.passTo(2_000)
    expect(of('order_rejected')).toMatchObject([{ clientOrderId: late, code: 'KILL_LATCH', message: latch }])
    expect(of('order_accepted').map((event) => event.clientOrderId)).toContain(stop)
    expect(booked()).toHaveLength(1)
  })
})

describe('what the exchange does on its own', () => {
  it('pays funding, which is told with the figures of the settlement', async () => {
    const settlement: TapeItem = {
      kind: 'funding',
      time: epochMs(T0 + 8_000),
      instrument: BTC,
      rate: 0.0001,
      mark: 50_000,
    }
    await open([
      tick(0, 50_000, PLENTY),
      tick(7_000, 50_000, PLENTY),
      settlement,
      tick(9_000, 50_000, PLENTY),
      tick(30_000, 50_000, PLENTY),
    ])
    send('entry')
    await stage.passTo(12_000)
    const [paid] = of('funding_paid')
    // 0.1 × 50 000 × 0.0001
    expect([paid!.amount.toFixed(), paid!.direction, paid!.venueTime - T0]).toEqual(['-0.5', 'LONG', 8_000])
    expect(paid!.quantity.toFixed()).toBe('0.1')
    expect(paid!.rate).toBe(0.0001)
    expect(server.ledger.funding.toFixed()).toBe('-0.5')
    expect(of('funding_paid')).toHaveLength(1)
  })

  it('liquidates a position, which is told as such and leaves nothing', async () => {
    await open([
      tick(0, 50_000, PLENTY),
      tick(5_000, 50_000, PLENTY),
      tick(6_000, 39_000, PLENTY),
      tick(30_000, 39_000, PLENTY),
    ])
    send('entry')
    await stage.passTo(10_000)
    const forced = of('position_forced')
    expect(forced.map(({ cause, side }) => [cause, side])).toEqual([['liquidation', 'sell']])
    expect(forced[0]!.quantity.toFixed()).toBe('0.1')
    stage.venue.snapshot(stage.now())
    await stage.settle()
    const [snapshot] = of('account_snapshot')
    expect(snapshot!.positions).toEqual([])
    expect(snapshot!.wallet.toFixed()).toBe(server.ledger.wallet.toFixed())
  })

  it('lets the key of the stream expire; a new stream tells the rest', async () => {
    await open(SWING)
    send('entry')
    await stage.passTo(1_000)
    server.addFault({ kind: 'expire_listen_key' })
    await new Promise((resolve) => setTimeout(resolve, 600))
    await stage.settle()
    expect(of('connection').map(({ state }) => state)).toEqual(['up', 'down', 'up'])
    const stop = send('stop', { triggerPrice: price(49_600), triggerBy: 'mark' })
    await stage.passTo(15_000)
    expect(of('order_filled').at(-1)!.clientOrderId).toBe(stop)
  })
})
