import { createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Enough symbols for five positions. */
export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT', 'LTCUSDT'] as const
const PRICES: Readonly<Record<string, number>> = {
  BTCUSDT: 50_000,
  ETHUSDT: 2_000,
  SOLUSDT: 100,
  XRPUSDT: 50,
  LTCUSDT: 80,
}
const ORDERS_OF_A_KIND = 5
const DAYS = 12
const BAR_MS = 300_000
const BARS_A_DAY = 288

export interface Account {
  readonly origin: string
  readonly key: string
  readonly secret: string
}

/** Candles of five minutes of every symbol, as files for `--tape`. */
export function writeTape(directory: string): readonly string[] {
  mkdirSync(directory, { recursive: true })
  return SYMBOLS.map((symbol) => {
    const price = PRICES[symbol]!
    const rows = Array.from({ length: DAYS * BARS_A_DAY }, (_, bar) => {
      const at = price * (1 + 0.01 * Math.sin(bar / 80))
      return [
        Date.UTC(2025, 0, 1) + bar * BAR_MS,
        at,
        at * 1.002,
        at * 0.998,
        at,
        5_000,
        5_000 * at,
        2_500,
        40_000 + bar,
      ].join(',')
    })
    const file = join(directory, `${symbol}_5m.csv`)
    writeFileSync(file, `ts,open,high,low,close,volume,turnover,taker_buy_volume,open_interest\n${rows.join('\n')}\n`)
    return file
  })
}

/** Signs and sends one request, at the exchange's own time. */
export async function signed(
  account: Account,
  method: string,
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { serverTime } = (await (await fetch(`${account.origin}/fapi/v1/time`)).json()) as { serverTime: number }
  const text = new URLSearchParams({ ...parameters, recvWindow: '60000', timestamp: String(serverTime) }).toString()
  const signature = createHmac('sha256', account.secret).update(text).digest('hex')
  const response = await fetch(`${account.origin}${path}?${text}&signature=${signature}`, {
    method,
    headers: { 'X-MBX-APIKEY': account.key },
  })
  const body = await response.json()
  if (response.status !== 200) throw new Error(`${method} ${path} ${text}: ${response.status} ${JSON.stringify(body)}`)
  return body
}

/** What is open on the account, as the exchange itself says. */
export async function standing(account: Account): Promise<{ regular: number; conditional: number; positions: number }> {
  const regular = (await signed(account, 'GET', '/fapi/v1/openOrders')) as unknown[]
  const conditional = (await signed(account, 'GET', '/fapi/v1/openAlgoOrders')) as unknown[]
  const risk = (await signed(account, 'GET', '/fapi/v3/positionRisk')) as { positionAmt: string }[]
  return {
    regular: regular.length,
    conditional: conditional.length,
    positions: risk.filter(({ positionAmt }) => Number(positionAmt) !== 0).length,
  }
}

/** Five positions, and for each five resting entries and five conditional orders, its stop among them: fifty orders. */
export async function crowd(account: Account): Promise<void> {
  for (const symbol of SYMBOLS) {
    const price = PRICES[symbol]!
    const quantity = (300 / price).toFixed(2) === '0.01' ? '0.01' : (300 / price).toFixed(1)
    await signed(account, 'POST', '/fapi/v1/order', { symbol, side: 'BUY', type: 'MARKET', quantity })
    for (let i = 0; i < ORDERS_OF_A_KIND; i += 1) {
      const below = (price * (0.8 - i / 100)).toFixed(0)
      const above = (price * (1.2 + i / 100)).toFixed(0)
      await signed(account, 'POST', '/fapi/v1/order', {
        symbol,
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        price: below,
        quantity,
      })
      const stop = { side: 'SELL', triggerPrice: below, reduceOnly: 'true' }
      const entry = { side: 'BUY', triggerPrice: above }
      await signed(account, 'POST', '/fapi/v1/algoOrder', {
        algoType: 'CONDITIONAL',
        symbol,
        type: 'STOP_MARKET',
        quantity,
        ...(i === 0 ? stop : entry),
      })
    }
  }
}
