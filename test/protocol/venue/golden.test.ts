import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/id.ts'
import type { Leg } from '../../../src/domain/order.ts'
import { price, quantity } from '../../../src/domain/unit.ts'
import { SECRET } from '../../fixture/scripted-binance.ts'
import { ok, type ScriptedRequest } from '../../fixture/scripted-server.ts'
import { restAlgo, restOrder, T0 } from '../../fixture/scripted-frames.ts'
import { order, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

const AT = 0 as never
const id = (leg: Leg) => clientOrderId({ strategy: 1, epoch: 7, intent: 99, leg, revision: 0 })
const HOST = 'demo-fapi.binance.com'

/** Method, path and parameters exactly as they were signed, without the signature, which is checked. */
function line({ method, path, raw }: ScriptedRequest): string {
  const [signed, signature] = raw.split('&signature=')
  expect(signature).toBe(createHmac('sha256', SECRET).update(signed!).digest('hex'))
  return `${method} ${path}?${signed}`
}

const placed = async (): Promise<ScriptedRequest> => {
  await scene.settled()
  return scene.server.requests.find(({ path, method }) => method === 'POST' && /\/(?:order|algoOrder)$/.test(path))!
}

const STAMP = `timestamp=${T0}`
const WINDOW = 'recvWindow=5000'

async function placing(leg: Leg, patch: Parameters<typeof order>[2] = {}): Promise<string> {
  scene = await venueScene()
  scene.server.on('POST /fapi/v1/order', () => ok(restOrder({ c: id(leg), i: 1 }, 'NEW')))
  scene.server.on('POST /fapi/v1/algoOrder', () => ok(restAlgo({ caid: id(leg), aid: 1 }, 'NEW')))
  scene.venue.submit(order(scene.instrument, leg, { clientOrderId: id(leg), ...patch }), AT)
  return line(await placed())
}

describe('the request on the wire', () => {
  it('that enters at a collar', async () => {
    expect(await placing('entry')).toBe(
      `POST ${HOST}/fapi/v1/order?${STAMP}&symbol=BTCUSDT&side=BUY&quantity=0.01&type=LIMIT&price=50050&timeInForce=IOC&newClientOrderId=l010070000002re000&newOrderRespType=RESULT&${WINDOW}`,
    )
  })
  it('that rests as an entry, or only as a maker', async () => {
    expect(await placing('entry', { timeInForce: 'GTX' })).toContain('&type=LIMIT&price=50050&timeInForce=GTX&')
  })
  it('that enters at market', async () => {
    const { price: _, ...market } = order(scene.instrument, 'entry', {
      clientOrderId: id('entry'),
      type: 'market',
      side: 'sell',
    })
    await scene.close()
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/order', () => ok(restOrder({ c: id('entry'), i: 1 }, 'NEW')))
    scene.venue.submit(market as never, AT)
    expect(line(await placed())).toBe(
      `POST ${HOST}/fapi/v1/order?${STAMP}&symbol=BTCUSDT&side=SELL&quantity=0.01&type=MARKET&newClientOrderId=l010070000002re000&newOrderRespType=RESULT&${WINDOW}`,
    )
  })
  it('that exits at market', async () => {
    expect(await placing('exit')).toBe(
      `POST ${HOST}/fapi/v1/order?${STAMP}&symbol=BTCUSDT&side=SELL&quantity=0.01&type=MARKET&reduceOnly=true&newClientOrderId=l010070000002rx000&newOrderRespType=RESULT&${WINDOW}`,
    )
  })
  it('that protects, on the mark price and in the algo namespace', async () => {
    expect(await placing('stop')).toBe(
      `POST ${HOST}/fapi/v1/algoOrder?${STAMP}&algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&quantity=0.01&type=STOP_MARKET&triggerPrice=49500&workingType=MARK_PRICE&reduceOnly=true&clientAlgoId=l010070000002rs000&${WINDOW}`,
    )
  })
  it('that protects on the last price', async () => {
    expect(await placing('stop', { triggerBy: 'last' })).toContain('&workingType=CONTRACT_PRICE&')
  })
  it('that takes profit at a trigger', async () => {
    expect(await placing('stop', { type: 'take_profit_market', side: 'buy' })).toContain(
      '&side=BUY&quantity=0.01&type=TAKE_PROFIT_MARKET&',
    )
  })
  it('that takes profit by a resting order', async () => {
    expect(await placing('target')).toBe(
      `POST ${HOST}/fapi/v1/order?${STAMP}&symbol=BTCUSDT&side=SELL&quantity=0.01&type=LIMIT&price=51000&timeInForce=GTC&reduceOnly=true&newClientOrderId=l010070000002rp000&newOrderRespType=RESULT&${WINDOW}`,
    )
  })
  it('carries digits without exponents', async () => {
    const sent = await placing('target', { quantity: quantity('0.001'), price: price('1234567.1') })
    expect(sent).toContain('&quantity=0.001&type=LIMIT&price=1234567.1&')
  })

  it('of everything else', async () => {
    scene = await venueScene()
    const { server, venue, instrument } = scene
    venue.cancel(id('target'), instrument, AT)
    venue.cancel(id('stop'), instrument, AT)
    venue.snapshot(AT)
    await scene.settled()
    const unsigned = /\/(?:time|exchangeInfo|listenKey|fundingRate)$/
    const lines = server.requests.filter(({ path }) => !unsigned.test(path)).map(line)
    expect([...new Set(lines)].toSorted()).toMatchInlineSnapshot(`
      [
        "DELETE demo-fapi.binance.com/fapi/v1/algoOrder?timestamp=1767571200000&symbol=BTCUSDT&clientAlgoId=l010070000002rs000&recvWindow=5000",
        "DELETE demo-fapi.binance.com/fapi/v1/order?timestamp=1767571200000&symbol=BTCUSDT&origClientOrderId=l010070000002rp000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/algoOrder?timestamp=1767571200000&symbol=BTCUSDT&clientAlgoId=l010070000002rp000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/algoOrder?timestamp=1767571200000&symbol=BTCUSDT&clientAlgoId=l010070000002rs000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/allAlgoOrders?timestamp=1767571200000&symbol=BTCUSDT&startTime=1766966640000&endTime=1767571260000&limit=1000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/allOrders?timestamp=1767571200000&symbol=BTCUSDT&startTime=1766966640000&endTime=1767571260000&limit=1000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/income?timestamp=1767571200000&incomeType=FUNDING_FEE&startTime=1766966700000&limit=1000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/leverageBracket?timestamp=1767571200000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/openAlgoOrders?timestamp=1767571200000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/openAlgoOrders?timestamp=1767571200000&symbol=BTCUSDT&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/openOrders?timestamp=1767571200000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/openOrders?timestamp=1767571200000&symbol=BTCUSDT&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/order?timestamp=1767571200000&symbol=BTCUSDT&origClientOrderId=l010070000002rp000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/order?timestamp=1767571200000&symbol=BTCUSDT&origClientOrderId=l010070000002rs000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/positionSide/dual?timestamp=1767571200000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/symbolConfig?timestamp=1767571200000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/userTrades?timestamp=1767571200000&symbol=BTCUSDT&startTime=1766966700000&endTime=1767571260000&limit=1000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v1/userTrades?timestamp=1767571200000&symbol=ETHUSDT&startTime=1766966700000&endTime=1767571260000&limit=1000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v3/account?timestamp=1767571200000&recvWindow=5000",
        "GET demo-fapi.binance.com/fapi/v3/positionRisk?timestamp=1767571200000&recvWindow=5000",
      ]
    `)
    const keyed = server.requests.filter(({ path }) => path.endsWith('/listenKey'))
    expect(keyed.map(({ method, raw, headers }) => [method, raw, headers['x-mbx-apikey']])).toEqual([
      ['POST', '', 'scripted-key'],
    ])
  })
})
