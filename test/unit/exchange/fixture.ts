import type { BarColumns } from '../../../src/domain/bar-columns.ts'
import type { AccountEvent, EngineEvent } from '../../../src/domain/event.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../src/domain/order.ts'
import { epochMs, price, quantity } from '../../../src/domain/unit.ts'
import { createExchange, type EmbeddedExchange, type QuietBand } from '../../../src/exchange/exchange.ts'
import { listInstrument } from '../../../src/exchange/listing.ts'
import type { ExchangeParameters } from '../../../src/exchange/parameters.ts'
import { createBarTape } from '../../../src/exchange/tape/bar-tape.ts'
import type { Move, Tape, TapeItem } from '../../../src/exchange/tape.ts'

export const BTC = listInstrument('BTCUSDT', 0, 50_000)
export const ETH = listInstrument('ETHUSDT', 1, 2_500)
/** 2024-01-01T00:00Z, a settlement time. */
export const T0 = 1_704_067_200_000
export const MINUTE = 60_000
export const HOUR = 3_600_000

/** Fees 2/5 bp, no spread, no impact, 50 ms: what a test does not set does not disturb its figures. */
export const PARAMETERS: ExchangeParameters = {
  feeMakerBp: 2,
  feeTakerBp: 5,
  halfSpreadBp: { default: 0 },
  latencyMs: 50,
  impact: false,
  limitVolumePct: 2,
  stopSlippageMinBp: 2,
  stopSlippageRangePct: 10,
  stopSlippageWidePct: 25,
  wideBarAtr: 3,
  liquidationFeePct: 1.25,
  insuranceFundPct: 0.1,
  ambiguousBar: 'stop_first',
  marginMode: 'isolated',
  leverage: 5,
  startingBalance: 10_000,
}

/** open, high, low, close, volume (1,000,000 unless given) */
export type Bar = readonly [open: number, high: number, low: number, close: number, volume?: number]

export function columnsOf(
  symbol: string,
  bars: readonly Bar[],
  more: Partial<Record<'openInterest' | 'fundingRate', readonly number[]>> & {
    barMs?: number
    start?: number
    times?: readonly number[]
  } = {},
): BarColumns {
  const barMs = more.barMs ?? 5 * MINUTE
  const column = (of: (bar: Bar, i: number) => number): Float64Array => Float64Array.from(bars, of)
  const none = (): Float64Array => new Float64Array(bars.length).fill(Number.NaN)
  return {
    symbol,
    barMs,
    length: bars.length,
    openTime: column((_, i) => more.times?.[i] ?? (more.start ?? T0) + i * barMs),
    open: column((bar) => bar[0]),
    high: column((bar) => bar[1]),
    low: column((bar) => bar[2]),
    close: column((bar) => bar[3]),
    volume: column((bar) => bar[4] ?? 1_000_000),
    turnover: none(),
    openInterest: more.openInterest ? Float64Array.from(more.openInterest) : none(),
    fundingRate: more.fundingRate ? Float64Array.from(more.fundingRate) : none(),
    longShortRatio: none(),
    takerBuyVolume: none(),
  }
}

/** A tape of given items, without any reuse of objects. */
export function scripted(items: readonly TapeItem[], instruments: readonly Instrument[] = [BTC]): Tape {
  let at = 0
  return { instruments, peek: () => items[at]?.time, next: () => items[at++]! }
}

/** A price on a tick tape, at `T0 + ms`. */
export const tick = (ms: number, last: number, more: Partial<Move> = {}): Move => ({
  kind: 'move',
  time: epochMs(T0 + ms),
  instrument: BTC,
  last,
  mark: last,
  bid: Number.NaN,
  ask: Number.NaN,
  jump: false,
  bar: null,
  minuteVolatility: Number.NaN,
  minuteVolume: Number.NaN,
  cascade: false,
  ...more,
})

