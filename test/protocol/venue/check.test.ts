import { afterEach, describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { ok } from '../../fixture/scripted-server.ts'
import { restAlgo, restOrder, restTrade } from '../../fixture/scripted-frames.ts'
import { order, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

const AT = epochMs(Date.now())

/** A stop that rests, whose acceptance has been told. */
async function resting() {
  scene = await venueScene()
  const stop = order(scene.instrument, 'stop')
  const a = { caid: stop.clientOrderId, aid: 5000 }
  scene.server.on('POST /fapi/v1/algoOrder', () => ok(restAlgo(a, 'NEW')))
  scene.venue.submit(stop, AT)
  await scene.settled()
  scene.server.requests.length = 0
  const check = (): void => scene.venue.check(stop.clientOrderId, scene.instrument, AT)
  return { a, server: scene.server, check }
}

const news = () => scene.kinds().slice(1)

describe('a regular look at a stop', () => {
  it('is one small request, and says that it rests', async () => {
    const { a, server, check } = await resting()
    server.on('GET /fapi/v1/algoOrder', () => ok(restAlgo(a, 'NEW')))
    check()
    await scene.settled()
    expect(news()).toEqual(['order_seen'])
    expect(server.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['algoOrder'])
  })

  it('finds that the venue has taken it away without a word', async () => {
    const { a, server, check } = await resting()
    server.on('GET /fapi/v1/algoOrder', () => ok(restAlgo(a, 'CANCELED')))
    check()
    await scene.settled()
    expect(news()).toEqual(['order_accepted', 'order_canceled'])
  })

  it('that does not find it looks everywhere before it says so', async () => {
    const { server, check } = await resting()
    check()
    await scene.settled()
    expect(news()).toEqual(['order_absent'])
    expect(server.sent('GET /fapi/v1/openAlgoOrders')).not.toHaveLength(0)
  })

  it('that fails says nothing', async () => {
    const { server, check } = await resting()
    server.on('GET /fapi/v1/algoOrder', () => ({ status: 500, text: 'x' }))
    check()
    await scene.settled()
    expect(news()).toEqual([])
  })

  it('that hangs does not keep the next one from being made, and there are never more than three', async () => {
    const { a, server, check } = await resting()
    let asked = 0
    server.on('GET /fapi/v1/algoOrder', () => (++asked === 1 ? 'silence' : ok(restAlgo(a, 'NEW'))))
    check()
    await scene.until(() => asked === 1)
    check()
    await scene.until((events) => events.some(({ kind }) => kind === 'order_seen'))
    server.on('GET /fapi/v1/algoOrder', () => (asked++, 'silence'))
    for (let i = 0; i < 5; i++) check()
    await scene.until(() => asked === 4)
    expect(scene.of('order_seen')).toHaveLength(1)
    expect(server.requests).toHaveLength(4)
  })
})

it('a regular look at an entry that works tells the fills whose news were lost', async () => {
  scene = await venueScene()
  const entry = order(scene.instrument, 'entry')
  const e = { c: entry.clientOrderId, i: 9 }
  scene.server.on('POST /fapi/v1/order', () => ok(restOrder(e, 'NEW')))
  scene.venue.submit(entry, AT)
  await scene.settled()
  scene.server.on('GET /fapi/v1/order', () => ok(restOrder(e, 'PARTIALLY_FILLED', '0.004')))
  scene.server.on('GET /fapi/v1/userTrades', () => ok([restTrade(9, 5, '0.004', '50000.0')]))
  scene.venue.check(entry.clientOrderId, scene.instrument, AT)
  await scene.until(() => scene.of('order_filled').length > 0)
  expect(scene.of('order_filled').map(({ quantity }) => quantity.toString())).toEqual(['0.004'])
  await scene.settled()
  scene.venue.check(entry.clientOrderId, scene.instrument, AT)
  await scene.settled()
  expect(scene.kinds().at(-1)).toBe('order_seen')
})
