import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ServedAccount } from '../../../src/exchange/protocol/binance-usdm/account-registry.ts'
import type { BinanceServer, BinanceServerOptions } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import { startEmbedded } from '../../fixture/embedded-binance.ts'
import { T0 } from '../../unit/exchange/fixture.ts'
import { ALGO, BUY, FALL, ORDER, STOP } from './falling-market.ts'
import { KEY, listen, SECRET, signedClient, type Reply } from './signed-client.ts'

const SELL = 'symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.020'
const REST = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=40000&quantity=0.010'
const OTHER = { apiKey: 'other-key', secret: 'other-secret' }

let server: BinanceServer
let one: ReturnType<typeof signedClient>
let two: ReturnType<typeof signedClient>

async function open(patch: Partial<BinanceServerOptions> = {}): Promise<void> {
  server = await startEmbedded(FALL, {
    account: { apiKey: KEY, secret: SECRET },
    furtherAccounts: [OTHER],
    ...patch,
  })
  one = signedClient(server)
  two = signedClient(server, OTHER.apiKey, OTHER.secret)
  await passTo(500)
}

async function passTo(ms: number): Promise<void> {
  while (server.now < T0 + ms) await server.advance(T0 + ms)
}

afterEach(() => server.close())

const code = ({ status, body }: Reply): unknown[] => [status, body['code']]

async function listenKey(key: string): Promise<string> {
  const { body } = await one.raw('POST', '/fapi/v1/listenKey', '', { 'X-MBX-APIKEY': key })
  return String(body['listenKey'])
}

/** The stream of the account whose key it is, from now on. */
async function stream(key: string): Promise<string[]> {
  const { texts } = await listen(`${server.streamOrigin}/fstream/private/ws?listenKey=${await listenKey(key)}`)
  return texts
}

const list = async (client: typeof one, path: string): Promise<number> =>
  (await client.signed('GET', path, 'symbol=BTCUSDT')).body.length

const held = async (client: typeof one): Promise<unknown> =>
  (await client.signed('GET', '/fapi/v3/positionRisk')).body.map((row) => row['positionAmt'])

function expectBalanced({ ledger, account }: ServedAccount): void {
  const { startingBalance, realised, funding, tradingFees, liquidationFees, wallet } = ledger
  const sum = startingBalance.plus(realised).plus(funding).minus(tradingFees).minus(liquidationFees)
  expect(sum.toFixed()).toBe(wallet.toFixed())
  expect(account.wallet().toFixed()).toBe(wallet.toFixed())
}

describe('the keys of two accounts', () => {
  it('each sign for their own alone', async () => {
    await open()
    const path = '/fapi/v3/account'
    expect(code(await one.signed('GET', path))).toEqual([200, undefined])
    expect(code(await two.signed('GET', path))).toEqual([200, undefined])
    expect(code(await signedClient(server, 'nobody', SECRET).signed('GET', path))).toEqual([401, -2015])
    expect(code(await signedClient(server, KEY, OTHER.secret).signed('GET', path))).toEqual([400, -1022])
    expect(code(await signedClient(server, OTHER.apiKey, SECRET).signed('GET', path))).toEqual([400, -1022])
  })

  it('must differ', async () => {
    await open()
    await expect(
      startEmbedded(FALL, { account: OTHER, furtherAccounts: [{ ...OTHER, secret: 'another' }] }),
    ).rejects.toThrow('two accounts have the same key')
  })
})

