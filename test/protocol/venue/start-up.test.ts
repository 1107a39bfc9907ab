import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CcxtVenueResult } from '../../../src/adapter/venue/ccxt/create-venue.ts'
import { isProbe } from '../../../src/adapter/venue/ccxt/probe-stop.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import type { BinanceServer } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import { openEmbedded, startEmbedded, type EmbeddedVenue } from '../../fixture/embedded-binance.ts'
import { refusal, startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { openScriptedBybit, result, startScriptedBybit, tradingKey } from '../../fixture/scripted-bybit.ts'
import { restAlgo, T0 } from '../../fixture/scripted-frames.ts'
import { openScriptedOkx, rows, startScriptedOkx } from '../../fixture/scripted-okx.ts'
import { ok, type ScriptedAnswer, type ScriptedServer } from '../../fixture/scripted-server.ts'
import { openScripted, sceneOf } from '../../fixture/scripted-venue.ts'
import { tick } from '../../unit/exchange/fixture.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const PROBED = { probeStops: true, symbols: ['BTCUSDT'] } as const

async function binance(answer: (id: string) => ScriptedAnswer): Promise<ScriptedServer> {
  const server = await startScriptedBinance(() => T0)
  closers.push(() => server.close())
  server.on('POST /fapi/v1/algoOrder', ({ parameters }) => answer(parameters['clientAlgoId']!))
  return server
}

/** What the account's first news say. */
async function alarmsOf(server: ScriptedServer, opened: CcxtVenueResult): Promise<readonly string[]> {
  const scene = await sceneOf(server, opened)
  await scene.settled()
  const codes = scene.of('venue_alarm').map(({ code, message }) => `${code} ${message}`)
  await scene.venue.close()
  return codes
}

describe('a probing stop', () => {
  it('is placed where trades place theirs, can open nothing, and is gone when the account is open', async () => {
    const server = await binance((id) => ok(restAlgo({ caid: id, aid: 2 }, 'NEW')))
    server.on('DELETE /fapi/v1/algoOrder', ({ parameters }) =>
      ok(restAlgo({ caid: parameters['clientAlgoId']!, aid: 2 }, 'CANCELED')),
    )
    expect(await alarmsOf(server, await openScripted(server, PROBED))).toEqual([])
    const [sent, ...more] = server.sent('POST /fapi/v1/algoOrder').map(({ parameters }) => parameters)
    expect(more).toEqual([])
    expect(sent).toMatchObject({
      type: 'STOP_MARKET',
      side: 'SELL',
      reduceOnly: 'true',
      workingType: 'MARK_PRICE',
      triggerPrice: '48500',
      quantity: '0.003',
    })
    expect(isProbe(sent!['clientAlgoId']!)).toBe(true)
    expect(server.sent('DELETE /fapi/v1/algoOrder').map(({ parameters }) => parameters['clientAlgoId'])).toEqual([
      sent!['clientAlgoId'],
    ])
    const order = server.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)
    expect(order.indexOf('DELETE algoOrder')).toBeLessThan(order.indexOf('POST listenKey'))
  })

  it.each([
    [-4120, ['STOPS_REFUSED']],
    [null, []],
  ])('on the embedded exchange, whose answer to it is %s', async (code, expected) => {
    const reject = {
      path: '/fapi/v1/algoOrder',
      when: 'before',
      answer: { status: 400, body: { code, msg: '' } },
    } as const
    const server: BinanceServer = await startEmbedded([tick(0, 50_000)], { faults: code === null ? [] : [reject] })
    const stage: EmbeddedVenue = await openEmbedded(server, { probeStops: true })
    closers.push(() => stage.close())
    await stage.settle()
    // Nobody hears of it as of an order that is not the bot's.
    expect(
      stage.events.flatMap((e) => (e.kind === 'connection' ? [] : [e.kind === 'venue_alarm' ? e.code : e.kind])),
    ).toEqual(expected)
  })

  it('that is refused for its type lets nothing be opened', async () => {
    const server = await binance(() => refusal(-4120, 'Order type not supported for this endpoint.'))
    expect(await alarmsOf(server, await openScripted(server, PROBED))).toEqual([
      expect.stringMatching(/^STOPS_REFUSED BTCUSDT: the exchange does not take the stop of a trade: .*-4120/),
    ])
    expect(server.sent('POST /fapi/v1/algoOrder')).toHaveLength(1)
  })

  it('that is refused for want of a position was understood', async () => {
    const server = await binance(() => refusal(-2022, 'ReduceOnly Order is rejected.'))
    expect(await alarmsOf(server, await openScripted(server, PROBED))).toEqual([])
  })

  it('of a key that may not place orders says so', async () => {
    const server = await binance(() => refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401))
    expect(await openScripted(server, PROBED)).toMatchObject({
      kind: 'refused',
      code: 'KEY_RIGHTS',
      message: expect.stringContaining('may not place orders of BTCUSDT'),
    })
  })

  it('that stays unanswered is withdrawn each time, never sent twice, and lets nothing be opened', async () => {
    const server = await binance(() => ({ status: 503, text: '' }))
    expect(await alarmsOf(server, await openScripted(server, PROBED))).toEqual([
      expect.stringContaining('STOPS_UNPROVEN BTCUSDT'),
    ])
    const sent = server.sent('POST /fapi/v1/algoOrder').map(({ parameters }) => parameters['clientAlgoId'])
    expect(new Set(sent).size).toBe(3)
    expect(server.sent('DELETE /fapi/v1/algoOrder').map(({ parameters }) => parameters['clientAlgoId'])).toEqual(sent)
  })

  it('is taken at the second attempt where the first one was held up', async () => {
    let calls = 0
    const server = await binance((id) =>
      calls++ === 0
        ? refusal(-1008, 'Server is currently overloaded.', 503)
        : ok(restAlgo({ caid: id, aid: 2 }, 'NEW')),
    )
    expect(await alarmsOf(server, await openScripted(server, PROBED))).toEqual([])
    expect(calls).toBe(2)
  })

  it('is not placed beside a position', async () => {
    const server = await binance(() => refusal(-4120, ''))
    const position = { symbol: 'BTCUSDT', positionAmt: '0.1', entryPrice: '50000', liquidationPrice: '0' }
    server.on('GET /fapi/v3/positionRisk', () => ok([position]))
    expect(await alarmsOf(server, await openScripted(server, PROBED))).toEqual([])
    expect(server.sent('POST /fapi/v1/algoOrder')).toEqual([])
  })

  it('speaks the words of Bybit and OKX', async () => {
    const bybit = await startScriptedBybit()
    const okx = await startScriptedOkx()
    closers.push(bybit.close, okx.close)
    expect(await alarmsOf(bybit, await openScriptedBybit(bybit, { probeStops: true }))).toEqual([])
    expect(bybit.sent('POST /v5/order/create').map(({ parameters }) => parameters)).toMatchObject([
      { side: 'Sell', triggerPrice: '48500', triggerBy: 'MarkPrice', reduceOnly: true },
    ])
    expect(bybit.sent('POST /v5/order/cancel')).toHaveLength(1)
    expect(await alarmsOf(okx, await openScriptedOkx(okx, { probeStops: true }))).toEqual([])
    expect(okx.sent('POST /api/v5/trade/order-algo').map(({ parameters }) => parameters)).toMatchObject([
      { side: 'sell', slTriggerPx: '48500', slTriggerPxType: 'mark' },
    ])
    expect(okx.sent('POST /api/v5/trade/cancel-algos')).toHaveLength(1)
  })
})

