import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { currentRecord } from '../../../../../src/adapter/ccxt/call-record.ts'
import type { OpenedExchange } from '../../../../../src/adapter/ccxt/open-exchange.ts'
import { createPriorityLimiter } from '../../../../../src/adapter/limiter/priority-limiter.ts'
import { createKnownOrders } from '../../../../../src/adapter/venue/ccxt/known-order.ts'
import { createOkxOpening } from '../../../../../src/adapter/venue/ccxt/okx/opening.ts'
import { createSnapshotTaker, type SnapshotTaken } from '../../../../../src/adapter/venue/ccxt/snapshot.ts'
import { createWire } from '../../../../../src/adapter/venue/ccxt/wire.ts'
import type { Instrument } from '../../../../../src/domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../../../src/domain/order.ts'
import { epochMs, price, quantity } from '../../../../../src/domain/unit.ts'

const PAIRS = 30
const IDS = Array.from({ length: PAIRS }, (_, i) => `A${i}-USDT-SWAP`)
const WINDOW_MS = 2_000
/** Requests of an endpoint in any two seconds. */
const ALLOWED: Readonly<Record<string, number>> = {
  publicGetPublicInstruments: 20,
  publicGetPublicPositionTiers: 10,
  publicGetPublicMarkPrice: 10,
  privateGetAccountBalance: 10,
  privateGetAccountBills: 10,
  privateGetAccountConfig: 5,
  privateGetAccountLeverageInfo: 20,
  privateGetAccountPositions: 10,
  privateGetTradeFillsHistory: 10,
  privateGetTradeOrdersPending: 60,
  privateGetTradeOrdersAlgoPending: 20,
  privateGetTradeOrdersHistory: 40,
  privateGetTradeOrdersAlgoHistory: 20,
  privateGetTradeOrderAlgo: 20,
  privatePostTradeOrderAlgo: 20,
  privatePostTradeCancelAlgos: 20,
}

const swap = (instId: string) => ({
  instId,
  ctType: 'linear',
  settleCcy: 'USDT',
  ctVal: '1',
  lotSz: '1',
  minSz: '1',
  maxMktSz: '100',
  maxLmtSz: '100',
  tickSz: '0.1',
  state: 'live',
})
const fill = (instId: string, i: number) => ({
  instId,
  billId: `${i}`,
  tradeId: `${i}`,
  ordId: `${i}`,
  side: 'buy',
  fillPx: '100',
  fillSz: '1',
  fee: '0',
  ts: '1000',
})
const funding = (i: number) => ({ instId: IDS[0], billId: `${i}`, balChg: '0', sz: '1', px: '100', ts: `${i}` })

const ROWS = 1_200
/** Of ten pairs, by orders that nobody knows. */
const FILLS = Array.from({ length: ROWS }, (_, i) => fill(IDS[i % 10]!, i))
const FUNDINGS = Array.from({ length: ROWS }, (_, i) => funding(i))

/** A page of a list, after the id that was asked for. */
function page<T extends { readonly instId?: string | undefined; readonly billId: string }>(
  list: readonly T[],
  { instId, after = -1 }: Readonly<Record<string, unknown>>,
): readonly T[] {
  const own = list.filter((row) => (instId ?? row.instId) === row.instId && Number(row.billId) > Number(after))
  return own.slice(0, 100)
}

it('keeps within the count of every endpoint, however many pairs there are', async () => {
  let now = 1_000_000
  const sent: { readonly method: string; readonly at: number }[] = []
  const data = (method: string, asked: Readonly<Record<string, unknown>>): readonly unknown[] => {
    switch (method) {
      case 'publicGetPublicInstruments':
        return IDS.map(swap)
      case 'publicGetPublicPositionTiers':
        return [{ minSz: '0', maxSz: '100', mmr: '0.01', maxLever: '50' }]
      case 'publicGetPublicMarkPrice':
        return [{ markPx: '100' }]
      case 'privateGetAccountConfig':
        return [{ posMode: 'net_mode' }]
      case 'privateGetAccountLeverageInfo':
        return String(asked['instId'])
          .split(',')
          .map((instId) => ({ instId, lever: `${IDS.indexOf(instId) + 1}` }))
      case 'privateGetTradeFillsHistory':
        return page(FILLS, asked)
      case 'privateGetAccountBills':
        return page(FUNDINGS, asked)
      default:
        return []
    }
  }
  const exchange: Pick<OpenedExchange, 'request'> = {
    request(method, parameters) {
      const asked = parameters as Readonly<Record<string, unknown>>
      sent.push({ method, at: now })
      Object.assign(currentRecord()!, { phase: 'answered', status: 200 })
      return Promise.resolve({ code: '0', data: data(method, asked) })
    },
  }
  const opening = createOkxOpening()
  const limiter = createPriorityLimiter(opening.limiter, () => now)
  const wire = createWire({ ...opening, exchange: exchange as OpenedExchange, limiter })
  async function passing<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const whole = work.finally(() => {
      isOver = true
    })
    whole.catch(() => undefined)
    while (!isOver) {
      now += 10
      limiter.pump()
      await turn()
    }
    return await whole
  }

  const instruments: Instrument[] = []
  const listings = await passing(opening.listings(wire))
  await passing(
    (async () => {
      for (const listing of listings.values())
        if (listing.kind === 'perpetual') instruments.push(await listing.instrument(instruments.length))
    })(),
  )
  const dialect = opening.dialect({
    exchange: exchange as OpenedExchange,
    wire,
    instruments,
    quote: 'USDT',
    marginMode: 'isolated',
    recvWindowMs: 5_000,
    now: () => epochMs(now),
  })
  const take = createSnapshotTaker({
    first: dialect,
    later: dialect,
    instruments,
    orders: createKnownOrders(true),
    now: () => epochMs(now),
    historyFrom: epochMs(0),
  })
  const looks: SnapshotTaken[] = []
  for (let i = 0; i < 2; i += 1) looks.push(await passing(take()))

  for (const { snapshot, settings } of looks) {
    expect(snapshot.executions).toHaveLength(ROWS)
    expect(new Set(snapshot.executions.map(({ instrument }) => instrument.symbol)).size).toBe(10)
    expect([...settings.values()].map(({ leverage }) => leverage)).toEqual(IDS.map((_, i) => i + 1))
  }
  // A stop of each pair is looked at, replaced and cancelled in one go; the answers say nothing.
  const stop = (instrument: Instrument): OrderRequest => ({
    clientOrderId: `s${instrument.index}` as ClientOrderId,
    instrument,
    side: 'sell',
    type: 'stop_market',
    quantity: quantity('1'),
    triggerPrice: price('90'),
    timeInForce: 'GTC',
    reduceOnly: true,
    leg: 'stop',
    tradeId: 't',
  })
  const done = instruments.flatMap((instrument) => [
    dialect.find('conditional', 's', instrument),
    dialect.place(stop(instrument)),
    dialect.cancel('conditional', 's', instrument),
  ])
  await passing(Promise.allSettled(done))
  expect(sent.filter(({ method }) => method === 'privatePostTradeOrderAlgo').length).toBeGreaterThan(25)

  const busiest: Record<string, number> = {}
  for (const { method, at } of sent) {
    const close = sent.filter((other) => other.method === method && other.at >= at && other.at < at + WINDOW_MS)
    busiest[method] = Math.max(busiest[method] ?? 0, close.length)
  }
  const over = Object.entries(busiest).filter(([method, count]) => count > (ALLOWED[method] ?? 0))
  expect(over).toEqual([])
})