export const onTicks = (
  items: readonly TapeItem[],
  parameters: Partial<ExchangeParameters> = {},
  instruments?: readonly Instrument[],
  quiet?: readonly QuietBand[],
): EmbeddedExchange =>
  createExchange({
    tape: scripted(items, instruments),
    parameters: { ...PARAMETERS, ...parameters },
    keepFills: true,
    ...(quiet === undefined ? {} : { quiet }),
  })

export function onBars(
  bars: readonly Bar[],
  parameters: Partial<ExchangeParameters> = {},
  more: Parameters<typeof columnsOf>[2] = {},
): EmbeddedExchange {
  const all = { ...PARAMETERS, ...parameters }
  return createExchange({
    tape: createBarTape([{ instrument: BTC, columns: columnsOf('BTCUSDT', bars, more) }], all),
    parameters: all,
    keepFills: true,
  })
}

type Draft = Partial<Omit<OrderRequest, 'price' | 'triggerPrice' | 'quantity' | 'clientOrderId'>> & {
  price?: number | string
  triggerPrice?: number | string
  quantity?: number | string
}

/** An order of 0.1 BTC at market unless said otherwise. */
export function order(id: string, draft: Draft = {}): OrderRequest {
  const { price: limit, triggerPrice, quantity: size, ...rest } = draft
  return {
    clientOrderId: id as ClientOrderId,
    instrument: BTC,
    side: 'buy',
    type: 'market',
    timeInForce: 'GTC',
    reduceOnly: false,
    leg: 'entry',
    tradeId: 't1',
    quantity: quantity(size ?? '0.1'),
    ...(limit === undefined ? {} : { price: price(limit) }),
    ...(triggerPrice === undefined ? {} : { triggerPrice: price(triggerPrice) }),
    ...rest,
  }
}

export const stop = (id: string, triggerPrice: number, draft: Draft = {}): OrderRequest =>
  order(id, { type: 'stop_market', side: 'sell', triggerPrice, reduceOnly: true, leg: 'stop', ...draft })
export const target = (id: string, limit: number, draft: Draft = {}): OrderRequest =>
  order(id, { type: 'limit', side: 'sell', price: limit, reduceOnly: true, leg: 'target', ...draft })

/** Runs to the end; `react` may send orders in answer to an event. Market events are copied. */
export function drain(
  exchange: EmbeddedExchange,
  react?: (event: EngineEvent) => void,
  until = Infinity,
): EngineEvent[] {
  const seen: EngineEvent[] = []
  for (;;) {
    const event = exchange.events.next(epochMs(until))
    if (event === undefined) return seen
    seen.push({ ...event })
    react?.(event)
  }
}

export const account = (events: readonly EngineEvent[]): AccountEvent[] =>
  events.filter(
    (event): event is AccountEvent =>
      !['price', 'bar', 'open_interest', 'heatmap', 'timer', 'command'].includes(event.kind),
  )

/** One line an account event: time after T0, what, and its figures. */
export function lines(events: readonly EngineEvent[]): string[] {
  return account(events).map((event) => {
    const at = `${event.time - T0} ${event.kind}`
    switch (event.kind) {
      case 'order_filled':
        return `${at} ${event.clientOrderId} ${event.side} ${event.quantity} @ ${event.price} fee ${event.fee} ${event.liquidity}${event.done ? ' done' : ''}`
      case 'order_rejected':
        return `${at} ${event.clientOrderId} ${event.code}`
      case 'order_canceled':
      case 'order_expired':
        return `${at} ${event.clientOrderId} ${event.reason}`
      case 'funding_paid':
        return `${at} ${event.direction} ${event.quantity} @ ${event.mark} × ${event.rate} = ${event.amount}`
      case 'position_forced':
        return `${at} ${event.cause} ${event.side} ${event.quantity} @ ${event.price} fee ${event.fee}`
      case 'account_snapshot':
      case 'snapshot_failed':
      case 'connection':
      case 'venue_alarm':
      case 'contract_changed':
        return at
      default:
        return `${at} ${event.clientOrderId}`
    }
  })
}
