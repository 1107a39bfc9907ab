import { afterEach, expect, it } from 'vitest'
import { openExchange } from '../../../src/adapter/ccxt/open-exchange.ts'
import { createPanicVenue } from '../../../src/adapter/venue/ccxt/panic-venue.ts'
import type { ClientOrderId } from '../../../src/domain/order.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { list, startScriptedBybit } from '../../fixture/scripted-bybit.ts'
import { T0 } from '../../fixture/scripted-frames.ts'
import { rows, startScriptedOkx } from '../../fixture/scripted-okx.ts'
import type { ScriptedServer } from '../../fixture/scripted-server.ts'

const ID = 'l00zzz00000001x000' as ClientOrderId
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function open(id: 'bybit' | 'okx', server: ScriptedServer) {
  const exchange = await openExchange({
    id,
    credentials: { apiKey: 'scripted-key', secret: 'scripted-secret', passphrase: 'scripted-passphrase' },
    environment: 'demo',
    embedded: { restOrigin: server.restOrigin, streamOrigin: server.streamOrigin },
    clock: { now: () => epochMs(T0) },
    deadlineMs: 400,
  })
  const opened = await createPanicVenue({ exchange })
  if (opened.kind === 'refused') throw new Error(opened.message)
  closers.push(opened.close, () => server.close())
  return opened.venue
}

it('bybit: sees both coins’ orders, cancels by the venue’s id, closes the side of hedge mode', async () => {
  const server = await startScriptedBybit()
  server.on('GET /v5/order/realtime', ({ parameters }) =>
    parameters['settleCoin'] === 'USDT'
      ? list({ symbol: 'DOGEUSDT', orderId: 'o-9', orderLinkId: '', stopOrderType: 'Stop', reduceOnly: true })
      : list(),
  )
  server.on('GET /v5/position/list', ({ parameters }) =>
    parameters['settleCoin'] === 'USDT'
      ? list({ symbol: 'DOGEUSDT', side: 'Sell', size: '120', positionIdx: 2 })
      : list(),
  )
  const venue = await open('bybit', server)
  const [order] = await venue.openOrders()
  expect(order).toEqual({ symbol: 'DOGEUSDT', id: 'o-9', clientOrderId: '', list: 'conditional', reduceOnly: true })
  await venue.cancel(order!)
  expect(server.sent('POST /v5/order/cancel')[0]!.parameters).toEqual({
    category: 'linear',
    symbol: 'DOGEUSDT',
    orderId: 'o-9',
  })
  const [position] = await venue.positions()
  await venue.closeReduceOnly(position!, ID)
  expect(server.sent('POST /v5/order/create')[0]!.parameters).toMatchObject({
    symbol: 'DOGEUSDT',
    side: 'Buy',
    orderType: 'Market',
    qty: '120',
    reduceOnly: true,
    positionIdx: 2,
    orderLinkId: ID,
  })
})

it('okx: sees both lists, cancels in the right one, closes as the position is held', async () => {
  const server = await startScriptedOkx()
  server.on('GET /api/v5/trade/orders-algo-pending', ({ parameters }) =>
    parameters['ordType'] === 'trigger' ? rows({ instId: 'XRP-USDT-SWAP', algoId: '77', algoClOrdId: 'mine' }) : rows(),
  )
  server.on('GET /api/v5/account/positions', () =>
    rows({ instId: 'XRP-USDT-SWAP', pos: '-3', posSide: 'net', mgnMode: 'cross' }),
  )
  const venue = await open('okx', server)
  const [order] = await venue.openOrders()
  expect(order).toEqual({
    symbol: 'XRP-USDT-SWAP',
    id: '77',
    clientOrderId: 'mine',
    list: 'conditional',
    reduceOnly: false,
  })
  await venue.cancel(order!)
  expect(server.sent('POST /api/v5/trade/cancel-algos')[0]!.raw).toBe('[{"instId":"XRP-USDT-SWAP","algoId":"77"}]')
  const [position] = await venue.positions()
  await venue.closeReduceOnly(position!, ID)
  expect(server.sent('POST /api/v5/trade/order')[0]!.parameters).toMatchObject({
    instId: 'XRP-USDT-SWAP',
    tdMode: 'cross',
    side: 'buy',
    ordType: 'market',
    sz: '3',
    reduceOnly: true,
    clOrdId: ID,
  })
})
