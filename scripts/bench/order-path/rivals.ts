import { createHmac } from 'node:crypto'
import { Agent as HttpAgent, request } from 'node:http'
import { timeOf, type Served } from './served.ts'
import type { SocketClock } from './socket-clock.ts'

export interface Rival {
  /** Wall ms from the call to the bytes on the socket; the answer is awaited. */
  order(): Promise<number>
  close(): Promise<void>
}

interface BareCcxt {
  fetchImplementation: unknown
  nonce: () => number
  urls: { api: { ws: Record<string, string> } }
  httpAgent: unknown
  enableDemoTrading(enable: boolean): void
  loadMarkets(): Promise<unknown>
  createOrder(...args: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

const SYMBOL = 'BTC/USDT:USDT'
const QUANTITY = 0.01

/** ccxt as it comes, sent to the embedded exchange: `createOrder` and nothing else. */
export async function openBareCcxt(served: Served, limiter: boolean): Promise<BareCcxt> {
  const { default: ccxt } = await import('ccxt')
  const instance = new ccxt.pro.binanceusdm({
    apiKey: served.key,
    secret: served.secret,
    enableRateLimit: limiter,
    options: { fetchCurrencies: false, fetchMargins: false },
  }) as unknown as BareCcxt
  const offset = (await timeOf(served)) - Date.now()
  instance.fetchImplementation = (url: string, options: RequestInit) =>
    fetch(url.replace('https://', `${served.origin}/`), options)
  instance.nonce = () => Date.now() + offset
  instance.httpAgent = new HttpAgent()
  await instance.loadMarkets()
  return instance
}

export async function bareCcxt(served: Served, sockets: SocketClock): Promise<Rival> {
  const instance = await openBareCcxt(served, false)
  return {
    async order() {
      sockets.take()
      const from = performance.now()
      await instance.createOrder(SYMBOL, 'market', 'buy', QUANTITY)
      return sockets.take() - from
    },
    close: () => instance.close(),
  }
}

/** Entry, stop and target one after the other, as a script on ccxt's defaults would; ms until the last is acknowledged. */
export async function ccxtBracket(instance: BareCcxt, price: number): Promise<number> {
  const from = performance.now()
  await instance.createOrder(SYMBOL, 'market', 'buy', QUANTITY)
  for (const [type, trigger] of [
    ['stopLossPrice', price * 0.99],
    ['takeProfitPrice', price * 1.02],
  ] as const)
    await instance.createOrder(SYMBOL, 'market', 'sell', QUANTITY, undefined, { [type]: trigger, reduceOnly: true })
  return performance.now() - from
}

/** The same order with nothing but `node:crypto` and `node:http` on a connection that is kept. */
export async function handSigned(served: Served, sockets: SocketClock): Promise<Rival> {
  const agent = new HttpAgent({ keepAlive: true })
  const offset = (await timeOf(served)) - Date.now()
  const { hostname, port } = new URL(served.origin)
  return {
    async order() {
      sockets.take()
      const from = performance.now()
      const text = `symbol=BTCUSDT&side=BUY&type=MARKET&quantity=${QUANTITY}&recvWindow=10000&timestamp=${Date.now() + offset}`
      const body = `${text}&signature=${createHmac('sha256', served.secret).update(text).digest('hex')}`
      const status = await new Promise<number>((resolve, reject) => {
        const headers = {
          'X-MBX-APIKEY': served.key,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': body.length,
        }
        const sent = request({ method: 'POST', hostname, port, path: '/fapi/v1/order', headers, agent }, (answer) => {
          answer.resume()
          answer.on('end', () => resolve(answer.statusCode ?? 0))
        })
        sent.on('error', reject)
        sent.end(body)
      })
      if (status !== 200) throw new Error(`hand-signed: ${status}`)
      return sockets.take() - from
    },
    close: () => Promise.resolve(agent.destroy()),
  }
}
