import type { FundingPaid } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { DAY_MS, MINUTE_MS } from '../../../../domain/time.ts'
import type { EpochMs, Price } from '../../../../domain/unit.ts'
import type { Priority } from '../../../limiter/priority-limiter.ts'
import {
  decimalAt,
  fieldsOf,
  numberAt,
  rowsOf,
  textAt,
  timeAt,
  WireError,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import type { Dialect, VenueExecution, VenueOrder } from '../dialect.ts'
import { CallError, type Parameters, type Request, type Wire } from '../wire.ts'
import {
  readFunding,
  readPositions,
  readRights,
  readSettings,
  readSettlements,
  readWallet,
  settlementKey,
} from './account.ts'
import { elsewhereIn, type TellElsewhere } from '../elsewhere.ts'
import { COST } from './cost.ts'
import { readFrame } from './frame.ts'
import { readAlgo, readOrder, readTrade } from './order-answer.ts'
import { placement } from './order-request.ts'

/** Longest window the venue answers for trades and lists of orders. */
const WINDOW_MS = 7 * DAY_MS - MINUTE_MS
const PAGE = 1_000
/** More than this is no gap to be caught up with but somebody else's business. */
const MAX_PAGES = 50
const PROLONG_EVERY_MS = 20 * MINUTE_MS
const NOT_FOUND: ReadonlySet<string> = new Set(['-2011', '-2013'])
/** Place of the close in a candle. */
const CLOSE = 4
const UNCHANGED_MARGIN_MODE = '-4046'
/** Beyond its window a request may still be accepted for as much as the venue's own clocks differ. */
const EXPIRY_MARGIN_MS = 1_000

export interface BinanceDialectOptions {
  readonly wire: Wire
  readonly instruments: readonly Instrument[]
  readonly quote: string
  readonly recvWindowMs: number
  /** Real money. */
  readonly live: boolean
  /** `wss://fstream…/ws` */
  readonly streamBase: string
  readonly now: () => EpochMs
}

const ORDER_KEYS = { symbol: 'symbol', quantity: 'origQty', price: 'price' }
const ALGO_KEYS = { symbol: 'symbol', quantity: 'quantity', price: 'triggerPrice' }

/** The venue's own code in a body; `null` where there is none. */
export function venueCodeOf(body: string): string | null {
  const found = /"code"\s*:\s*"?(-?\d+)"?/.exec(body)
  return found && body.trimStart().startsWith('{') ? found[1]! : null
}

const notFound = (error: unknown): boolean =>
  error instanceof CallError && error.failure.venueCode !== null && NOT_FOUND.has(error.failure.venueCode)

export function createBinanceDialect(options: BinanceDialectOptions): Dialect {
  const { wire, instruments, quote, recvWindowMs, live, streamBase, now } = options
  const listed = new Map(instruments.map((instrument) => [instrument.symbol, instrument]))

  const get = (method: string, cost: Request['cost'], parameters: Parameters = {}, priority: Priority = 'query') =>
    wire.ask(priority, { method, cost, parameters })

  async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
    try {
      return await look()
    } catch (error) {
      if (notFound(error)) return null
      throw error
    }
  }

  /** Rows of traded symbols alone. */
  function read(
    answer: unknown,
    what: string,
    reader: (row: Fields, instrument: Instrument) => VenueOrder,
    onElsewhere?: (row: Fields) => void,
  ): VenueOrder[] {
    const orders: VenueOrder[] = []
    for (const row of rowsOf(answer, what)) {
      const instrument = listed.get(textAt(row, 'symbol'))
      if (instrument) orders.push(reader(row, instrument))
      else onElsewhere?.(row)
    }
    return orders
  }

  async function openOrders(
    instrument: Instrument | null,
    onElsewhere?: TellElsewhere,
  ): Promise<readonly VenueOrder[]> {
    const parameters = instrument ? { symbol: instrument.symbol } : {}
    const cost = instrument ? COST.one : COST.allOpen
    const [regular, conditional] = await Promise.all([
      get('fapiPrivateGetOpenOrders', cost, parameters),
      get('fapiPrivateGetOpenAlgoOrders', cost, parameters),
    ])
    const tell = (keys: typeof ORDER_KEYS) => (row: Fields) => onElsewhere?.(elsewhereIn('order', row, keys))
    return [
      ...read(regular, 'openOrders', readOrder, tell(ORDER_KEYS)),
      ...read(conditional, 'openAlgoOrders', readAlgo, tell(ALGO_KEYS)),
    ]
  }

  /** All pages of a list whose rows carry a rising `key`, in windows the venue accepts. */
  async function pages(
    method: string,
    cost: Request['cost'],
    symbol: string,
    since: EpochMs,
    fromKey: string,
    key: string,
  ): Promise<Fields[]> {
    const rows = new Map<string, Fields>()
    const until = now()
    let left = MAX_PAGES
    for (let start: number = since; start <= until; start += WINDOW_MS) {
      let from: Parameters = { startTime: start, endTime: Math.min(start + WINDOW_MS, until + MINUTE_MS) }
      for (;;) {
        if (left-- === 0) throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
        const page = rowsOf(await get(method, cost, { symbol, ...from, limit: PAGE }), method)
        for (const row of page) rows.set(textAt(row, key), row)
        if (page.length < PAGE) break
        const last = page.reduce((highest, row) => Math.max(highest, numberAt(row, key)), 0)
        from = { [fromKey]: last + 1 }
      }
    }
    return [...rows.values()]
  }

  const byTime = (a: VenueExecution, b: VenueExecution): number =>
    a.venueTime - b.venueTime || Number(a.tradeId) - Number(b.tradeId)

  return {
    requestLifeMs: recvWindowMs + EXPIRY_MARGIN_MS,
    prolongEveryMs: PROLONG_EVERY_MS,

    async place(order) {
      const conditional = order.type === 'stop_market' || order.type === 'take_profit_market'
      const priority = order.leg === 'entry' ? 'entry' : 'protective'
      const answer = fieldsOf(await wire.send(priority, placement(order)), 'placement')
      const placed = conditional ? readAlgo(answer, order.instrument) : readOrder(answer, order.instrument)
      if (placed.clientOrderId !== order.clientOrderId)
        throw new WireError(`the answer speaks of order ${placed.clientOrderId}`)
      return placed
    },

    async cancel(namespace, clientOrderId, instrument) {
      const { symbol } = instrument
      if (namespace === 'regular') {
        const answer = await wire.ask('protective', {
          method: 'fapiPrivateDeleteOrder',
          cost: COST.one,
          parameters: { symbol, origClientOrderId: clientOrderId },
        })
        return readOrder(fieldsOf(answer, 'cancel'), instrument)
      }
      const answer = await wire.ask('protective', {
        method: 'fapiPrivateDeleteAlgoOrder',
        cost: COST.one,
        parameters: { symbol, clientAlgoId: clientOrderId },
      })
      const fields = fieldsOf(answer, 'cancel')
      // Two forms are published; the short one says success and nothing else.
      return fields['algoStatus'] === undefined ? null : readAlgo(fields, instrument)
    },

    find: (namespace, clientOrderId, instrument) =>
      orNull(async () => {
        const { symbol } = instrument
        if (namespace === 'regular') {
          const answer = await get('fapiPrivateGetOrder', COST.one, { symbol, origClientOrderId: clientOrderId })
          return readOrder(fieldsOf(answer, 'order'), instrument)
        }
        const answer = await get('fapiPrivateGetAlgoOrder', COST.one, { symbol, clientAlgoId: clientOrderId })
        return readAlgo(fieldsOf(answer, 'algoOrder'), instrument)
      }),

    findChild: (venueId, instrument) =>
      orNull(async () => {
        const answer = await get('fapiPrivateGetOrder', COST.one, { symbol: instrument.symbol, orderId: venueId })
        return readOrder(fieldsOf(answer, 'order'), instrument)
      }),

    openOrders,

    async history(instrument, since) {
      const { symbol } = instrument
      const [regular, conditional] = await Promise.all([
        pages('fapiPrivateGetAllOrders', COST.history, symbol, since, 'orderId', 'orderId'),
        pages('fapiPrivateGetAllAlgoOrders', COST.history, symbol, since, 'algoId', 'algoId'),
      ])
      return [
        ...regular.map((row) => readOrder(row, instrument)),
        ...conditional.map((row) => readAlgo(row, instrument)),
      ]
    },

    async executionsOf(instrument, orderId) {
      const answer = await get('fapiPrivateGetUserTrades', COST.trades, {
        symbol: instrument.symbol,
        orderId,
        limit: PAGE,
      })
      return rowsOf(answer, 'userTrades')
        .map((row) => readTrade(row, instrument))
        .filter((execution) => execution.orderId === orderId)
        .toSorted(byTime)
    },

    async executionsSince(instrument, since) {
      const rows = await pages('fapiPrivateGetUserTrades', COST.trades, instrument.symbol, since, 'fromId', 'id')
      return rows.map((row) => readTrade(row, instrument)).toSorted(byTime)
    },

    positions: async (settings, onElsewhere) =>
      readPositions(await get('fapiPrivateV3GetPositionRisk', COST.account), listed, settings, onElsewhere),
    wallet: async () => readWallet(await get('fapiPrivateV3GetAccount', COST.account), quote),
    async lastPrice({ symbol }) {
      // Of the candle that is forming: a price there is even before a market has moved.
      const rows = await get('fapiPublicGetKlines', COST.one, { symbol, interval: '5m', limit: 1 })
      const [row] = Array.isArray(rows) ? (rows as readonly unknown[]) : []
      if (!Array.isArray(row)) throw new WireError(`no candle of ${symbol}`)
      return decimalAt({ close: row[CLOSE] }, 'close') as Price
    },
    // Keys are a matter of the spot system, which has no play money.
    keyRights: async () => (live ? readRights(await get('sapiGetAccountApiRestrictions', COST.one)) : null),
    settings: async () => readSettings(await get('fapiPrivateGetSymbolConfig', COST.account)),

    async fundingsSince(since) {
      const answer = await get('fapiPrivateGetIncome', COST.income, {
        incomeType: 'FUNDING_FEE',
        startTime: since,
        limit: PAGE,
      })
      const rows = rowsOf(answer, 'income').filter((row) => listed.has(textAt(row, 'symbol')))
      if (rows.length >= PAGE) throw new WireError(`more than ${PAGE} funding payments since ${since}`)
      const fundings: FundingPaid[] = []
      for (const symbol of new Set(rows.map((row) => textAt(row, 'symbol')))) {
        const instrument = listed.get(symbol)!
        const own = rows.filter((row) => row['symbol'] === symbol)
        const first = Math.min(...own.map((row) => timeAt(row, 'time')))
        const rates = readSettlements(
          await get('fapiPublicGetFundingRate', COST.one, { symbol, startTime: first - MINUTE_MS, limit: PAGE }),
        )
        for (const row of own)
          fundings.push(readFunding(row, instrument, rates.get(settlementKey(timeAt(row, 'time'))), now()))
      }
      return fundings.toSorted((a, b) => a.venueTime - b.venueTime)
    },

    async isHedged() {
      const { dualSidePosition } = fieldsOf(await get('fapiPrivateGetPositionSideDual', COST.hedge), 'positionSide')
      if (typeof dualSidePosition !== 'boolean') throw new WireError('dualSidePosition is no truth value')
      return dualSidePosition
    },

    async countdown({ symbol }, afterMs, isWanted, priority) {
      const request: Request = {
        method: 'fapiPrivatePostCountdownCancelAll',
        cost: COST.countdown,
        parameters: { symbol, countdownTime: afterMs },
        isWanted,
      }
      // Repeats must not use up what stops have of a penalty.
      await (priority === 'protective' ? wire.send(priority, request) : wire.ask(priority, request))
    },

    async accountId() {
      const [row] = rowsOf(await get('fapiPrivateV3GetBalance', COST.account), 'balance')
      if (!row) throw new WireError('balance: no rows')
      return textAt(row, 'accountAlias')
    },

    async setLeverage(instrument, leverage) {
      // For an entry: nothing that what protects has set aside is for it.
      const answer = await wire.ask('query', {
        method: 'fapiPrivatePostLeverage',
        cost: COST.one,
        parameters: { symbol: instrument.symbol, leverage },
      })
      return numberAt(fieldsOf(answer, 'leverage'), 'leverage')
    },

    async setMarginMode(instrument, mode) {
      try {
        await wire.ask('protective', {
          method: 'fapiPrivatePostMarginType',
          cost: COST.one,
          parameters: { symbol: instrument.symbol, marginType: mode === 'isolated' ? 'ISOLATED' : 'CROSSED' },
        })
      } catch (error) {
        if (!(error instanceof CallError && error.failure.venueCode === UNCHANGED_MARGIN_MODE)) throw error
      }
    },

    serverTime: async () => timeAt(fieldsOf(await get('fapiPublicGetTime', COST.one), 'time'), 'serverTime'),

    conditionalsApart: true,

    async streams() {
      const answer = await wire.ask('query', { method: 'fapiPrivatePostListenKey', cost: COST.one, parameters: {} })
      const key = textAt(fieldsOf(answer, 'listenKey'), 'listenKey')
      const url = `${streamBase.replace(/\/ws$/, '/private/ws')}?listenKey=${encodeURIComponent(key)}`
      return [{ url, greeting: null, onGreeted: () => null }]
    },

    async prolongStream() {
      await wire.ask('query', { method: 'fapiPrivatePutListenKey', cost: COST.one, parameters: {} })
    },

    readFrame: (frame) => readFrame(frame, listed),
  }
}
