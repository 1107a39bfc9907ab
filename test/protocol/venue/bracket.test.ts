import { afterEach, describe, expect, it } from 'vitest'
import { ok } from '../../fixture/scripted-server.ts'
import { algoFrame, orderFrame, restAlgo, restOrder, restTrade } from '../../fixture/scripted-frames.ts'
import { order, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

describe('a bracket at a Binance venue', () => {
  it('tells entry, stop, target, trigger and the fill of the stop by its child', async () => {
    scene = await venueScene()
    const { server, venue, instrument } = scene
    const entry = order(instrument, 'entry')
    const stop = order(instrument, 'stop')
    const target = order(instrument, 'target')
    const e = { c: entry.clientOrderId, i: 1000, type: 'LIMIT', tif: 'IOC', price: '50050.0' }
    server.on('POST /fapi/v1/order', ({ parameters }) => {
      if (parameters['newClientOrderId'] === target.clientOrderId)
        return ok(restOrder({ c: target.clientOrderId, i: 1001, type: 'LIMIT', side: 'SELL', price: '51000' }, 'NEW'))
      server.tell(orderFrame(e, 'NEW', 'NEW'))
      server.tell(orderFrame(e, 'TRADE', 'FILLED', { t: 777, l: '0.010', L: '50001.0', z: '0.010' }))
      return ok(restOrder(e, 'FILLED', '0.010'))
    })
    server.on('POST /fapi/v1/algoOrder', () => ok(restAlgo({ caid: stop.clientOrderId, aid: 5000 }, 'NEW')))
    venue.submit(entry, scene.events[0]?.time ?? (0 as never))
    await scene.until((events) => events.some(({ kind }) => kind === 'order_filled'))
    venue.submit(stop, 0 as never)
    venue.submit(target, 0 as never)
    await scene.settled()
    const a = { caid: stop.clientOrderId, aid: 5000 }
    const child = { c: 'whatever', i: 2000, side: 'SELL' as const, reduceOnly: true }
    server.tell(algoFrame(a, 'TRIGGERING'))
    server.tell(algoFrame(a, 'TRIGGERED', '2000'))
    server.tell(orderFrame(child, 'NEW', 'NEW'))
    server.tell(orderFrame(child, 'TRADE', 'FILLED', { t: 778, l: '0.010', L: '49490.0', z: '0.010' }))
    server.tell(algoFrame(a, 'FINISHED', '2000', '0.010'))
    await scene.until(() => scene.of('order_filled').length === 2)
    await scene.settled()
    const fills = scene.of('order_filled')
    expect(fills.map((fill) => [fill.clientOrderId, fill.tradeId, fill.price.toFixed(), fill.done])).toEqual([
      [entry.clientOrderId, '777', '50001', true],
      [stop.clientOrderId, '778', '49490', true],
    ])
    expect(fills[0]!.fee.toFixed()).toBe('0.25')
    expect(scene.of('order_triggered').every((event) => event.clientOrderId === stop.clientOrderId)).toBe(true)
    expect(scene.of('order_accepted').map((event) => event.clientOrderId)).toContain(target.clientOrderId)
    expect(server.sent('POST /fapi/v1/order')).toHaveLength(2)
    expect(server.sent('POST /fapi/v1/algoOrder')).toHaveLength(1)
    // The stream told everything: nothing had to be asked.
    expect(server.sent('GET /fapi/v1/userTrades')).toHaveLength(0)
  })

  it('asks for the trades of an order whose frames were lost', async () => {
    scene = await venueScene()
    const { server, venue, instrument } = scene
    const entry = order(instrument, 'entry')
    const e = { c: entry.clientOrderId, i: 1000, type: 'LIMIT', tif: 'IOC' }
    server.on('POST /fapi/v1/order', () => ok(restOrder(e, 'EXPIRED', '0.006')))
    let looks = 0
    server.on('GET /fapi/v1/userTrades', () =>
      // The list knows the second trade a moment later.
      ok([restTrade(1000, 1, '0.004', '50000.0'), restTrade(1000, 2, '0.002', '50001.0')].slice(0, ++looks)),
    )
    venue.submit(entry, 0 as never)
    await scene.until((events) => events.some(({ kind }) => kind === 'order_expired'))
    expect(scene.kinds()).toEqual(['order_accepted', 'order_filled', 'order_filled', 'order_expired'])
    expect(
      scene.of('order_filled').map(({ tradeId, cumulative, done }) => [tradeId, cumulative.toFixed(), done]),
    ).toEqual([
      ['1', '0.004', false],
      ['2', '0.006', false],
    ])
  })

  it('does not call an order cut down whose trades are still to be listed', async () => {
    scene = await venueScene()
    const { server, venue, instrument } = scene
    const entry = order(instrument, 'entry')
    const e = { c: entry.clientOrderId, i: 1000, type: 'LIMIT', tif: 'IOC' }
    server.on('POST /fapi/v1/order', () => ok(restOrder(e, 'FILLED', '0.010')))
    venue.submit(entry, 0 as never)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_accepted'])
    server.tell(orderFrame(e, 'TRADE', 'FILLED', { t: 5, l: '0.010', L: '50000.0', z: '0.010' }))
    await scene.until(() => scene.of('order_filled').length === 1)
    expect(scene.of('order_filled')[0]!.done).toBe(true)
  })
})