describe('two accounts', () => {
  it('have orders, executions, positions and wallets of their own', async () => {
    await open()
    await one.signed('POST', ORDER, `${BUY}&newClientOrderId=e1`)
    await one.signed('POST', ORDER, `${REST}&newClientOrderId=r1`)
    await one.signed('POST', ALGO, `${STOP}&clientAlgoId=s1`)
    await two.signed('POST', ORDER, `${SELL}&newClientOrderId=e2`)
    for (const path of ['/fapi/v1/openOrders', '/fapi/v1/openAlgoOrders'])
      expect([await list(one, path), await list(two, path)]).toEqual([1, 0])
    expect(code(await two.signed('GET', ORDER, 'symbol=BTCUSDT&origClientOrderId=r1'))).toEqual([400, -2013])
    expect(code(await two.signed('DELETE', ORDER, 'symbol=BTCUSDT&origClientOrderId=r1'))).toEqual([400, -2011])
    expect(code(await two.signed('DELETE', ALGO, 'clientAlgoId=s1'))).toEqual([400, -2011])
    await two.signed('DELETE', '/fapi/v1/allOpenOrders', 'symbol=BTCUSDT')
    expect(await list(one, '/fapi/v1/openOrders')).toBe(1)
    expect([await held(one), await held(two)]).toEqual([['0.01'], ['-0.02']])

    // The stop of the first triggers; the second is short and holds on.
    await passTo(20_000)
    expect([await held(one), await held(two)]).toEqual([[], ['-0.02']])
    const traded = async (client: typeof one): Promise<unknown> =>
      (await client.signed('GET', '/fapi/v1/userTrades', 'symbol=BTCUSDT')).body.map(({ side, qty }) => [side, qty])
    expect(await traded(one)).toEqual([
      ['BUY', '0.01'],
      ['SELL', '0.01'],
    ])
    expect(await traded(two)).toEqual([['SELL', '0.02']])
    const incomes = async (client: typeof one): Promise<number> =>
      (await client.signed('GET', '/fapi/v1/income')).body.length
    expect([await incomes(one), await incomes(two)]).toEqual([3, 1])
    for (const [i, client] of [one, two].entries()) {
      const served = server.accounts[i]!
      expectBalanced(served)
      const balance = await client.signed('GET', '/fapi/v3/balance')
      expect(balance.body[0]).toMatchObject({ balance: served.ledger.wallet.toFixed() })
    }
    // 0.01 BTC from 50,000 to the stop at 49,500, slipped to 49,400, with 5 bp each way; and 0.02 sold at 50,000.
    expect(server.accounts.map(({ ledger }) => ledger.wallet.toFixed())).toEqual(['9993.503', '9999.5'])
  })

  it('may both have an order of the same client id open', async () => {
    await open()
    for (const client of [one, two]) {
      await client.signed('POST', ORDER, BUY)
      expect((await client.signed('POST', ORDER, `${REST}&newClientOrderId=r`)).body['status']).toBe('NEW')
      expect((await client.signed('POST', ALGO, `${STOP}&clientAlgoId=s`)).body['algoStatus']).toBe('NEW')
    }
    expect(code(await one.signed('POST', ORDER, `${REST}&newClientOrderId=r`))).toEqual([400, -4116])
    await one.signed('DELETE', ORDER, 'symbol=BTCUSDT&origClientOrderId=r')
    await one.signed('DELETE', ALGO, 'clientAlgoId=s')
    for (const path of ['/fapi/v1/openOrders', '/fapi/v1/openAlgoOrders'])
      expect([await list(one, path), await list(two, path)]).toEqual([0, 1])
  })

  it('hear of themselves alone, each under a listen key of its own', async () => {
    await open()
    const first = await stream(KEY)
    const second = await stream(OTHER.apiKey)
    expect(await listenKey(KEY)).not.toBe(await listenKey(OTHER.apiKey))
    await one.signed('POST', ORDER, `${BUY}&newClientOrderId=mine`)
    await vi.waitFor(() => expect(first).toHaveLength(3))
    expect(second).toEqual([])
    await two.signed('POST', ORDER, `${SELL}&newClientOrderId=yours`)
    await two.signed('POST', '/fapi/v1/leverage', 'symbol=BTCUSDT&leverage=3')
    await vi.waitFor(() => expect(second).toHaveLength(3))
    expect([first.join().includes('mine'), first.join().includes('yours'), first.length]).toEqual([true, false, 3])
    expect([second.join().includes('mine'), second.join().includes('yours')]).toEqual([false, true])

    await one.raw('DELETE', '/fapi/v1/listenKey', '', { 'X-MBX-APIKEY': KEY })
    await two.signed('POST', ORDER, REST)
    await vi.waitFor(() => expect(second).toHaveLength(4))
    await vi.waitFor(() => expect(first.at(-1)).toContain('listenKeyExpired'))
    expect(second.join()).not.toContain('listenKeyExpired')
    const put = (key: string) => one.raw('PUT', '/fapi/v1/listenKey', '', { 'X-MBX-APIKEY': key })
    expect([code(await put(KEY)), code(await put(OTHER.apiKey))]).toEqual([
      [400, -1125],
      [200, undefined],
    ])
  })

  it('have leverage, position mode, countdown and order counts of their own, and one weight', async () => {
    await open()
    await two.signed('POST', '/fapi/v1/leverage', 'symbol=BTCUSDT&leverage=3')
    await two.signed('POST', '/fapi/v1/positionSide/dual', 'dualSidePosition=true')
    const leverage = async (client: typeof one): Promise<unknown> =>
      (await client.signed('GET', '/fapi/v1/symbolConfig', 'symbol=BTCUSDT')).body[0]!['leverage']
    expect([await leverage(one), await leverage(two)]).toEqual([5, 3])
    const hedged = async (client: typeof one): Promise<unknown> =>
      (await client.signed('GET', '/fapi/v1/positionSide/dual')).body['dualSidePosition']
    expect([await hedged(one), await hedged(two)]).toEqual([false, true])
    await two.signed('POST', '/fapi/v1/positionSide/dual', 'dualSidePosition=false')

    await one.signed('POST', ORDER, REST)
    await one.signed('POST', ORDER, REST)
    const { headers } = await two.signed('POST', ORDER, REST)
    expect(headers.get('x-mbx-order-count-1m')).toBe('1')
    const weight = Number(headers.get('x-mbx-used-weight-1m'))
    const after = await one.signed('GET', '/fapi/v1/positionSide/dual')
    expect(after.headers.get('x-mbx-order-count-1m')).toBe('2')
    expect(Number(after.headers.get('x-mbx-used-weight-1m'))).toBe(weight + 30)

    await one.signed('POST', '/fapi/v1/countdownCancelAll', 'symbol=BTCUSDT&countdownTime=1000')
    await passTo(server.now - T0 + 1_100)
    expect([await list(one, '/fapi/v1/openOrders'), await list(two, '/fapi/v1/openOrders')]).toEqual([0, 1])
  })

  it('trade each as if alone, to the byte', async () => {
    const script = async (alone: boolean): Promise<string[]> => {
      await open(alone ? { furtherAccounts: [] } : {})
      const texts = await stream(KEY)
      if (!alone) await stream(OTHER.apiKey)
      const meanwhile = async (...order: [string, string]): Promise<void> => {
        // Takes no time of the first: it is sent at the same time and met together with it.
        if (!alone) await two.signed('POST', ...order, server.now - 50)
      }
      await one.signed('POST', ORDER, `${BUY}&newClientOrderId=e1`)
      await meanwhile(ORDER, SELL)
      await one.signed('POST', ALGO, `${STOP}&clientAlgoId=s1`)
      await meanwhile(ALGO, STOP.replace('SELL', 'BUY').replace('49500', '50500').replace('0.010', '0.020'))
      await one.signed('POST', ORDER, `${REST}&newClientOrderId=r1`)
      await passTo(60_000)
      return texts
    }
    const alone = await script(true)
    await server.close()
    const beside = await script(false)
    expect(alone).toHaveLength(11)
    expect(beside).toEqual(alone)
    expect(server.accounts[1]!.account.trades).toHaveLength(1)
    for (const served of server.accounts) expectBalanced(served)
  })
})