const FIT = {
  enableFutures: true,
  enableWithdrawals: false,
  enableInternalTransfer: false,
  permitsUniversalTransfer: false,
  ipRestrict: true,
}

describe('a live key of Binance', () => {
  const open = async (rights: object, patch: object = {}): Promise<CcxtVenueResult> => {
    const server = await binance(() => refusal(-4120, ''))
    server.on('GET /sapi/v1/account/apiRestrictions', () => ok({ ...FIT, ...rights }))
    const opened = await openScripted(server, { environment: 'live', ...patch })
    if (opened.kind === 'ok') await opened.venue.close()
    expect(server.sent('GET /sapi/v1/account/apiRestrictions')).toHaveLength(1)
    return opened
  }

  it('that may trade from listed addresses and nothing else is used', async () => {
    expect((await open({})).kind).toBe('ok')
    expect((await open({ ipRestrict: false }, { anyAddress: true })).kind).toBe('ok')
  })

  it.each([
    [{ enableWithdrawals: true }, /may withdraw money/],
    [{ enableFutures: false }, /may not trade futures/],
    [{ enableInternalTransfer: true }, /may transfer money/],
    [{ permitsUniversalTransfer: true }, /may transfer money/],
    [{ ipRestrict: false }, /works from every address; .* live\.any_address/],
    [{ enableWithdrawals: null }, /enableWithdrawals of apiRestrictions is no truth value/],
  ])('%j is refused', async (rights, sentence) => {
    expect(await open(rights)).toMatchObject({ kind: 'refused', message: expect.stringMatching(sentence) })
  })

  it('is refused where nobody says what it may do', async () => {
    const server = await binance(() => refusal(-4120, ''))
    expect((await openScripted(server, { environment: 'live' })).kind).toBe('refused')
  })
})

