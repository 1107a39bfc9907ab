import { afterEach, describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/id.ts'
import type { Leg } from '../../../src/domain/order.ts'
import {
  failed,
  flatPosition,
  list,
  openScriptedBybit,
  result,
  startScriptedBybit,
} from '../../fixture/scripted-bybit.ts'
import type { ScriptedServer } from '../../fixture/scripted-server.ts'
import { T0 } from '../../fixture/scripted-frames.ts'
import { nextId, order, sceneOf, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

const AT = 0 as never
const open = async (script: (server: ScriptedServer) => void = () => undefined): Promise<VenueScene> => {
  const server = await startScriptedBybit()
  script(server)
  return (scene = await sceneOf(server, await openScriptedBybit(server)))
}
const id = (leg: Leg) => clientOrderId({ strategy: 1, epoch: 7, intent: 99, leg, revision: 0 })

const row = (orderLinkId: string, orderStatus: string, more: object = {}) => ({
  category: 'linear',
  symbol: 'BTCUSDT',
  orderId: 'o-1',
  orderLinkId,
  side: 'Sell',
  orderType: 'Market',
  price: '0',
  qty: '0.010',
  cumExecQty: '0',
  leavesQty: '0.010',
  orderStatus,
  rejectReason: 'EC_NoError',
  triggerPrice: '',
  triggerDirection: 0,
  stopOrderType: '',
  reduceOnly: true,
  timeInForce: 'GTC',
  updatedTime: String(T0),
  ...more,
})
const execution = (orderLinkId: string, execId: string, execQty: string, leavesQty: string, more: object = {}) => ({
  category: 'linear',
  symbol: 'BTCUSDT',
  orderId: 'o-1',
  orderLinkId,
  side: 'Sell',
  execId,
  execPrice: '49490',
  execQty,
  execFee: '0.27',
  execType: 'Trade',
  isMaker: false,
  orderQty: '0.010',
  leavesQty,
  feeRate: '0.00055',
  execTime: String(T0),
  ...more,
})

describe('the request that places an order at Bybit', () => {
  it.each<[string, Leg, Parameters<typeof order>[2], string]>([
    [
      'an entry at a collar',
      'entry',
      {},
      '{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.01","price":"50050","timeInForce":"IOC","positionIdx":0,"orderLinkId":"l010070000002re000"}',
    ],
    [
      'a stop on the mark, below',
      'stop',
      {},
      '{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0.01","triggerPrice":"49500","triggerDirection":2,"triggerBy":"MarkPrice","reduceOnly":true,"positionIdx":0,"orderLinkId":"l010070000002rs000"}',
    ],
    [
      'a stop of a SHORT, above',
      'stop',
      { side: 'buy' },
      '{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"0.01","triggerPrice":"49500","triggerDirection":1,"triggerBy":"MarkPrice","reduceOnly":true,"positionIdx":0,"orderLinkId":"l010070000002rs000"}',
    ],
    [
      'a take-profit of a LONG, above',
      'stop',
      { type: 'take_profit_market' },
      '{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0.01","triggerPrice":"49500","triggerDirection":1,"triggerBy":"MarkPrice","reduceOnly":true,"positionIdx":0,"orderLinkId":"l010070000002rs000"}',
    ],
    [
      'a target',
      'target',
      {},
      '{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Limit","qty":"0.01","price":"51000","timeInForce":"GTC","reduceOnly":true,"positionIdx":0,"orderLinkId":"l010070000002rp000"}',
    ],
    [
      'an exit',
      'exit',
      {},
      '{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0.01","reduceOnly":true,"positionIdx":0,"orderLinkId":"l010070000002rx000"}',
    ],
  ])('is exact for %s', async (_what, leg, patch, body) => {
    await open()
    scene.venue.submit(order(scene.instrument, leg, { clientOrderId: id(leg), ...patch }), AT)
    await scene.settled()
    const [sent] = scene.server.sent('POST /v5/order/create')
    expect(sent!.path).toBe('api-demo.bybit.com/v5/order/create')
    expect(sent!.raw).toBe(body)
    expect(sent!.headers['x-bapi-recv-window']).toBe('5000')
  })

  it('is exact for everything else', async () => {
    await open()
    scene.venue.cancel(id('stop'), scene.instrument, AT)
    scene.venue.query(id('entry'), scene.instrument, AT)
    scene.venue.snapshot(AT)
    await scene.settled()
    const lines = scene.server.requests.map(({ method, path, raw }) => `${method} ${path}?${raw}`)
    expect([...new Set(lines)].toSorted()).toMatchInlineSnapshot(`
      [
        "GET api-demo.bybit.com/v5/account/info?",
        "GET api-demo.bybit.com/v5/account/wallet-balance?accountType=UNIFIED&coin=USDT",
        "GET api-demo.bybit.com/v5/execution/list?category=linear&symbol=BTCUSDT&execType=Funding&startTime=1766966700000&endTime=1767571260000&limit=100",
        "GET api-demo.bybit.com/v5/execution/list?category=linear&symbol=BTCUSDT&startTime=1766966700000&endTime=1767571260000&limit=100",
        "GET api-demo.bybit.com/v5/market/instruments-info?category=linear&limit=1000",
        "GET api-demo.bybit.com/v5/market/risk-limit?category=linear&symbol=BTCUSDT",
        "GET api-demo.bybit.com/v5/market/time?",
        "GET api-demo.bybit.com/v5/order/history?category=linear&symbol=BTCUSDT&orderLinkId=l010070000002re000",
        "GET api-demo.bybit.com/v5/order/history?category=linear&symbol=BTCUSDT&orderLinkId=l010070000002rs000",
        "GET api-demo.bybit.com/v5/order/history?category=linear&symbol=BTCUSDT&startTime=1766966640000&endTime=1767571260000&limit=50",
        "GET api-demo.bybit.com/v5/order/realtime?category=linear&settleCoin=USDT&limit=50",
        "GET api-demo.bybit.com/v5/order/realtime?category=linear&symbol=BTCUSDT&limit=50",
        "GET api-demo.bybit.com/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=l010070000002re000",
        "GET api-demo.bybit.com/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=l010070000002rs000",
        "GET api-demo.bybit.com/v5/position/list?category=linear&settleCoin=USDT&limit=200",
        "GET api-demo.bybit.com/v5/position/list?category=linear&symbol=BTCUSDT&limit=200",
        "GET api-demo.bybit.com/v5/user/query-api?",
        "POST api-demo.bybit.com/v5/order/cancel?{"category":"linear","symbol":"BTCUSDT","orderLinkId":"l010070000002rs000"}",
      ]
    `)
  })
})

describe('a bracket at Bybit', () => {
  it('stops out: the stop keeps its id when it triggers', async () => {
    await open()
    const stop = order(scene.instrument, 'stop')
    const c = stop.clientOrderId
    scene.venue.submit(stop, AT)
    await scene.settled()
    const waits = { triggerPrice: '49500', triggerDirection: 2, stopOrderType: 'Stop' }
    scene.server.tell({ topic: 'order', data: [row(c, 'Untriggered', waits)] })
    scene.server.tell({ topic: 'order', data: [row(c, 'Triggered', waits)] })
    scene.server.tell({
      topic: 'execution',
      data: [execution(c, 'e1', '0.004', '0.006'), execution(c, 'e2', '0.006', '0')],
    })
    scene.server.tell({ topic: 'order', data: [row(c, 'Filled', { ...waits, cumExecQty: '0.010', leavesQty: '0' })] })
    await scene.until(() => scene.of('order_filled').length === 2)
    await scene.settled()
    expect([...new Set(scene.kinds())]).toEqual(['order_accepted', 'order_triggered', 'order_filled'])
    expect(scene.of('order_filled').map(({ clientOrderId: own, tradeId, done }) => [own, tradeId, done])).toEqual([
      [c, 'e1', false],
      [c, 'e2', true],
    ])
  })

  it('asks for the executions when only the order was told', async () => {
    await open()
    const entry = order(scene.instrument, 'entry')
    const c = entry.clientOrderId
    scene.server.on('GET /v5/execution/list', ({ parameters }) =>
      parameters['orderId'] === 'o-1' ? list(execution(c, 'e1', '0.004', '0.006')) : list(),
    )
    scene.venue.submit(entry, AT)
    await scene.settled()
    scene.server.tell({
      topic: 'order',
      data: [
        row(c, 'PartiallyFilledCanceled', {
          timeInForce: 'IOC',
          cumExecQty: '0.004',
          rejectReason: 'EC_NoImmediateQtyToFill',
        }),
      ],
    })
    await scene.until((events) => events.some(({ kind }) => kind === 'order_expired'))
    expect(scene.kinds()).toEqual(['order_accepted', 'order_filled', 'order_expired'])
  })

  it('knows that a receipt for a cancel is no cancel', async () => {
    await open()
    const target = order(scene.instrument, 'target')
    const c = target.clientOrderId
    scene.venue.submit(target, AT)
    scene.server.on('GET /v5/order/realtime', () => list(row(c, 'Filled', { orderType: 'Limit', cumExecQty: '0.010' })))
    scene.server.on('GET /v5/execution/list', () => list(execution(c, 'e9', '0.010', '0')))
    scene.venue.cancel(c, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds().filter((kind) => kind !== 'order_accepted')).toEqual(['order_filled'])
  })
})

describe('what goes wrong at Bybit', () => {
  it.each([
    [110007, 'ab not enough for new order', 'INSUFFICIENT_MARGIN'],
    [110017, 'reduce-only rule not satisfied', 'REDUCE_ONLY'],
    [110072, 'OrderLinkedID is duplicate', 'DUPLICATE_ID'],
    [110094, 'Order does not meet minimum order value', 'MIN_NOTIONAL'],
    [10006, 'Too many visits!', 'RATE_LIMITED'],
  ])('%d %s is rejected as %s', async (code, message, ours) => {
    await open((server) => server.on('POST /v5/order/create', () => failed(code, message)))
    scene.venue.submit(order(scene.instrument, 'entry'), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map((event) => event.code)).toEqual([ours])
  })

  it.each([
    ['10016 of the server', failed(10016, 'Server error')],
    ['a code nobody knows', failed(777, 'hm')],
    ['silence', 'silence' as const],
    ['an answer without an order', result({})],
  ])('%s is unknown', async (_what, answer) => {
    await open((server) => server.on('POST /v5/order/create', () => answer))
    scene.venue.submit(order(scene.instrument, 'entry'), AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_unknown'])
    expect(scene.server.sent('POST /v5/order/create')).toHaveLength(1)
  })

  it('an order that was received and then rejected is rejected', async () => {
    await open()
    const entry = order(scene.instrument, 'entry')
    scene.venue.submit(entry, AT)
    await scene.settled()
    scene.server.tell({
      topic: 'order',
      data: [row(entry.clientOrderId, 'Rejected', { rejectReason: 'EC_PerCancelRequest' })],
    })
    await scene.until((events) => events.some(({ kind }) => kind === 'order_rejected'))
  })

  it('a liquidation is told as one, and funding by its execution', async () => {
    await open()
    scene.server.on('GET /v5/execution/list', ({ parameters }) =>
      parameters['execType'] === 'Funding'
        ? list(
            execution('', 'f1', '0.010', '0', {
              execType: 'Funding',
              execFee: '0.05',
              execPrice: '50000',
              feeRate: '0.0001',
            }),
          )
        : list(),
    )
    scene.server.tell({ topic: 'execution', data: [execution('', 'b1', '0.010', '0', { execType: 'BustTrade' })] })
    scene.server.tell({ topic: 'execution', data: [execution('', 'f1', '0.010', '0', { execType: 'Funding' })] })
    await scene.until((events) => events.some(({ kind }) => kind === 'funding_paid'))
    expect(scene.of('position_forced').map(({ cause, tradeId }) => [cause, tradeId])).toEqual([['liquidation', 'b1']])
    expect(
      scene.of('funding_paid').map((paid) => [paid.amount.toFixed(), paid.quantity.toFixed(), paid.direction]),
    ).toEqual([['-0.05', '0.01', 'LONG']])
  })

  it('the account tells why the venue closed a position', async () => {
    await open()
    const closings = ['BustTrade', 'AdlTrade', 'Settle', 'Trade'].map((execType) =>
      execution('', execType, '0.010', '0', { execType, orderId: execType }),
    )
    scene.server.on('GET /v5/execution/list', ({ parameters }) => (parameters['execType'] ? list() : list(...closings)))
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.executions.map((own) => [own.tradeId, own.forced])).toEqual([
      ['BustTrade', 'liquidation'],
      ['AdlTrade', 'adl'],
      ['Settle', 'settlement'],
      ['Trade', null],
    ])
  })

  it('the account is told whole, or not at all', async () => {
    await open()
    const stop = nextId('stop')
    const entry = nextId('entry')
    const waits = { triggerPrice: '49500', triggerDirection: 2, stopOrderType: 'Stop' }
    scene.server.on('GET /v5/position/list', () =>
      list(
        { ...flatPosition, side: 'Buy', size: '0.010', avgPrice: '50000', liqPrice: '42000' },
        { ...flatPosition, symbol: 'XRPUSDT', side: 'Sell', size: '120', avgPrice: '0.5' },
      ),
    )
    scene.server.on('GET /v5/order/realtime', () =>
      list(row(stop, 'Untriggered', waits), { symbol: 'XRPUSDT', side: 'Buy', qty: '120', price: '0' }),
    )
    scene.server.on('GET /v5/order/history', () => list(row(entry, 'Filled', { cumExecQty: '0.010' })))
    scene.server.on('GET /v5/execution/list', ({ parameters }) =>
      parameters['execType'] ? list() : list(execution(entry, 'e1', '0.010', '0')),
    )
    scene.venue.snapshot(AT)
    await scene.settled()
    const [snapshot] = scene.of('account_snapshot')
    expect(snapshot!.positions).toMatchObject([{ direction: 'LONG', leverage: 5, marginMode: 'isolated' }])
    expect(snapshot!.openOrders.map((open) => [open.clientOrderId, open.type])).toEqual([[stop, 'stop_market']])
    expect(snapshot!.executions.map((own) => own.clientOrderId)).toEqual([entry])
    expect(snapshot!.elsewhere).toEqual([
      { kind: 'order', symbol: 'XRPUSDT', side: 'buy', quantity: '120', price: null },
      { kind: 'position', symbol: 'XRPUSDT', side: 'sell', quantity: '120', price: '0.5' },
    ])
    scene.server.on('GET /v5/account/info', () => 'reset')
    scene.venue.snapshot(AT)
    await scene.until((events) => events.some(({ kind }) => kind === 'snapshot_failed'))
  })
})
