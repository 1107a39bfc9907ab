import { afterEach, describe, expect, it } from 'vitest'
import { ok } from '../../fixture/scripted-server.ts'
import { algoFrame, orderFrame, restAlgo, restOrder, restTrade } from '../../fixture/scripted-frames.ts'
import { nextId, order, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

const AT = 0 as never
const CHILD = { c: 'x-child', i: 2000, side: 'SELL' as const, reduceOnly: true }
const fill = (t: number, l: string, z: string, X = 'PARTIALLY_FILLED') =>
  orderFrame(CHILD, 'TRADE', X, { t, l, L: '49490.0', z })

/** A stop that rests. */
async function resting() {
  scene = await venueScene()
  const stop = order(scene.instrument, 'stop')
  const a = { caid: stop.clientOrderId, aid: 5000 }
  scene.server.on('POST /fapi/v1/algoOrder', () => ok(restAlgo(a, 'NEW')))
  scene.venue.submit(stop, AT)
  await scene.settled()
  return { stop, a, server: scene.server }
}

const fills = () => scene.of('order_filled').map((event) => [event.clientOrderId, event.tradeId, event.done])

describe('a conditional order whose trigger fires', () => {
  it('gets the fills of a child that is heard of before it is named', async () => {
    const { stop, a, server } = await resting()
    let named = false
    server.on('GET /fapi/v1/algoOrder', () =>
      ok(restAlgo(a, named ? 'TRIGGERED' : 'NEW', named ? { actualOrderId: '2000' } : {})),
    )
    named = true
    server.tell(orderFrame(CHILD, 'NEW', 'NEW'))
    server.tell(fill(1, '0.004', '0.004'))
    server.tell(fill(2, '0.006', '0.010', 'FILLED'))
    server.tell(algoFrame(a, 'TRIGGERED', '2000'))
    server.tell(algoFrame(a, 'FINISHED', '2000', '0.010'))
    await scene.until(() => scene.of('order_filled').length >= 2)
    await scene.settled()
    expect(fills()).toEqual([
      [stop.clientOrderId, '1', false],
      [stop.clientOrderId, '2', true],
    ])
  })

  it('gets them by asking when no frame ever names the child', async () => {
    const { stop, a, server } = await resting()
    server.on('GET /fapi/v1/algoOrder', () => ok(restAlgo(a, 'TRIGGERED', { actualOrderId: '2000' })))
    server.tell(fill(1, '0.010', '0.010', 'FILLED'))
    await scene.until(() => scene.of('order_filled').length >= 1)
    expect(fills()).toEqual([[stop.clientOrderId, '1', true]])
  })

  it('counts nothing twice when every frame comes twice', async () => {
    const { stop, a, server } = await resting()
    for (let twice = 0; twice < 2; twice++) {
      server.tell(algoFrame(a, 'TRIGGERING'))
      server.tell(algoFrame(a, 'TRIGGERED', '2000'))
      server.tell(fill(1, '0.004', '0.004'))
      server.tell(fill(2, '0.006', '0.010', 'FILLED'))
      server.tell(algoFrame(a, 'FINISHED', '2000', '0.010'))
    }
    await scene.until(() => scene.of('order_filled').length >= 4)
    const told = scene.of('order_filled')
    expect(new Set(told.map(({ tradeId }) => tradeId))).toEqual(new Set(['1', '2']))
    expect(told.at(-1)!.cumulative.toFixed()).toBe('0.01')
    expect(told.every(({ clientOrderId }) => clientOrderId === stop.clientOrderId)).toBe(true)
    expect(scene.kinds()).not.toContain('order_canceled')
    expect(scene.kinds()).not.toContain('order_expired')
  })

  it('asks for the fills when the frames of the child are lost', async () => {
    const { stop, a, server } = await resting()
    server.on('GET /fapi/v1/order', () => ok(restOrder(CHILD, 'FILLED', '0.010')))
    server.on('GET /fapi/v1/userTrades', ({ parameters }) => {
      return ok(parameters['orderId'] === '2000' ? [restTrade(2000, 9, '0.010', '49490.0', 'SELL')] : [])
    })
    server.tell(algoFrame(a, 'FINISHED', '2000', '0.010'))
    await scene.until(() => scene.of('order_filled').length >= 1)
    expect(fills()).toEqual([[stop.clientOrderId, '9', true]])
  })

  it('is over, and not filled, when it finished with a child that died unfilled', async () => {
    const { stop, a, server } = await resting()
    server.on('GET /fapi/v1/order', () => ok(restOrder(CHILD, 'EXPIRED', '0')))
    server.tell(algoFrame(a, 'TRIGGERED', '2000'))
    server.tell(algoFrame(a, 'FINISHED', '2000', '0'))
    await scene.until(() => scene.of('order_expired').length >= 1)
    expect(scene.of('order_expired')[0]!.clientOrderId).toBe(stop.clientOrderId)
    expect(fills()).toEqual([])
  })

  it('says that the venue cut it down to the position', async () => {
    const { stop, a, server } = await resting()
    server.tell(algoFrame(a, 'TRIGGERED', '2000'))
    server.tell(orderFrame({ ...CHILD, q: '0.004' }, 'TRADE', 'FILLED', { t: 1, l: '0.004', L: '49490.0', z: '0.004' }))
    await scene.until(() => scene.of('order_canceled').length >= 1)
    expect(fills()).toEqual([[stop.clientOrderId, '1', false]])
    expect(scene.of('order_canceled')[0]!.reason).toBe('reduce_only')
  })

  it.each([
    ['CANCELED', 'order_canceled'],
    ['EXPIRED', 'order_expired'],
    ['REJECTED', 'order_rejected'],
  ])('before which it was %s ends as that', async (status, kind) => {
    const { a, server } = await resting()
    server.tell(algoFrame(a, status))
    await scene.until((events) => events.some((event) => event.kind === kind))
  })

  it('is found by a question after a restart, child and all', async () => {
    scene = await venueScene()
    const id = nextId('stop')
    const a = { caid: id, aid: 5000 }
    const { server } = scene
    server.on('GET /fapi/v1/algoOrder', () =>
      ok(restAlgo(a, 'FINISHED', { actualOrderId: '2000', actualQty: '0.010' })),
    )
    server.on('GET /fapi/v1/order', ({ parameters }) =>
      ok(restOrder({ ...CHILD, i: Number(parameters['orderId']) }, 'FILLED', '0.010')),
    )
    server.on('GET /fapi/v1/userTrades', () => ok([restTrade(2000, 4, '0.010', '49490.0', 'SELL')]))
    scene.venue.query(id, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_triggered', 'order_filled'])
    expect(fills()).toEqual([[id, '4', true]])
  })
})

describe("the venue's own orders and other people's", () => {
  it.each([
    ['autoclose-123', 'liquidation'],
    ['adl_autoclose', 'adl'],
    ['settlement_autoclose-1', 'settlement'],
  ])('%s is told as %s, once, by the trade that the history names', async (c, cause) => {
    scene = await venueScene()
    let asked = 0
    // It may be listed a moment later than it is told.
    scene.server.on('GET /fapi/v1/userTrades', ({ parameters: { orderId } }) =>
      ok(orderId === '77' && ++asked > 1 ? [restTrade(77, 4, '0.010', '45000', 'SELL')] : []),
    )
    const order = { c, i: 77, side: 'SELL' as const, type: 'LIQUIDATION' }
    const trade = { l: '0.010', L: '45000', z: '0.010', n: '5' }
    scene.server.tell(orderFrame(order, 'CALCULATED', 'FILLED', { ...trade, t: 0 }))
    scene.server.tell(orderFrame(order, 'CALCULATED', 'FILLED', { ...trade, t: 0 }))
    await scene.until((events) => events.some(({ kind }) => kind === 'position_forced'))
    scene.server.tell(orderFrame(order, 'CALCULATED', 'FILLED', { ...trade, t: 4 }))
    await scene.settled()
    expect(
      scene
        .of('position_forced')
        .map((own) => [own.cause, own.side, own.quantity.toFixed(), own.fee.toFixed(), own.tradeId]),
    ).toEqual([[cause, 'sell', '0.01', '0.25', '4']])
    expect(scene.of('account_snapshot')).toEqual([])
  })

  it('looks at the account where the history does not name the trade of a closing', async () => {
    scene = await venueScene()
    scene.server.tell(
      orderFrame({ c: 'adl_autoclose', i: 77, side: 'SELL' }, 'CALCULATED', 'FILLED', {
        t: 0,
        l: '0.010',
        L: '45000',
        z: '0.010',
      }),
    )
    await scene.until((events) => events.some(({ kind }) => kind === 'account_snapshot'), 4_000)
    expect(scene.of('position_forced')).toEqual([])
  })

  it('looks at the account where the history of a closing cannot be asked for', async () => {
    scene = await venueScene()
    scene.server.on('GET /fapi/v1/userTrades', ({ parameters: { orderId } }) =>
      orderId === '77' ? { status: 503, body: {} } : ok([]),
    )
    const trade = { t: 0, l: '0.010', L: '45000', z: '0.010' }
    scene.server.tell(orderFrame({ c: 'autoclose-1', i: 77, side: 'SELL' }, 'CALCULATED', 'FILLED', trade))
    await scene.until((events) => events.some(({ kind }) => kind === 'account_snapshot'), 4_000)
    expect(scene.of('position_forced')).toEqual([])
  })

  it('tells an order of somebody else under its own name', async () => {
    scene = await venueScene()
    const web = { c: 'web_abc', i: 55 }
    scene.server.tell(orderFrame(web, 'NEW', 'NEW'))
    scene.server.tell(orderFrame(web, 'TRADE', 'FILLED', { t: 3, l: '0.010', L: '50000', z: '0.010' }))
    await scene.until((events) => events.some(({ kind }) => kind === 'order_filled'))
    expect(scene.of('order_accepted')[0]!.clientOrderId).toBe('web_abc')
    expect(fills()).toEqual([['web_abc', '3', true]])
  })

  it('does not give an order of somebody else to a stop of ours that rests', async () => {
    const { a, server } = await resting()
    server.on('GET /fapi/v1/algoOrder', () => ok(restAlgo(a, 'NEW')))
    server.tell(orderFrame({ c: 'web_abc', i: 55 }, 'TRADE', 'FILLED', { t: 3, l: '0.010', L: '50000', z: '0.010' }))
    await scene.until((events) => events.some(({ kind }) => kind === 'order_filled'))
    expect(fills()).toEqual([['web_abc', '3', true]])
  })
})
