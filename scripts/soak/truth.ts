import { createHmac } from 'node:crypto'
import { parseClientOrderId } from '../../src/domain/id.ts'

export interface Account {
  readonly origin: string
  readonly key: string
  readonly secret: string
}

/** An order of the regular list, as the exchange tells it. */
export interface RegularRow {
  readonly orderId: number
  readonly symbol: string
  readonly clientOrderId: string
  readonly status: string
  readonly reduceOnly: boolean
  readonly time: number
}

/** An order of the conditional list, as the exchange tells it. */
export interface AlgoRow {
  readonly algoId: number
  readonly symbol: string
  readonly clientAlgoId: string
  readonly orderType: string
  readonly algoStatus: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly reduceOnly: boolean
  readonly createTime: number
  readonly updateTime: number
}

export interface TradeRow {
  readonly id: number
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
  readonly price: string
  readonly qty: string
  readonly commission: string
  readonly time: number
}

/** All that the exchange has said of the account so far. */
export interface AccountRecords {
  readonly regular: ReadonlyMap<number, RegularRow>
  readonly algo: ReadonlyMap<number, AlgoRow>
  readonly trades: ReadonlyMap<number, TradeRow>
  readonly now: number
}

export interface Truth extends AccountRecords {
  /** Asks for what is new since the last time. Rejects when the exchange does not answer. */
  pull(): Promise<void>
  wallet(): Promise<number>
  marketTime(): Promise<number>
  post(fault: unknown): Promise<void>
}

const TRIES = 6
const ANSWER_WITHIN_MS = 4_000
const PAGE = 1_000
/** Orders that are looked at again: what was open then, or hidden, has a newer state now. */
const OVERLAP = 400

