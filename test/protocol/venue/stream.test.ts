import { afterEach, describe, expect, it } from 'vitest'
import { redialDelayMs } from '../../../src/adapter/venue/ccxt/account-stream.ts'
import { ok } from '../../fixture/scripted-server.ts'
import { restOrder, T0 } from '../../fixture/scripted-frames.ts'
import { order, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

const AT = 0 as never
const connections = () => scene.of('connection').map(({ state }) => state)

describe("the account's stream", () => {
  it('says that it is up, dials again when it is cut, and says so both times', async () => {
    scene = await venueScene()
    await scene.until(() => connections().length === 1)
    scene.server.sockets[0]!.terminate()
    await scene.until(() => connections().length === 3)
    expect(connections()).toEqual(['up', 'down', 'up'])
    expect(scene.server.sent('POST /fapi/v1/listenKey')).toHaveLength(2)
  })

  it('dials again, with a new key, when the key has expired', async () => {
    scene = await venueScene()
    scene.server.tell({ e: 'listenKeyExpired', E: T0, listenKey: 'listen-key' })
    await scene.until(() => connections().length === 3)
    expect(connections()).toEqual(['up', 'down', 'up'])
    expect(scene.server.sockets).toHaveLength(1)
  })

  it('does not hammer a venue that refuses it', async () => {
    scene = await venueScene((server) => {
      server.refuseStreams = true
    })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    const attempts = scene.server.sent('POST /fapi/v1/listenKey').length
    expect(attempts).toBeGreaterThan(1)
    expect(attempts).toBeLessThan(6)
    scene.server.refuseStreams = false
    await scene.until(() => connections().includes('up'), 5_000)
    expect(connections()).toEqual(['down', 'up'])
  })

  it('is dialled again when it keeps quiet about an order that the venue has confirmed', async () => {
    scene = await venueScene()
    const entry = order(scene.instrument, 'entry', { timeInForce: 'GTC' })
    scene.server.on('POST /fapi/v1/order', () => ok(restOrder({ c: entry.clientOrderId, i: 3 }, 'NEW')))
    scene.venue.submit(entry, AT)
    await scene.until(() => connections().length === 3, 8_000)
    expect(scene.of('connection')[1]!.message).toContain(entry.clientOrderId)
  }, 12_000)

  it('lets go at once of a venue that hangs', async () => {
    scene = await venueScene()
    scene.server.sockets[0]!.pause()
    const begun = performance.now()
    await scene.venue.close()
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  it('is dialled again within ten seconds when the other side answers nothing, not even pings', async () => {
    scene = await venueScene()
    await scene.until(() => connections().length === 1)
    const begun = performance.now()
    scene.server.sockets[0]!.pause()
    await scene.until(() => connections().length === 3, 12_000)
    expect(connections()).toEqual(['up', 'down', 'up'])
    expect(performance.now() - begun).toBeLessThan(10_000)
  }, 15_000)

  it('is dialled again after a frame that makes no sense', async () => {
    scene = await venueScene()
    scene.server.tell({ e: 'ORDER_TRADE_UPDATE', E: T0, T: T0, o: { s: 'BTCUSDT', c: 'x', x: 'TRADE', X: 'WAT' } })
    await scene.until(() => connections().length === 3)
  })

  it('alarms for margin calls and for changes made elsewhere, and tells funding by the income', async () => {
    scene = await venueScene()
    const { server } = scene
    server.on('GET /fapi/v1/income', () =>
      ok([
        {
          symbol: 'BTCUSDT',
          incomeType: 'FUNDING_FEE',
          income: '-0.05000000',
          asset: 'USDT',
          time: T0 + 12,
          tranId: 1,
        },
      ]),
    )
    server.on('GET /fapi/v1/fundingRate', () =>
      ok([{ symbol: 'BTCUSDT', fundingRate: '0.0001', fundingTime: T0, markPrice: '50000.0' }]),
    )
    server.tell({ e: 'MARGIN_CALL', E: T0, cw: '1', p: [{ s: 'BTCUSDT', pa: '1' }] })
    server.tell({ e: 'ACCOUNT_CONFIG_UPDATE', E: T0, T: T0, ac: { s: 'BTCUSDT', l: 50 } })
    const funding = { e: 'ACCOUNT_UPDATE', E: T0, T: T0 + 12, a: { m: 'FUNDING_FEE', B: [], P: [] } }
    server.tell(funding)
    server.tell(funding)
    await scene.until((events) => events.some(({ kind }) => kind === 'funding_paid'))
    await scene.settled()
    expect(scene.of('venue_alarm').map(({ code }) => code)).toEqual(['MARGIN_CALL', 'LEVERAGE_CHANGED'])
    const paid = scene.of('funding_paid')
    expect(paid.map((each) => [each.amount.toFixed(), each.quantity.toFixed(), each.direction, each.rate])).toEqual([
      ['-0.05', '0.01', 'LONG', 0.0001],
    ])
  })
})

describe('the wait before the next attempt', () => {
  it('doubles up to a quarter of a minute and is spread by chance', () => {
    expect(redialDelayMs(0, 0.5)).toBe(0)
    expect([1, 2, 3, 4].map((n) => redialDelayMs(n, 0.5))).toEqual([200, 400, 800, 1600])
    expect(redialDelayMs(100, 0.5)).toBe(15_000)
    expect([redialDelayMs(1, 0), redialDelayMs(1, 1)].map(Math.round)).toEqual([140, 260])
  })
})