describe('a key of Bybit', () => {
  it.each([
    [{}, null],
    [{ permissions: { Derivatives: ['DerivativesTrade'] } }, null],
    [{ permissions: { ...tradingKey.permissions, Wallet: ['AccountTransfer'] } }, null],
    [{ permissions: { ...tradingKey.permissions, Wallet: ['Withdraw'] } }, /may withdraw money/],
    [{ readOnly: 1 }, /may not trade futures/],
    [{ permissions: { Spot: ['SpotTrade'] } }, /may not trade futures/],
  ])('on play money: %j', async (rights, sentence) => {
    const server = await startScriptedBybit()
    closers.push(server.close)
    server.on('GET /v5/user/query-api', () => result({ ...tradingKey, ...rights }))
    const opened = await openScriptedBybit(server)
    if (opened.kind === 'ok') await opened.venue.close()
    if (sentence === null) expect(opened.kind).toBe('ok')
    else expect(opened).toMatchObject({ kind: 'refused', code: 'KEY_RIGHTS', message: expect.stringMatching(sentence) })
  })
})

describe('a key that is given more rights while the bot runs', () => {
  it('is found out within a day, and told once', async () => {
    const server = await startScriptedBybit()
    closers.push(server.close)
    let rights: object = tradingKey
    server.on('GET /v5/user/query-api', () => result(rights))
    const clock = { now: T0 }
    const scene = await sceneOf(server, await openScriptedBybit(server, { now: () => epochMs(clock.now) }))
    const next = () => scene.venue.events.next(epochMs(clock.now))
    const asked = (): number => server.sent('GET /v5/user/query-api').length
    const begun = asked()
    rights = { ...tradingKey, permissions: { ...tradingKey.permissions, Wallet: ['Withdraw'] } }
    for (let day = 1; day <= 2; day++) {
      clock.now += 86_400_000
      await vi.waitFor(() => expect(asked()).toBe(begun + day), { timeout: 3_000 })
      await scene.settled()
    }
    await scene.settled()
    const told: string[] = []
    for (let event = next(); event; event = next())
      if (event.kind === 'venue_alarm' && event.code === 'KEY_RIGHTS') told.push(event.message)
    expect(told).toEqual([expect.stringContaining('may withdraw money')])
    await scene.venue.close()
  })
})

describe('a key of OKX', () => {
  it.each([
    ['read_only,trade', null],
    ['read_only,trade,withdraw', /may withdraw money/],
    ['read_only', /may not trade futures/],
  ])('on play money: %s', async (perm, sentence) => {
    const server = await startScriptedOkx()
    closers.push(server.close)
    server.on('GET /api/v5/account/config', () => rows({ posMode: 'net_mode', acctLv: '2', perm, ip: '' }))
    const opened = await openScriptedOkx(server)
    if (opened.kind === 'ok') await opened.venue.close()
    if (sentence === null) expect(opened.kind).toBe('ok')
    else expect(opened).toMatchObject({ kind: 'refused', code: 'KEY_RIGHTS', message: expect.stringMatching(sentence) })
  })
})