describe('a fault', () => {
  it('hides the order of one account, and the order of the same id of the other is seen', async () => {
    await open()
    server.addFault({ account: 2, method: 'POST', path: ORDER, when: 'after', hide_ms: 5_000 })
    for (const client of [one, two]) await client.signed('POST', ORDER, `${REST}&newClientOrderId=r`)
    const asked = async (client: typeof one): Promise<unknown> =>
      code(await client.signed('GET', ORDER, 'symbol=BTCUSDT&origClientOrderId=r'))
    expect([await asked(one), await asked(two)]).toEqual([
      [200, undefined],
      [400, -2013],
    ])
    expect([await list(one, '/fapi/v1/openOrders'), await list(two, '/fapi/v1/openOrders')]).toEqual([1, 0])
    await passTo(6_000)
    expect([await list(one, '/fapi/v1/openOrders'), await list(two, '/fapi/v1/openOrders')]).toEqual([1, 1])
  })

  it('happens to the account that it names, else to the first', async () => {
    await open({ faultsOverHttp: true })
    for (const client of [one, two]) {
      await client.signed('POST', ORDER, BUY)
      await client.signed('POST', ORDER, `${REST}&newClientOrderId=r`)
    }
    const first = await stream(KEY)
    const second = await stream(OTHER.apiKey)
    server.addFault({ kind: 'hedge_mode', on: true })
    expect(server.accounts.map(({ account }) => account.hedged)).toEqual([true, false])
    const body = JSON.stringify({ kind: 'cancel_silently', client_id: 'r', account: 2 })
    expect((await one.raw('POST', '/control/faults', body, {})).status).toBe(200)
    server.addFault({ kind: 'force_close', symbol: 'BTCUSDT', cause: 'liquidation', account: 2, after_ms: 1_000 })
    await passTo(server.now - T0 + 2_000)
    expect([await list(one, '/fapi/v1/openOrders'), await list(two, '/fapi/v1/openOrders')]).toEqual([1, 0])
    expect([await held(one), await held(two)]).toEqual([['0.01'], []])
    expect(first).toEqual([])
    expect(second.join()).toContain('autoclose-')
    server.addFault({ kind: 'expire_listen_key', account: 2 })
    await vi.waitFor(() => expect(second.at(-1)).toContain('listenKeyExpired'))
    expect(first).toEqual([])
    for (const served of server.accounts) expectBalanced(served)
  })

  it('silences the stream of the account that it names', async () => {
    await open()
    const first = await stream(KEY)
    const second = await stream(OTHER.apiKey)
    server.addFault({ kind: 'lose', count: 3, account: 2 })
    for (const client of [one, two]) await client.signed('POST', ORDER, BUY)
    await two.signed('POST', ORDER, REST)
    await vi.waitFor(() => expect(second).toHaveLength(1))
    expect(first).toHaveLength(3)
  })

  it('of an account that there is not is refused in a sentence', async () => {
    await open({ faultsOverHttp: true })
    const sentence = 'there is no account 3: this exchange has 2'
    expect(() => server.addFault({ kind: 'silence', on: true, account: 3 })).toThrow(sentence)
    expect(() => server.addFault({ when: 'before', account: 3 })).toThrow(sentence)
    const body = JSON.stringify({ kind: 'hedge_mode', on: true, account: 3 })
    const { body: said } = await one.raw('POST', '/control/faults', body, {})
    expect(said).toMatchObject({ code: -1130, msg: sentence })
  })
})