/** A witness of the account beside the bot: asks the exchange itself, with the same key. */
export function createTruth(account: Account, symbols: readonly string[]): Truth {
  const regular = new Map<number, RegularRow>()
  const algo = new Map<number, AlgoRow>()
  const trades = new Map<number, TradeRow>()
  const lastTrade = new Map<string, number>()
  let [newest, now] = [0, 0]

  async function answer<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(account.origin + path, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`)
    return JSON.parse(text) as T
  }

  /** The faults that are meant for the bot can also meet us. */
  async function persistent<T>(ask: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await ask()
      } catch (error) {
        if (tried >= TRIES) throw error
      }
    }
  }

  const marketTime = (): Promise<number> =>
    persistent(async () => (await answer<{ serverTime: number }>('/fapi/v1/time')).serverTime)

  const signed = <T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> =>
    persistent(async () => {
      now = await marketTime()
      const query = new URLSearchParams({ ...parameters, recvWindow: '60000', timestamp: String(now) }).toString()
      const signature = createHmac('sha256', account.secret).update(query).digest('hex')
      return await answer<T>(`${path}?${query}&signature=${signature}`, { headers: { 'X-MBX-APIKEY': account.key } })
    })

  return {
    regular,
    algo,
    trades,
    get now() {
      return now
    },
    marketTime,
    async pull() {
      const from = String(Math.max(1, newest - OVERLAP))
      for (const symbol of symbols) {
        const fills = await signed<readonly TradeRow[]>('/fapi/v1/userTrades', {
          symbol,
          fromId: String((lastTrade.get(symbol) ?? 0) + 1),
          limit: String(PAGE),
        })
        for (const row of fills) trades.set(row.id, row)
        const last = fills.at(-1)
        if (last) lastTrade.set(symbol, last.id)
        const limit = String(PAGE)
        for (const row of await signed<readonly RegularRow[]>('/fapi/v1/allOrders', { symbol, orderId: from, limit }))
          regular.set(row.orderId, row)
        for (const row of await signed<readonly AlgoRow[]>('/fapi/v1/allAlgoOrders', { symbol, algoId: from, limit }))
          algo.set(row.algoId, row)
      }
      // What is open for long must not fall out of sight with its state of then.
      for (const row of await signed<readonly AlgoRow[]>('/fapi/v1/openAlgoOrders', {})) algo.set(row.algoId, row)
      newest = Math.max(newest, ...regular.keys(), ...algo.keys())
    },
    wallet: async () => {
      const rows = await signed<readonly { asset: string; balance: string }[]>('/fapi/v2/balance', {})
      return Number(rows.find(({ asset }) => asset === 'USDT')?.balance ?? Number.NaN)
    },
    async post(fault) {
      await answer('/control/faults', { method: 'POST', body: JSON.stringify(fault) })
    },
  }
}

/** A position, or a part of it, that had no resting stop. Market ms. */
export interface Naked {
  readonly symbol: string
  readonly from: number
  readonly until: number
}

interface Step {
  readonly time: number
  /** Signed base units. */
  readonly position: number
  /** Base units that stops of its closing side would close. */
  readonly long: number
  readonly short: number
}

const HALF_LOT = 5e-6

/** When a position was larger than its resting reduce-only stops, and for how long. */
export function nakedTimes(truth: AccountRecords, symbol: string): readonly Naked[] {
  const steps: Step[] = []
  for (const trade of truth.trades.values()) {
    if (trade.symbol !== symbol) continue
    const quantity = Number(trade.qty)
    steps.push({ time: trade.time, position: trade.side === 'BUY' ? quantity : -quantity, long: 0, short: 0 })
  }
  for (const order of truth.algo.values()) {
    if (order.symbol !== symbol || order.orderType !== 'STOP_MARKET' || !order.reduceOnly) continue
    const quantity = Number(order.quantity)
    const [long, short] = order.side === 'SELL' ? [quantity, 0] : [0, quantity]
    steps.push({ time: order.createTime, position: 0, long, short })
    // Triggered, it is a market order that closes until it has ended.
    if (order.algoStatus !== 'NEW') steps.push({ time: order.updateTime, position: 0, long: -long, short: -short })
  }
  const naked: Naked[] = []
  let from = Number.NaN
  let [position, long, short] = [0, 0, 0]
  const ordered = steps.toSorted((a, b) => a.time - b.time)
  for (const [i, step] of ordered.entries()) {
    position += step.position
    long += step.long
    short += step.short
    if (ordered[i + 1]?.time === step.time) continue
    const open = position > HALF_LOT ? position - long : position < -HALF_LOT ? -position - short : 0
    if (open > HALF_LOT && Number.isNaN(from)) from = step.time
    else if (open <= HALF_LOT && !Number.isNaN(from)) {
      naked.push({ symbol, from, until: step.time })
      from = Number.NaN
    }
  }
  if (!Number.isNaN(from)) naked.push({ symbol, from, until: truth.now })
  return naked
}

const BAR_MS = 300_000

/** Client ids that were accepted twice, and entries that stand for one signal. */
export function duplicates(truth: AccountRecords): readonly string[] {
  const found: string[] = []
  const ids = new Set<string>()
  const trades = new Map<string, string>()
  const bars = new Map<string, string>()
  const own = [
    ...[...truth.regular.values()].map(({ clientOrderId, symbol, time }) => ({ id: clientOrderId, symbol, time })),
    ...[...truth.algo.values()].map(({ clientAlgoId, symbol, createTime }) => ({
      id: clientAlgoId,
      symbol,
      time: createTime,
    })),
  ]
  for (const { id, symbol, time } of own) {
    const parts = parseClientOrderId(id)
    if (!parts) continue
    if (ids.has(id)) found.push(`${id} was accepted twice`)
    ids.add(id)
    if (parts.leg !== 'entry') continue
    const trade = `${parts.epoch}-${parts.intent}`
    const bar = `${symbol} ${parts.strategy} ${Math.floor(time / BAR_MS)}`
    const other = trades.get(trade) ?? bars.get(bar)
    if (other !== undefined) found.push(`${other} and ${id} of ${symbol} stand for one signal`)
    trades.set(trade, id)
    bars.set(bar, id)
  }
  return found
}

/** The most that was held at once: positions, and their worth in quote units at the prices of their last trades. */
export function mostHeld(truth: AccountRecords): { readonly positions: number; readonly gross: number } {
  const held = new Map<string, { units: number; price: number }>()
  let [positions, gross] = [0, 0]
  for (const trade of [...truth.trades.values()].toSorted((a, b) => a.time - b.time || a.id - b.id)) {
    const own = held.get(trade.symbol) ?? { units: 0, price: 0 }
    own.units += trade.side === 'BUY' ? Number(trade.qty) : -Number(trade.qty)
    own.price = Number(trade.price)
    held.set(trade.symbol, own)
    const open = [...held.values()].filter(({ units }) => Math.abs(units) > HALF_LOT)
    positions = Math.max(positions, open.length)
    gross = Math.max(
      gross,
      open.reduce((sum, { units, price }) => sum + Math.abs(units) * price, 0),
    )
  }
  return { positions, gross }
}
