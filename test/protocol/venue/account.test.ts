import { afterEach, describe, expect, it } from 'vitest'
import { Dec } from '../../../src/domain/decimal.ts'
import { startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { ok, type ScriptedAnswer, type ScriptedServer } from '../../fixture/scripted-server.ts'
import { restAlgo, restOrder, restTrade, T0 } from '../../fixture/scripted-frames.ts'
import { nextId, openScripted, order, sceneOf, venueScene, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene | undefined
let server: ScriptedServer | undefined

afterEach(async () => {
  await scene?.close()
  await server?.close()
  scene = server = undefined
})

const AT = 0 as never
const POSITION = {
  symbol: 'BTCUSDT',
  positionSide: 'BOTH',
  positionAmt: '-0.010',
  entryPrice: '50000.0',
  markPrice: '50100.0',
  liquidationPrice: '60000',
  notional: '-501.0',
}

describe('a snapshot', () => {
  it('tells what the account has in contracts that are not traded, in the venue’s words', async () => {
    scene = await venueScene()
    const other = { symbol: 'XRPUSDT', side: 'SELL', type: 'LIMIT', origQty: '120', price: '0.5123' }
    scene.server.on('GET /fapi/v3/positionRisk', () =>
      ok([
        { ...POSITION, symbol: 'XRPUSDT', positionAmt: '-120', entryPrice: '0.5' },
        { ...POSITION, symbol: 'ADAUSDT', positionAmt: '0' },
      ]),
    )
    scene.server.on('GET /fapi/v1/openOrders', () => ok([other]))
    // A row of which nothing is understood holds up no look.
    scene.server.on('GET /fapi/v1/openAlgoOrders', () => ok([{ symbol: 'BTCUSDT_260327', quantity: 3 }]))
    scene.venue.snapshot(AT)
    await scene.settled()
    const [snapshot] = scene.of('account_snapshot')
    expect([snapshot!.positions, snapshot!.openOrders]).toEqual([[], []])
    expect(snapshot!.elsewhere).toEqual([
      { kind: 'order', symbol: 'XRPUSDT', side: 'sell', quantity: '120', price: '0.5123' },
      { kind: 'order', symbol: 'BTCUSDT_260327', side: null, quantity: '3', price: null },
      { kind: 'position', symbol: 'XRPUSDT', side: 'sell', quantity: '120', price: '0.5' },
    ])
  })

  it('holds positions, both lists of orders, executions with their owners, and the wallet', async () => {
    scene = await venueScene()
    const entry = nextId('entry')
    const stop = nextId('stop')
    scene.server.on('GET /fapi/v3/positionRisk', () =>
      ok([POSITION, { ...POSITION, symbol: 'ETHUSDT', positionAmt: '0' }]),
    )
    scene.server.on('GET /fapi/v1/openOrders', () =>
      ok([restOrder({ c: 'web_1', i: 1, side: 'SELL', type: 'LIMIT', price: '51000.0' }, 'NEW')]),
    )
    scene.server.on('GET /fapi/v1/openAlgoOrders', () => ok([restAlgo({ caid: stop, aid: 2 }, 'NEW')]))
    scene.server.on('GET /fapi/v1/userTrades', ({ parameters }) =>
      ok(
        parameters['symbol'] === 'BTCUSDT'
          ? [
              restTrade(10, 2, '0.010', '50000.0', 'SELL', T0 - 50),
              restTrade(11, 1, '0.010', '49000.0', 'SELL', T0 - 90),
            ]
          : [],
      ),
    )
    scene.server.on('GET /fapi/v1/allOrders', () =>
      ok([restOrder({ c: entry, i: 10 }, 'FILLED', '0.010'), restOrder({ c: 'x', i: 11 }, 'FILLED', '0.010')]),
    )
    scene.server.on('GET /fapi/v1/allAlgoOrders', () =>
      ok([restAlgo({ caid: nextId('stop'), aid: 4 }, 'FINISHED', { actualOrderId: '11' })]),
    )
    scene.venue.snapshot(AT)
    await scene.settled()
    const [snapshot] = scene.of('account_snapshot')
    expect(snapshot!.wallet.toFixed()).toBe('10000')
    expect(snapshot!.positions).toMatchObject([{ direction: 'SHORT', leverage: 5, marginMode: 'isolated' }])
    expect(snapshot!.positions[0]!.quantity.toFixed()).toBe('0.01')
    expect(snapshot!.openOrders.map(({ clientOrderId, type }) => [clientOrderId, type])).toEqual([
      ['web_1', 'limit'],
      [stop, 'stop_market'],
    ])
    expect(snapshot!.executions.map(({ tradeId, clientOrderId }) => [tradeId, clientOrderId.slice(-4, -3)])).toEqual([
      ['1', 's'],
      ['2', 'e'],
    ])
  })

  it('tells why the venue closed a position by the name of its order', async () => {
    scene = await venueScene()
    const trades = [restTrade(10, 1, '0.010', '49000.0', 'SELL', T0), restTrade(11, 2, '0.010', '49000.0', 'SELL', T0)]
    scene.server.on('GET /fapi/v1/userTrades', ({ parameters }) => ok(parameters['symbol'] === 'BTCUSDT' ? trades : []))
    scene.server.on('GET /fapi/v1/allOrders', () =>
      ok([
        restOrder({ c: 'autoclose-1', i: 10 }, 'FILLED', '0.010'),
        restOrder({ c: 'adl_autoclose', i: 11 }, 'FILLED', '0.010'),
      ]),
    )
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.executions.map(({ tradeId, forced }) => [tradeId, forced])).toEqual([
      ['1', 'liquidation'],
      ['2', 'adl'],
    ])
  })

  it.each([
    'GET /fapi/v3/positionRisk',
    'GET /fapi/v1/openOrders',
    'GET /fapi/v1/openAlgoOrders',
    'GET /fapi/v1/userTrades',
    'GET /fapi/v3/account',
    'GET /fapi/v1/income',
    'GET /fapi/v1/symbolConfig',
  ])('that lacks %s is none', async (route) => {
    scene = await venueScene()
    scene.server.on(route, () => ({ status: 500, text: '' }))
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['snapshot_failed'])
  })

  it('alarms once when the mode, the leverage or the margin mode was changed elsewhere', async () => {
    scene = await venueScene()
    scene.server.on('GET /fapi/v1/positionSide/dual', () => ok({ dualSidePosition: true }))
    scene.server.on('GET /fapi/v1/symbolConfig', () => ok([{ symbol: 'BTCUSDT', marginType: 'CROSSED', leverage: 7 }]))
    scene.venue.snapshot(AT)
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('venue_alarm').map(({ code }) => code)).toEqual([
      'HEDGE_MODE',
      'MARGIN_MODE_CHANGED',
      'LEVERAGE_CHANGED',
    ])
    scene.venue.snapshot(AT, true)
    await scene.settled()
    expect(scene.of('venue_alarm')).toHaveLength(6)
  })

  it('takes every page of executions', async () => {
    scene = await venueScene()
    const trades = Array.from({ length: 2_500 }, (_, i) =>
      restTrade(1, i + 1, '0.001', '50000.0', 'BUY', T0 - 5_000 + i),
    )
    scene.server.on('GET /fapi/v1/userTrades', ({ parameters }) => {
      if (parameters['symbol'] !== 'BTCUSDT') return ok([])
      const from = Number(parameters['fromId'] ?? 1)
      return ok(trades.filter(({ id }) => id >= from).slice(0, 1_000))
    })
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.executions).toHaveLength(2_500)
  })
})