describe('market time in the hands of two', () => {
  const control = async (headers: Readonly<Record<string, string>> = {}) => {
    const client = await listen(server.controlUrl, headers)
    await vi.waitFor(() => expect(client.texts).toHaveLength(1))
    const ask = (id: number, ms: number): void => client.socket.send(JSON.stringify({ id, advance: T0 + ms }))
    const said = (): unknown => JSON.parse(client.texts.at(-1)!)
    return { ...client, ask, said }
  }
  const forOther = { 'X-MBX-APIKEY': OTHER.apiKey }

  it('moves when both have said so, to the earlier of their times', async () => {
    await open()
    const first = await control()
    const second = await control(forOther)
    expect([first.said(), second.said()]).toMatchObject([
      { hello: true, account: KEY, now: T0 + 500 },
      { hello: true, account: OTHER.apiKey, now: T0 + 500 },
    ])
    first.ask(1, 2_000)
    // Alone it moves nothing, and learns it in time to look around.
    await vi.waitFor(() => expect(first.said()).toEqual({ id: 1, now: T0 + 500, ended: false }))
    first.ask(2, 2_000)
    second.ask(1, 1_500)
    await vi.waitFor(() => expect(first.said()).toEqual({ id: 2, now: T0 + 1_500, ended: false }))
    await vi.waitFor(() => expect(second.said()).toEqual({ id: 1, now: T0 + 1_500, ended: false }))
  })

  it('is that of the other alone once one has gone', async () => {
    await open()
    const first = await control()
    const second = await control(forOther)
    second.ask(1, 2_000)
    first.socket.close()
    await vi.waitFor(() => expect(second.said()).toEqual({ id: 1, now: T0 + 2_000, ended: false }))
  })

  it('has one hand for each account, and none for who has no account', async () => {
    await open()
    await control()
    const closed = async (headers: Readonly<Record<string, string>>, ask: boolean): Promise<string> => {
      const { socket } = await listen(server.controlUrl, headers)
      const ended = new Promise<string>((done) => socket.once('close', (_code, reason) => done(reason.toString())))
      if (ask) socket.send(JSON.stringify({ id: 1, advance: null }))
      return await ended
    }
    expect(await closed({ 'X-MBX-APIKEY': KEY }, false)).toBe('somebody else moves this market for the account already')
    expect(await closed({ 'X-MBX-APIKEY': 'nobody' }, true)).toBe('no account has this API key')
    expect(server.now).toBe(T0 + 500)
  })
})
