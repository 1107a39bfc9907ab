import type { BinanceServer } from '../../src/exchange/protocol/binance-usdm/server.ts'

/** A position, or a part of it, that had no resting stop. Market ms. */
export interface Naked {
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

const HALF_LOT = 5e-4

/** From the exchange's own history: when the position was larger than its resting reduce-only stops, and for how long. */
export function nakedTimes({ account, now }: BinanceServer): readonly Naked[] {
  const steps: Step[] = []
  for (const trade of account.trades) {
    const quantity = Number(trade.quantity)
    steps.push({ time: trade.time, position: trade.side === 'BUY' ? quantity : -quantity, long: 0, short: 0 })
  }
  for (const order of account.orders.algo.values()) {
    if (order.type !== 'STOP_MARKET' || !order.reduceOnly || order.status === null || order.status === 'REJECTED')
      continue
    const quantity = order.quantity.toNumber()
    const [long, short] = order.side === 'sell' ? [quantity, 0] : [0, quantity]
    steps.push({ time: order.createTime, position: 0, long, short })
    // Triggered, it is a market order that closes until it has ended.
    if (order.status !== 'NEW') steps.push({ time: order.updateTime, position: 0, long: -long, short: -short })
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
      naked.push({ from, until: step.time })
      from = Number.NaN
    }
  }
  if (!Number.isNaN(from)) naked.push({ from, until: now })
  return naked
}
