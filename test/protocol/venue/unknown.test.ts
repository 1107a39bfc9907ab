import { afterEach, describe, expect, it } from 'vitest'
import { KEY, refusal, SECRET } from '../../fixture/scripted-binance.ts'
import { ok, type ScriptedAnswer } from '../../fixture/scripted-server.ts'
import { orderFrame, restAlgo, restOrder, restTrade } from '../../fixture/scripted-frames.ts'
import { nextId, order, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(async () => {
  // Whatever went wrong, what was told of it holds no secret.
  const told = JSON.stringify(scene.events)
  for (const secret of [KEY, SECRET, 'signature=']) expect(told).not.toContain(secret)
  await scene.close()
})

const AT = 0 as never

describe('a placement that fails', () => {
  it.each<[string, ScriptedAnswer]>([
    ['no answer', 'silence'],
    ['a reset', 'reset'],
    ['half a body', 'cut'],
    ['503', { status: 503, body: { msg: 'Unknown error, please check your request or try again later.' } }],
    ['-1007', refusal(-1007, 'Timeout waiting for response from backend server.', 408)],
    ['a page of HTML at 200', { text: '<html>maintenance</html>' }],
    ['an empty answer', { text: '' }],
    ['an answer without an order', ok({})],
    ['an answer about another order', ok(restOrder({ c: 'other', i: 1 }, 'NEW'))],
    ['an unknown code', refusal(-9876, 'what?')],
  ])('by %s is unknown, and was sent once', async (_what, answer) => {
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/order', () => answer)
    const entry = order(scene.instrument, 'entry')
    scene.venue.submit(entry, AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_unknown'])
    expect(scene.of('order_unknown')[0]!.clientOrderId).toBe(entry.clientOrderId)
    expect(scene.server.sent('POST /fapi/v1/order')).toHaveLength(1)
  })

  it.each<[string, ScriptedAnswer, string]>([
    ['too little margin', refusal(-2019, 'Margin is insufficient.'), 'INSUFFICIENT_MARGIN'],
    ['a duplicate id', refusal(-4116, 'ClientOrderId is duplicated.'), 'DUPLICATE_ID'],
    ['the clock', refusal(-1021, 'Timestamp for this request is outside of the recvWindow.'), 'CLOCK_SKEW'],
    [
      'too many requests',
      { status: 429, body: { code: -1003, msg: 'x' }, headers: { 'retry-after': '1' } },
      'RATE_LIMITED',
    ],
    ['overload', refusal(-1008, 'Server is currently overloaded', 503), 'OVERLOADED'],
  ])('by %s is rejected with its code, and was sent once', async (_what, answer, code) => {
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/order', () => answer)
    scene.venue.submit(order(scene.instrument, 'entry'), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map((event) => event.code)).toEqual([code])
    expect(scene.kinds().filter((kind) => kind !== 'order_rejected')).toEqual([])
    expect(scene.server.sent('POST /fapi/v1/order')).toHaveLength(1)
  })

  it('as a stop that would trigger at once says so', async () => {
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/algoOrder', () => refusal(-2021, 'Order would immediately trigger.'))
    scene.venue.submit(order(scene.instrument, 'stop'), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map(({ code }) => code)).toEqual(['WOULD_TRIGGER'])
  })

  it('because conditional orders were moved elsewhere stops entries', async () => {
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/algoOrder', () => refusal(-4120, 'Order type not supported for this endpoint.'))
    scene.venue.submit(order(scene.instrument, 'stop'), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map(({ code }) => code)).toEqual(['WRONG_ENDPOINT'])
    expect(scene.of('venue_alarm').map(({ code }) => code)).toEqual(['ENDPOINT_RETIRED'])
  })

  it('for its digits is never sent', async () => {
    scene = await venueScene()
    const off = order(scene.instrument, 'entry', {
      price: order(scene.instrument, 'entry').price!.plus('0.05') as never,
    })
    scene.venue.submit(off, AT)
    await scene.settled()
    expect(scene.of('order_rejected').map(({ code }) => code)).toEqual(['TICK_SIZE'])
    expect(scene.server.sent('POST /fapi/v1/order')).toHaveLength(0)
  })
})

describe('a question about an order', () => {
  it('finds what the answer never told, with its fills', async () => {
    scene = await venueScene()
    const entry = order(scene.instrument, 'entry')
    scene.server.on('POST /fapi/v1/order', () => 'silence')
    scene.server.on('GET /fapi/v1/order', () => ok(restOrder({ c: entry.clientOrderId, i: 9 }, 'FILLED', '0.010')))
    scene.server.on('GET /fapi/v1/userTrades', () => ok([restTrade(9, 5, '0.010', '50000.0')]))
    scene.venue.submit(entry, AT)
    // Asked before the placement has failed: it waits for that.
    scene.venue.query(entry.clientOrderId, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_unknown', 'order_accepted', 'order_filled'])
    expect(scene.server.sent('GET /fapi/v1/order')[0]!.parameters['origClientOrderId']).toBe(entry.clientOrderId)
  })

  it('looks in both namespaces and in every list before it says that there is no trace', async () => {
    scene = await venueScene()
    const id = nextId('stop')
    scene.venue.query(id, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_absent'])
    for (const route of ['algoOrder', 'order', 'openOrders', 'openAlgoOrders', 'allOrders', 'allAlgoOrders'])
      expect(scene.server.sent(`GET /fapi/v1/${route}`), route).not.toHaveLength(0)
    // A stop is looked for where stops are, first.
    const looks = scene.server.requests.filter(({ path }) => /\/(?:algoOrder|order)$/.test(path))
    expect(looks.map(({ path }) => path.split('/').at(-1))).toEqual(['algoOrder', 'order'])
  })

  it.each(['GET /fapi/v1/order', 'GET /fapi/v1/algoOrder', 'GET /fapi/v1/openAlgoOrders', 'GET /fapi/v1/allOrders'])(
    'that fails at %s says nothing about the order',
    async (route) => {
      scene = await venueScene()
      scene.server.on(route, () => ({ status: 500, text: 'x' }))
      scene.venue.query(nextId('entry'), scene.instrument, AT)
      await scene.settled()
      expect(scene.kinds()).toEqual(['order_unknown'])
    },
  )

  it('is answered with the end also where that was told before', async () => {
    scene = await venueScene()
    const entry = order(scene.instrument, 'entry')
    const e = { c: entry.clientOrderId, i: 9 }
    scene.server.on('POST /fapi/v1/order', () => ok(restOrder(e, 'NEW')))
    scene.server.on('GET /fapi/v1/order', () => ok(restOrder(e, 'CANCELED')))
    scene.venue.submit(entry, AT)
    await scene.settled()
    scene.server.tell(orderFrame(e, 'CANCELED', 'CANCELED'))
    await scene.until((events) => events.some(({ kind }) => kind === 'order_canceled'))
    scene.venue.query(entry.clientOrderId, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_accepted', 'order_canceled', 'order_accepted', 'order_canceled'])
  })

  it('believes trades, not a status that says canceled with nothing filled', async () => {
    scene = await venueScene()
    const entry = order(scene.instrument, 'entry')
    const e = { c: entry.clientOrderId, i: 9 }
    scene.server.on('POST /fapi/v1/order', () => ok(restOrder(e, 'NEW')))
    scene.venue.submit(entry, AT)
    await scene.settled()
    scene.server.tell(orderFrame(e, 'TRADE', 'PARTIALLY_FILLED', { t: 1, l: '0.004', L: '50000', z: '0.004' }))
    scene.server.tell(orderFrame(e, 'CANCELED', 'CANCELED'))
    await scene.until((events) => events.some(({ kind }) => kind === 'order_canceled'))
    expect(scene.kinds()).toEqual(['order_accepted', 'order_filled', 'order_canceled'])
  })
})

describe('a cancel', () => {
  it('goes to the list the order is in and is repeated when the answer is lost', async () => {
    scene = await venueScene()
    const stop = order(scene.instrument, 'stop')
    const a = { caid: stop.clientOrderId, aid: 5 }
    scene.server.on('POST /fapi/v1/algoOrder', () => ok(restAlgo(a, 'NEW')))
    let tries = 0
    scene.server.on('DELETE /fapi/v1/algoOrder', () =>
      ++tries === 1 ? 'reset' : ok({ algoId: 5, clientAlgoId: stop.clientOrderId, code: '200', msg: 'success' }),
    )
    scene.venue.submit(stop, AT)
    scene.venue.cancel(stop.clientOrderId, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_accepted', 'order_canceled'])
    expect(tries).toBe(2)
    expect(scene.server.sent('DELETE /fapi/v1/order')).toHaveLength(0)
  })

  it('that finds no order asks instead of concluding: it had filled', async () => {
    scene = await venueScene()
    const target = order(scene.instrument, 'target')
    const t = { c: target.clientOrderId, i: 8, side: 'SELL' as const, type: 'LIMIT' }
    scene.server.on('POST /fapi/v1/order', () => ok(restOrder(t, 'NEW')))
    scene.server.on('GET /fapi/v1/order', () => ok(restOrder(t, 'FILLED', '0.010')))
    scene.server.on('GET /fapi/v1/userTrades', () => ok([restTrade(8, 3, '0.010', '51000.0', 'SELL')]))
    scene.venue.submit(target, AT)
    scene.venue.cancel(target.clientOrderId, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds().filter((kind) => kind !== 'order_accepted')).toEqual(['order_filled'])
  })

  it('whose answer tells of fills tells them first', async () => {
    scene = await venueScene()
    const target = order(scene.instrument, 'target')
    const t = { c: target.clientOrderId, i: 8, side: 'SELL' as const, type: 'LIMIT' }
    scene.server.on('POST /fapi/v1/order', () => ok(restOrder(t, 'NEW')))
    scene.server.on('DELETE /fapi/v1/order', () => ok(restOrder(t, 'CANCELED', '0.003')))
    scene.server.on('GET /fapi/v1/userTrades', () => ok([restTrade(8, 3, '0.003', '51000.0', 'SELL')]))
    scene.venue.submit(target, AT)
    scene.venue.cancel(target.clientOrderId, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds().filter((kind) => kind !== 'order_accepted')).toEqual(['order_filled', 'order_canceled'])
  })

  it('that cannot be said and cannot be asked about leaves the order unknown', async () => {
    scene = await venueScene()
    scene.server.on('DELETE /fapi/v1/order', () => 'reset')
    scene.server.on('GET /fapi/v1/order', () => 'reset')
    scene.venue.cancel(nextId('target'), scene.instrument, AT)
    await scene.until((events) => events.some(({ kind }) => kind === 'order_unknown'), 5_000)
    expect(scene.server.sent('DELETE /fapi/v1/order')).toHaveLength(3)
  })
})
