import { afterEach, expect, it } from 'vitest'
import type { CcxtVenue } from '../../../src/adapter/venue/ccxt/venue.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { restOrder, T0 } from '../../fixture/scripted-frames.ts'
import { ok, type ScriptedServer } from '../../fixture/scripted-server.ts'
import { nextId, openScripted, sceneOf, type VenueScene } from '../../fixture/scripted-venue.ts'

/** LUNAUSDT is SETTLING at the scripted venue when the bot starts. */

let server: ScriptedServer
const venues: CcxtVenue[] = []
afterEach(async () => {
  for (const venue of venues.splice(0)) await venue.close()
  await server.close()
})

const LUNA_POSITION = {
  symbol: 'LUNAUSDT',
  positionSide: 'BOTH',
  positionAmt: '-0.041',
  entryPrice: '50000.0',
  breakEvenPrice: '50000.0',
  markPrice: '50000.0',
  unRealizedProfit: '0',
  liquidationPrice: '60000.0',
  leverage: '20',
  marginType: 'isolated',
  updateTime: T0,
}
const lunaOrder = (id: string) => ({ ...restOrder({ c: id, i: 7, q: '0.041' }, 'NEW'), symbol: 'LUNAUSDT' })

async function opened(script: (server: ScriptedServer) => void) {
  server = await startScriptedBinance(() => T0)
  script(server)
  const result = await openScripted(server, { symbols: ['BTCUSDT', 'LUNAUSDT'], probeStops: true })
  if (result.kind === 'ok') venues.push(result.venue)
  return result
}
/** What is told at the start, and by the first snapshot. */
async function taken(script: (server: ScriptedServer) => void): Promise<VenueScene> {
  const result = await opened(script)
  const scene = await sceneOf(server, result)
  await scene.settled()
  scene.venue.snapshot(epochMs(T0))
  await scene.until((events) => events.some(({ kind }) => kind === 'account_snapshot'))
  return scene
}
const said = (route: string): readonly unknown[] => server.sent(route).map(({ parameters }) => parameters['symbol'])

it('is taken over with its position: told as closed before anything else, its settings left as they are', async () => {
  const scene = await taken((each) => each.on('GET /fapi/v3/positionRisk', () => ok([LUNA_POSITION])))
  const [, luna] = scene.venue.instruments
  expect(luna).toMatchObject({ symbol: 'LUNAUSDT', index: 1 })
  expect(scene.events[0]).toEqual({
    kind: 'contract_changed',
    time: T0,
    instrument: luna,
    terms: null,
    closed: 'SETTLING',
  })
  expect(said('POST /fapi/v1/leverage')).not.toContain('LUNAUSDT')
  expect(said('POST /fapi/v1/marginType')).not.toContain('LUNAUSDT')
  expect(scene.of('account_snapshot')[0]!.positions).toMatchObject([{ instrument: luna, direction: 'SHORT' }])
})

it('is taken over for an order of ours that rests there, no stop is tried on it, and for nobody else’s it is refused', async () => {
  const id = nextId('stop')
  const scene = await taken((each) => each.on('GET /fapi/v1/openOrders', () => ok([lunaOrder(id)])))
  expect(scene.events[0]).toMatchObject({ kind: 'contract_changed', closed: 'SETTLING' })
  expect(new Set(said('POST /fapi/v1/algoOrder'))).toEqual(new Set(['BTCUSDT']))
  await venues.pop()!.close()
  await server.close()
  const foreign = await opened((each) => each.on('GET /fapi/v1/openOrders', () => ok([lunaOrder('web_1')])))
  expect(foreign).toMatchObject({ kind: 'refused', code: 'NOT_TRADING' })
})

it('is refused without position and order, the other contract’s notwithstanding, and nothing is set before', async () => {
  const held = { ...LUNA_POSITION, symbol: 'BTCUSDT' }
  const refused = await opened((each) => each.on('GET /fapi/v3/positionRisk', () => ok([held])))
  expect(refused).toEqual({
    kind: 'refused',
    code: 'NOT_TRADING',
    message: 'LUNAUSDT is not being traded at the moment: its status is SETTLING',
  })
  expect(server.requests.filter(({ method }) => method === 'POST')).toEqual([])
})

it('is refused in a sentence when the venue does not tell the terms of what is over', async () => {
  const refused = await opened((each) => {
    const row = { symbol: 'LUNAUSDT', contractType: 'PERPETUAL', deliveryDate: 4133404800000, status: 'CLOSE' }
    each.on('GET /fapi/v1/exchangeInfo', () => ok({ symbols: [{ ...row, symbol: 'BTCUSDT' }, row] }))
  })
  expect(refused).toMatchObject({ kind: 'refused', code: 'NOT_TRADING' })
  expect(refused.kind === 'refused' && refused.message).toContain('its status is CLOSE, and its terms cannot be read')
})