describe('a request that is refused for its time', () => {
  it.each([
    ['GET /fapi/v3/account', (each: VenueScene) => each.venue.snapshot(AT)],
    ['DELETE /fapi/v1/order', (each: VenueScene) => each.venue.cancel(nextId('entry'), each.instrument, AT)],
    [
      'POST /fapi/v1/order',
      (each: VenueScene) => each.venue.submit(order(each.instrument, 'exit', { type: 'market' }), AT),
    ],
  ])('has the clock measured again at once: %s', async (route, say) => {
    scene = await venueScene()
    const { server: own } = scene
    const measured = own.sent('GET /fapi/v1/time').length
    own.on(route, () => ({ status: 400, body: { code: -1021, msg: 'outside of the recvWindow' } }))
    say(scene)
    await expect.poll(() => own.sent('GET /fapi/v1/time').length).toBe(measured + 3)
  })
})

describe('leverage', () => {
  it('is set before the entry that wants another, once, and read back', async () => {
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/order', ({ parameters }) =>
      ok(restOrder({ c: parameters['newClientOrderId']!, i: 1 }, 'NEW')),
    )
    scene.venue.submit(order(scene.instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    scene.venue.submit(order(scene.instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    const calls = scene.server.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)
    expect(calls.slice(-3)).toEqual(['POST leverage', 'POST order', 'POST order'])
  })

  it('that is not what was wanted keeps the entry back', async () => {
    scene = await venueScene()
    scene.server.on('POST /fapi/v1/leverage', () => ok({ leverage: 3, symbol: 'BTCUSDT' }))
    scene.venue.submit(order(scene.instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map(({ code }) => code)).toEqual(['LEVERAGE_NOT_SET'])
    expect(scene.server.sent('POST /fapi/v1/order')).toHaveLength(0)
  })

  it.each([
    ['was lost', { status: 503, text: 'gone' }],
    ['tells another one', ok({ leverage: 3, symbol: 'BTCUSDT' })],
    ['of the first attempt was lost, and the last was refused', { status: 400, body: { code: -1021, msg: 'x' } }],
  ])('is set again for the next entry when the answer %s', async (_, last) => {
    scene = await venueScene()
    const { server: own, instrument, venue } = scene
    const set: string[] = []
    let answers: ScriptedAnswer[] = [{ status: 503, text: 'gone' }, { status: 503, text: 'gone' }, last]
    own.on('POST /fapi/v1/leverage', ({ parameters: { leverage } }) => {
      set.push(leverage!)
      return answers.shift() ?? ok({ leverage: Number(leverage), symbol: 'BTCUSDT' })
    })
    venue.submit(order(instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map(({ code }) => code)).toEqual(['LEVERAGE_NOT_SET'])
    answers = []
    venue.submit(order(instrument, 'entry', { leverage: 5 }), AT)
    await scene.settled()
    expect(set.at(-1)).toBe('5')
    expect(own.sent('POST /fapi/v1/order')).toHaveLength(1)
  })

  it('that is confirmed too late keeps the entry back, and is known all the same', async () => {
    server = await startScriptedBinance(() => T0)
    scene = await sceneOf(server, await openScripted(server, { deadlineMs: 5_000 }))
    const { server: own, instrument, venue } = scene
    own.on('POST /fapi/v1/leverage', async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_100))
      return ok({ leverage: 10, symbol: 'BTCUSDT' })
    })
    own.on('POST /fapi/v1/order', ({ parameters }) =>
      ok(restOrder({ c: parameters['newClientOrderId']!, i: 1 }, 'NEW')),
    )
    venue.submit(order(instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map(({ code }) => code)).toEqual(['LEVERAGE_NOT_SET'])
    expect(own.sent('POST /fapi/v1/order')).toHaveLength(0)
    venue.submit(order(instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    expect([own.sent('POST /fapi/v1/leverage').length, own.sent('POST /fapi/v1/order').length]).toEqual([1, 1])
  })

  it('takes nothing of what a penalty lets through for stops', async () => {
    scene = await venueScene()
    const { server: own, instrument, venue } = scene
    own.on('POST /fapi/v1/algoOrder', ({ parameters }) =>
      ok(restAlgo({ caid: parameters['clientAlgoId']!, aid: 1 }, 'NEW')),
    )
    own.on('GET /fapi/v1/symbolConfig', () => ({
      status: 429,
      body: { code: -1003, msg: 'x' },
      headers: { 'retry-after': '60' },
    }))
    venue.snapshot(AT)
    await expect.poll(() => own.sent('GET /fapi/v1/symbolConfig').length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (let i = 0; i < 8; i++) venue.submit(order(instrument, 'entry', { leverage: 10 + i }), AT)
    for (let i = 0; i < 8; i++) venue.submit(order(instrument, 'stop'), AT)
    await expect.poll(() => own.sent('POST /fapi/v1/algoOrder').length).toBe(8)
    expect(own.sent('POST /fapi/v1/leverage')).toHaveLength(0)
  })

  it('that nobody knows after an answer was lost is no change by others', async () => {
    scene = await venueScene()
    const { server: own, instrument, venue } = scene
    own.on('POST /fapi/v1/leverage', () => ({ status: 503, text: 'gone' }))
    venue.submit(order(instrument, 'entry', { leverage: 10 }), AT)
    await scene.settled()
    own.on('GET /fapi/v1/symbolConfig', () => ok([{ symbol: 'BTCUSDT', marginType: 'ISOLATED', leverage: 10 }]))
    own.tell({ e: 'ACCOUNT_CONFIG_UPDATE', E: T0, T: T0, ac: { s: 'BTCUSDT', l: 10 } })
    own.tell({ e: 'ACCOUNT_CONFIG_UPDATE', E: T0, T: T0, ac: { s: 'ETHUSDT', l: 50 } })
    await scene.until((events) => events.some(({ kind }) => kind === 'venue_alarm'))
    venue.snapshot(AT)
    await scene.settled()
    expect(scene.kinds()).toContain('account_snapshot')
    expect(scene.of('venue_alarm').map(({ message }) => message)).toEqual([
      'ETHUSDT: leverage was changed to 50 at the venue',
    ])
  })
})

describe('a leverage that the bot changes while it looks at the account', () => {
  const leveraged = (leverage: number) =>
    ok(['BTCUSDT', 'ETHUSDT'].map((symbol) => ({ symbol, marginType: 'ISOLATED', leverage })))

  it('is no change by others where the look has seen the former one', async () => {
    scene = await venueScene()
    const { server: own, instrument, venue } = scene
    own.on('POST /fapi/v1/order', ({ parameters }) =>
      ok(restOrder({ c: parameters['newClientOrderId']!, i: 1 }, 'NEW')),
    )
    own.on('GET /fapi/v1/symbolConfig', () => leveraged(5))
    own.on('GET /fapi/v3/account', async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return ok({ assets: [{ asset: 'USDT', walletBalance: '10000' }] })
    })
    const before = own.sent('GET /fapi/v3/account').length
    venue.snapshot(AT)
    await expect.poll(() => own.sent('GET /fapi/v3/account').length).toBe(before + 1)
    venue.submit(order(instrument, 'entry', { leverage: 3 }), AT)
    await scene.settled()
    expect(scene.kinds()).toContain('account_snapshot')
    expect(scene.of('venue_alarm').map(({ message }) => message)).toEqual([])
    // What a look sees that began afterwards counts.
    venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('venue_alarm').map(({ message }) => message)).toEqual(['BTCUSDT: leverage is 5 instead of 3'])
  })
})

it('says nothing more to a venue that was closed, whatever had no answer then', async () => {
  scene = await venueScene()
  const { server: own, instrument, venue } = scene
  for (const route of ['DELETE /fapi/v1/order', 'GET /fapi/v3/account']) own.on(route, () => 'silence')
  own.requests.length = 0
  venue.cancel(nextId('entry'), instrument, AT)
  venue.snapshot(AT)
  await expect.poll(() => own.sent('DELETE /fapi/v1/order').length + own.sent('GET /fapi/v3/account').length).toBe(2)
  await venue.close()
  const said = own.requests.length
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(own.requests.slice(said).map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

describe('an account that cannot be traded on', () => {
  const refused = async (patch: Parameters<typeof openScripted>[1], script?: (server: ScriptedServer) => void) => {
    server = await startScriptedBinance(() => T0)
    script?.(server)
    const result = await openScripted(server, patch)
    if (result.kind === 'ok') {
      await result.venue.close()
      throw new Error('it was accepted')
    }
    return [result.code, result.message] as const
  }

  it('has a wrong key', async () => {
    expect(await refused({ key: 'another' })).toEqual([
      'WRONG_KEY',
      expect.stringContaining('keys of another environment'),
    ])
  })
  it('has a wrong secret', async () => {
    expect((await refused({ secret: 'another' }))[0]).toBe('WRONG_SECRET')
  })
  it('is in hedge mode', async () => {
    const script = (each: ScriptedServer) =>
      each.on('GET /fapi/v1/positionSide/dual', () => ok({ dualSidePosition: true }))
    expect((await refused({}, script))[0]).toBe('HEDGE_MODE')
  })
  it('holds too little', async () => {
    expect(await refused({ minimumBalance: new Dec(20_000) })).toEqual([
      'TOO_LITTLE_BALANCE',
      'the account holds 10000 USDT, and at least 20000 are needed',
    ])
  })
  it.each([
    ['BTCUST', 'UNKNOWN_SYMBOL', 'the exchange lists no BTCUST; did you mean BTCUSDT?'],
    ['BTC/USDT', 'SPOT_SYMBOL', 'BTC/USDT is a spot symbol; the perpetual is BTC/USDT:USDT or BTCUSDT'],
    ['LUNAUSDT', 'NOT_TRADING', 'LUNAUSDT is not being traded at the moment: its status is SETTLING'],
    ['QQQQQQQQQQ', 'UNKNOWN_SYMBOL', 'the exchange lists no QQQQQQQQQQ'],
  ])('is asked for %s', async (symbol, code, message) => {
    expect(await refused({ symbols: [symbol] })).toEqual([code, message])
  })
  it('cannot be reached', async () => {
    expect((await refused({}, (each) => each.on('GET /fapi/v1/exchangeInfo', () => 'reset')))[0]).toBe('UNREACHABLE')
  })
  it('does not take the leverage', async () => {
    expect(
      (
        await refused({ leverage: 20 }, (each) =>
          each.on('POST /fapi/v1/leverage', () => ({ status: 400, body: { code: -4028, msg: 'x' } })),
        )
      )[0],
    ).toBe('LEVERAGE_NOT_SET')
  })
  it('keeps another margin mode', async () => {
    const script = (each: ScriptedServer) =>
      each.on('POST /fapi/v1/marginType', () => ok({ code: 200, msg: 'success' }))
    expect((await refused({ marginMode: 'cross' }, script))[0]).toBe('MARGIN_MODE_NOT_SET')
  })
})

describe('an account that can be traded on', () => {
  it('keeps the leverage of a position that is held, and sets that of the others', async () => {
    const leverages: Record<string, number> = { BTCUSDT: 10, ETHUSDT: 10 }
    scene = await venueScene((each) => {
      each.on('GET /fapi/v3/positionRisk', () => ok([POSITION]))
      each.on('GET /fapi/v1/symbolConfig', () =>
        ok(
          Object.entries(leverages).map(([symbol, leverage]) => ({
            symbol,
            marginType: 'ISOLATED',
            isAutoAddMargin: 'false',
            leverage,
          })),
        ),
      )
      each.on('POST /fapi/v1/leverage', ({ parameters: { symbol = '', leverage } }) => {
        leverages[symbol] = Number(leverage)
        return ok({ symbol, leverage: Number(leverage) })
      })
    })
    expect(leverages).toEqual({ BTCUSDT: 10, ETHUSDT: 5 })
  })

  it('has the instruments of the venue', async () => {
    scene = await venueScene()
    const [btc, eth] = scene.venue.instruments
    expect(btc).toMatchObject({
      index: 0,
      symbol: 'BTCUSDT',
      unified: 'BTC/USDT:USDT',
      base: 'BTC',
      quote: 'USDT',
      tick: 0.1,
      lot: 0.001,
    })
    expect(btc!.maxQuantity.toFixed()).toBe('120')
    expect(btc!.minNotional.toFixed()).toBe('100')
    expect(btc!.marginTiers).toEqual([
      { floorUsd: 0, capUsd: 50_000, maintenanceRatio: 0.004, deductionUsd: 0, maxLeverage: 125 },
      { floorUsd: 50_000, capUsd: 600_000, maintenanceRatio: 0.005, deductionUsd: 50, maxLeverage: 100 },
    ])
    expect(eth!.index).toBe(1)
  })
})
