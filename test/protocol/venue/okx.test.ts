import { afterEach, describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/id.ts'
import type { Leg } from '../../../src/domain/order.ts'
import { T0 } from '../../fixture/scripted-frames.ts'
import { failed, openScriptedOkx, refused, rows, startScriptedOkx } from '../../fixture/scripted-okx.ts'
import type { ScriptedServer } from '../../fixture/scripted-server.ts'
import { nextId, order, sceneOf, type VenueScene } from '../../fixture/scripted-venue.ts'

let scene: VenueScene

afterEach(() => scene.close())

const AT = 0 as never
const open = async (script: (server: ScriptedServer) => void = () => undefined): Promise<VenueScene> => {
  const server = await startScriptedOkx()
  script(server)
  return (scene = await sceneOf(server, await openScriptedOkx(server)))
}
const id = (leg: Leg) => clientOrderId({ strategy: 1, epoch: 7, intent: 99, leg, revision: 0 })

const row = (clOrdId: string, state: string, more: object = {}) => ({
  instId: 'BTC-USDT-SWAP',
  ordId: '1',
  clOrdId,
  side: 'buy',
  ordType: 'limit',
  sz: '1',
  accFillSz: '0',
  px: '50050',
  state,
  reduceOnly: 'false',
  algoClOrdId: '',
  algoId: '',
  category: 'normal',
  uTime: String(T0),
  ...more,
})
const filled = (tradeId: string, fillSz: string, accFillSz: string) => ({
  tradeId,
  fillSz,
  accFillSz,
  fillPx: '50001',
  fillFee: '-0.25',
  fillFeeCcy: 'USDT',
  execType: 'T',
  fillTime: String(T0),
})
const algo = (algoClOrdId: string, state: string, ordId = '', ordIdList: readonly string[] = []) => ({
  instId: 'BTC-USDT-SWAP',
  algoId: '7',
  algoClOrdId,
  side: 'sell',
  ordType: 'conditional',
  sz: '1',
  slTriggerPx: '49500',
  tpTriggerPx: '',
  state,
  ordId,
  ordIdList,
  reduceOnly: 'true',
  uTime: String(T0),
})
const fill = (ordId: string, tradeId: string, fillSz: string) => ({
  instId: 'BTC-USDT-SWAP',
  ordId,
  tradeId,
  side: 'sell',
  fillPx: '49490',
  fillSz,
  fee: '-0.25',
  feeCcy: 'USDT',
  execType: 'T',
  ts: String(T0),
})
const frame = (channel: string, ...data: readonly unknown[]) => ({ arg: { channel, instType: 'SWAP' }, data })

const lines = (): string[] =>
  [
    ...new Set(
      scene.server.requests.map(
        ({ method, path, raw }) => `${method} ${path.replace('www.okx.com/api/v5/', '')}?${raw}`,
      ),
    ),
  ].toSorted()

describe('the request that places an order at OKX', () => {
  it.each<[string, Leg, Parameters<typeof order>[2], string, string]>([
    [
      'an entry at a collar, in contracts',
      'entry',
      {},
      'order',
      '{"instId":"BTC-USDT-SWAP","tdMode":"isolated","side":"buy","sz":"1","ordType":"ioc","px":"50050","clOrdId":"l010070000002re000"}',
    ],
    [
      'an entry that only makes',
      'entry',
      { timeInForce: 'GTX' },
      'order',
      '{"instId":"BTC-USDT-SWAP","tdMode":"isolated","side":"buy","sz":"1","ordType":"post_only","px":"50050","clOrdId":"l010070000002re000"}',
    ],
    [
      'a stop on the mark',
      'stop',
      {},
      'order-algo',
      '{"instId":"BTC-USDT-SWAP","tdMode":"isolated","side":"sell","sz":"1","reduceOnly":true,"ordType":"conditional","slTriggerPx":"49500","slTriggerPxType":"mark","slOrdPx":"-1","algoClOrdId":"l010070000002rs000","clOrdId":"l010070000002rs000"}',
    ],
    [
      'a take-profit at a trigger',
      'stop',
      { type: 'take_profit_market' },
      'order-algo',
      '{"instId":"BTC-USDT-SWAP","tdMode":"isolated","side":"sell","sz":"1","reduceOnly":true,"ordType":"conditional","tpTriggerPx":"49500","tpTriggerPxType":"mark","tpOrdPx":"-1","algoClOrdId":"l010070000002rs000","clOrdId":"l010070000002rs000"}',
    ],
    [
      'a target',
      'target',
      {},
      'order',
      '{"instId":"BTC-USDT-SWAP","tdMode":"isolated","side":"sell","sz":"1","reduceOnly":true,"ordType":"limit","px":"51000","clOrdId":"l010070000002rp000"}',
    ],
    [
      'an exit',
      'exit',
      {},
      'order',
      '{"instId":"BTC-USDT-SWAP","tdMode":"isolated","side":"sell","sz":"1","reduceOnly":true,"ordType":"market","clOrdId":"l010070000002rx000"}',
    ],
  ])('is exact for %s', async (_what, leg, patch, path, body) => {
    await open()
    scene.venue.submit(order(scene.instrument, leg, { clientOrderId: id(leg), ...patch }), AT)
    await scene.settled()
    const [sent] = scene.server.sent(`POST /api/v5/trade/${path}`)
    expect(sent!.path).toBe(`www.okx.com/api/v5/trade/${path}`)
    expect(sent!.raw).toBe(body)
    expect(sent!.headers['x-simulated-trading']).toBe('1')
  })

  it('is exact for cancels and questions', async () => {
    await open()
    scene.venue.cancel(id('stop'), scene.instrument, AT)
    scene.venue.query(id('entry'), scene.instrument, AT)
    await scene.settled()
    expect(lines()).toMatchInlineSnapshot(`
      [
        "GET account/balance?ccy=USDT",
        "GET account/config?",
        "GET account/leverage-info?instId=BTC-USDT-SWAP&mgnMode=isolated",
        "GET public/instruments?instType=SWAP",
        "GET public/mark-price?instType=SWAP&instId=BTC-USDT-SWAP",
        "GET public/position-tiers?instType=SWAP&tdMode=isolated&instFamily=BTC-USDT",
        "GET public/time?",
        "GET trade/order-algo?algoClOrdId=l010070000002re000",
        "GET trade/order-algo?algoClOrdId=l010070000002rs000",
        "GET trade/order?instId=BTC-USDT-SWAP&clOrdId=l010070000002re000",
        "GET trade/order?instId=BTC-USDT-SWAP&clOrdId=l010070000002rs000",
        "GET trade/orders-algo-history?instType=SWAP&ordType=conditional&state=canceled&instId=BTC-USDT-SWAP&limit=100",
        "GET trade/orders-algo-history?instType=SWAP&ordType=conditional&state=effective&instId=BTC-USDT-SWAP&limit=100",
        "GET trade/orders-algo-history?instType=SWAP&ordType=conditional&state=order_failed&instId=BTC-USDT-SWAP&limit=100",
        "GET trade/orders-algo-pending?instType=SWAP&ordType=conditional&instId=BTC-USDT-SWAP&limit=100",
        "GET trade/orders-algo-pending?instType=SWAP&ordType=oco&instId=BTC-USDT-SWAP&limit=100",
        "GET trade/orders-algo-pending?instType=SWAP&ordType=trigger&instId=BTC-USDT-SWAP&limit=100",
        "GET trade/orders-history?instType=SWAP&instId=BTC-USDT-SWAP&begin=1766966640000&limit=100",
        "GET trade/orders-pending?instType=SWAP&instId=BTC-USDT-SWAP&limit=100",
        "POST trade/cancel-algos?[{"instId":"BTC-USDT-SWAP","algoClOrdId":"l010070000002rs000"}]",
      ]
    `)
  })

  it('is exact for the account', async () => {
    await open()
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(lines()).toMatchInlineSnapshot(`
      [
        "GET account/balance?ccy=USDT",
        "GET account/bills?instType=SWAP&type=8&begin=1766966700000&limit=100",
        "GET account/config?",
        "GET account/leverage-info?instId=BTC-USDT-SWAP&mgnMode=isolated",
        "GET account/positions?instType=SWAP",
        "GET public/instruments?instType=SWAP",
        "GET public/mark-price?instType=SWAP&instId=BTC-USDT-SWAP",
        "GET public/position-tiers?instType=SWAP&tdMode=isolated&instFamily=BTC-USDT",
        "GET public/time?",
        "GET trade/fills-history?instType=SWAP&begin=1766966700000&limit=100",
        "GET trade/orders-algo-pending?instType=SWAP&ordType=conditional&limit=100",
        "GET trade/orders-algo-pending?instType=SWAP&ordType=oco&limit=100",
        "GET trade/orders-algo-pending?instType=SWAP&ordType=trigger&limit=100",
        "GET trade/orders-pending?instType=SWAP&limit=100",
      ]
    `)
  })
})

describe('a bracket at OKX', () => {
  it('counts in base units', async () => {
    await open()
    expect(scene.instrument).toMatchObject({ symbol: 'BTCUSDT', unified: 'BTC/USDT:USDT', lot: 0.001, tick: 0.1 })
    expect(scene.instrument.minQuantity.toFixed()).toBe('0.001')
    expect(scene.instrument.marginTiers.map(({ capUsd, maxLeverage }) => [capUsd, maxLeverage])).toEqual([
      [50_000, 100],
      [500_000, 50],
    ])
  })

  it('tells an entry that fills in part and expires', async () => {
    await open()
    const entry = order(scene.instrument, 'entry')
    const c = entry.clientOrderId
    scene.venue.submit(entry, AT)
    await scene.settled()
    scene.server.tell(frame('orders', row(c, 'live', { ordType: 'ioc' })))
    scene.server.tell(frame('orders', row(c, 'partially_filled', { ordType: 'ioc', ...filled('t1', '0.4', '0.4') })))
    scene.server.tell(frame('orders', row(c, 'canceled', { ordType: 'ioc', accFillSz: '0.4' })))
    await scene.until((events) => events.some(({ kind }) => kind === 'order_expired'))
    const [told] = scene.of('order_filled')
    expect([told!.quantity.toFixed(), told!.fee.toFixed(), told!.price.toFixed()]).toEqual(['0.004', '0.25', '50001'])
  })

  it('stops out through a child that says whose it is', async () => {
    await open()
    const stop = order(scene.instrument, 'stop')
    const c = stop.clientOrderId
    scene.venue.submit(stop, AT)
    await scene.settled()
    const child = { ordId: '99', side: 'sell', ordType: 'market', px: '', algoClOrdId: c, algoId: '7' }
    scene.server.tell(frame('orders', row('', 'filled', { ...child, ...filled('t2', '1', '1') })))
    await scene.until(() => scene.of('order_filled').length >= 1)
    // Both sockets say it here.
    expect(
      new Set(scene.of('order_filled').map((told) => `${told.clientOrderId} ${told.tradeId} ${told.done}`)),
    ).toEqual(new Set([`${c} t2 true`]))
    expect(scene.kinds()).toContain('order_triggered')
  })

  it.each<[string, Parameters<typeof algo>[2], Parameters<typeof algo>[3]]>([
    ['by its id', '99', []],
    ['in the list alone', '', ['99']],
    ['in both', '99', ['98', '99']],
  ])('stops out though only the conditional order was told, its child %s', async (_what, ordId, ordIdList) => {
    await open()
    const stop = order(scene.instrument, 'stop')
    const c = stop.clientOrderId
    scene.venue.submit(stop, AT)
    await scene.settled()
    scene.server.on('GET /api/v5/trade/order', ({ parameters }) =>
      parameters['ordId'] === '99' ? rows(row('', 'filled', { ordId: '99', side: 'sell', accFillSz: '1' })) : rows(),
    )
    scene.server.on('GET /api/v5/trade/fills', () => rows(fill('99', 't3', '1')))
    scene.server.tell(frame('orders-algo', algo(c, 'effective', ordId, ordIdList)))
    await scene.until(() => scene.of('order_filled').length >= 1)
    expect(scene.of('order_filled').map((told) => [told.clientOrderId, told.tradeId])).toEqual([[c, 't3']])
  })

  it('knows that a receipt for a cancel is no cancel', async () => {
    await open()
    const stop = order(scene.instrument, 'stop')
    scene.venue.submit(stop, AT)
    scene.server.on('GET /api/v5/trade/order-algo', () => rows(algo(stop.clientOrderId, 'canceled')))
    scene.venue.cancel(stop.clientOrderId, scene.instrument, AT)
    await scene.settled()
    expect(scene.kinds().at(-1)).toBe('order_canceled')
  })
})

describe('what goes wrong at OKX', () => {
  it.each([
    ['51008', 'Insufficient margin', 'INSUFFICIENT_MARGIN'],
    ['51016', 'Client order ID already exists', 'DUPLICATE_ID'],
    ['51169', 'no positions to reduce', 'REDUCE_ONLY'],
    ['50011', 'Rate limit reached', 'RATE_LIMITED'],
  ])('%s is rejected as %s', async (code, message, ours) => {
    await open((server) => server.on('POST /api/v5/trade/order', () => refused(code, message)))
    scene.venue.submit(order(scene.instrument, 'entry'), AT)
    await scene.settled()
    expect(scene.of('order_rejected').map((event) => event.code)).toEqual([ours])
  })

  it.each([
    ['50004 of the server', failed('50004', 'API endpoint request timeout')],
    ['a code nobody knows', refused('59999', 'hm')],
    ['a cut', 'cut' as const],
    ['an answer without an order', rows()],
  ])('%s is unknown, and was sent once', async (_what, answer) => {
    await open((server) => server.on('POST /api/v5/trade/order', () => answer))
    scene.venue.submit(order(scene.instrument, 'entry'), AT)
    await scene.settled()
    expect(scene.kinds()).toEqual(['order_unknown'])
    expect(scene.server.sent('POST /api/v5/trade/order')).toHaveLength(1)
  })

  it.each([
    ['none is held', { cashBal: '10000', isoEq: '0', isoUpl: '0' }, '10000'],
    ['one is held', { cashBal: '9000', isoEq: '1030.5', isoUpl: '30.5' }, '10000'],
    ['one has lost more than its margin', { cashBal: '9000', isoEq: '-20', isoUpl: '-1020' }, '10000'],
    ['the account has none', { cashBal: '10000', isoEq: '', isoUpl: '' }, '10000'],
  ])('the wallet has the margin of isolated positions without their profit: %s', async (_what, details, wallet) => {
    await open()
    scene.server.on('GET /api/v5/account/balance', () => rows({ details: [{ ccy: 'USDT', ...details }] }))
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.wallet.toFixed()).toBe(wallet)
  })

  it('what the account has in contracts that are not traded is told in the venue’s words', async () => {
    await open()
    const instId = 'XRP-USDT-SWAP'
    scene.server.on('GET /api/v5/account/positions', () => rows({ instId, pos: '-3', posSide: 'net', avgPx: '0.5' }))
    scene.server.on('GET /api/v5/trade/orders-pending', () => rows({ instId, side: 'buy', sz: '3', px: '0.49' }))
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.elsewhere).toEqual([
      { kind: 'order', symbol: instId, side: 'buy', quantity: '3', price: '0.49' },
      { kind: 'position', symbol: instId, side: 'sell', quantity: '3', price: '0.5' },
    ])
  })

  it('a wallet whose profit is not told is none', async () => {
    await open()
    const details = [{ ccy: 'USDT', cashBal: '9000', isoEq: '1030.5' }]
    scene.server.on('GET /api/v5/account/balance', () => rows({ details }))
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('snapshot_failed').map(({ message }) => message)).toEqual(['isoUpl is no number'])
  })

  it.each([
    ['an isolated position, of its margin', '0.0000000000000000', '-0.05', -0.05, 0.0001],
    ['a cross position, of the balance', '0.05', '0', 0.05, -0.0001],
  ])('funding is told for %s', async (_what, balChg, posBalChg, amount, rate) => {
    await open()
    scene.server.on('GET /api/v5/account/bills', () =>
      rows({ instId: 'BTC-USDT-SWAP', balChg, posBalChg, sz: '1', px: '50000', ts: String(T0), billId: '1' }),
    )
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(
      scene.of('account_snapshot')[0]!.fundings.map((own) => [own.amount.toNumber(), own.rate, own.quantity.toFixed()]),
    ).toEqual([[amount, rate, '0.01']])
  })

  it('an execution of a stop of an earlier process is told as the stop’s, though its child stands in the list alone', async () => {
    await open()
    const stop = nextId('stop')
    scene.server.on('GET /api/v5/trade/fills-history', () => rows(fill('99', 't1', '1')))
    scene.server.on('GET /api/v5/trade/orders-history', () => rows(row('', 'filled', { ordId: '99', accFillSz: '1' })))
    scene.server.on('GET /api/v5/trade/orders-algo-history', ({ parameters }) =>
      parameters['state'] === 'effective' ? rows(algo(stop, 'effective', '', ['99'])) : rows(),
    )
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.executions.map((own) => own.clientOrderId)).toEqual([stop])
  })

  it('the account tells why the venue closed a position: by the fill, or else by its order', async () => {
    await open()
    scene.server.on('GET /api/v5/trade/fills-history', () =>
      rows(
        { ...fill('1', 't1', '1'), subType: '104' },
        { ...fill('2', 't2', '1'), subType: '125' },
        { ...fill('3', 't3', '1'), subType: '112' },
        { ...fill('4', 't4', '1'), subType: '2' },
        fill('5', 't5', '1'),
      ),
    )
    scene.server.on('GET /api/v5/trade/orders-history', () =>
      rows(
        row('', 'filled', { ordId: '4' }),
        row('', 'filled', { ordId: '5', category: 'partial_liquidation', accFillSz: '1' }),
      ),
    )
    scene.venue.snapshot(AT)
    await scene.settled()
    expect(scene.of('account_snapshot')[0]!.executions.map((own) => [own.tradeId, own.forced])).toEqual([
      ['t1', 'liquidation'],
      ['t2', 'adl'],
      ['t3', 'settlement'],
      ['t4', null],
      ['t5', 'liquidation'],
    ])
  })

  it('the account is told whole, in base units', async () => {
    await open()
    const stop = nextId('stop')
    const entry = nextId('entry')
    scene.server.on('GET /api/v5/account/positions', () =>
      rows({
        instId: 'BTC-USDT-SWAP',
        pos: '-1',
        avgPx: '50000',
        liqPx: '60000',
        lever: '5',
        mgnMode: 'isolated',
        posSide: 'net',
      }),
    )
    scene.server.on('GET /api/v5/trade/orders-algo-pending', ({ parameters }) =>
      parameters['ordType'] === 'conditional' ? rows(algo(stop, 'live')) : rows(),
    )
    scene.server.on('GET /api/v5/trade/fills-history', () => rows(fill('1', 't1', '1')))
    scene.server.on('GET /api/v5/trade/orders-history', () => rows(row(entry, 'filled', { accFillSz: '1' })))
    scene.server.on('GET /api/v5/account/bills', () =>
      rows({ instId: 'BTC-USDT-SWAP', balChg: '-0.05', sz: '1', px: '50000', ts: String(T0), billId: '1' }),
    )
    scene.venue.snapshot(AT)
    await scene.until((events) => events.some(({ kind }) => kind === 'account_snapshot'), 5_000)
    const [snapshot] = scene.of('account_snapshot')
    expect(snapshot!.positions).toMatchObject([{ direction: 'SHORT', leverage: 5, marginMode: 'isolated' }])
    expect(snapshot!.positions[0]!.quantity.toFixed()).toBe('0.01')
    expect(snapshot!.openOrders.map((own) => [own.clientOrderId, own.type, own.quantity.toFixed()])).toEqual([
      [stop, 'stop_market', '0.01'],
    ])
    expect(snapshot!.executions.map((own) => [own.clientOrderId, own.quantity.toFixed()])).toEqual([[entry, '0.01']])
    expect(snapshot!.fundings.map((own) => [own.amount.toFixed(), own.rate])).toEqual([['-0.05', 0.0001]])
  })
})
