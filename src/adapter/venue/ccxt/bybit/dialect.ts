import { ZERO } from '../../../../domain/decimal.ts'
import { receivedOrder } from '../receipt.ts'
import type { FundingPaid, PositionReport } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { DAY_MS, MINUTE_MS } from '../../../../domain/time.ts'
import type { EpochMs, Money, Price, Quantity } from '../../../../domain/unit.ts'
import {
  decimalAt,
  decimalIn,
  fieldsOf,
  numberAt,
  rowsOf,
  textAt,
  textIn,
  timeAt,
  WireError,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import type { Priority } from '../../../limiter/priority-limiter.ts'
import type { KeyRights } from '../key-rights.ts'
import type { Dialect, InstrumentSettings, VenueExecution, VenueOrder } from '../dialect.ts'
import type { DialectContext } from '../opening.ts'
import { CallError, type Parameters } from '../wire.ts'
import { elsewhereIn, type TellElsewhere } from '../elsewhere.ts'
import { COST } from './cost.ts'
import { onGreeted, readFrame } from './frame.ts'
import { resultOf } from './instrument.ts'
import { isFunding, isTrade, readExecution, readOrder } from './order-answer.ts'
import { placement } from './order-request.ts'

const WINDOW_MS = 7 * DAY_MS - MINUTE_MS
const ORDER_PAGE = 50
const EXECUTION_PAGE = 100
const MAX_PAGES = 100
const UNCHANGED_LEVERAGE = '110043'
const EXPIRY_MARGIN_MS = 1_000
/** Of the login to the stream, on the venue's clock. */
const LOGIN_LIFE_MS = 10_000

/** The venue's own code in a body; `null` where there is none. */
export function venueCodeOf(body: string): string | null {
  const code = body.trimStart().startsWith('{') ? /"retCode"\s*:\s*(\d+)/.exec(body)?.[1] : undefined
  return code === undefined || code === '0' ? null : code
}

const said = (error: unknown, code: string): boolean => error instanceof CallError && error.failure.venueCode === code

/** Bybit V5 on a unified account: one list for all orders, ids alone in answers, and the news in the stream. */
export function createBybitDialect(context: DialectContext): Dialect {
  const { exchange, wire, instruments, quote, recvWindowMs, now } = context
  const listed = new Map(instruments.map((instrument) => [instrument.symbol, instrument]))

  const get = (method: string, parameters: Parameters) => wire.ask('query', { method, cost: COST.one, parameters })
  const post = (method: string, parameters: Parameters, priority: Priority = 'protective') =>
    wire.ask(priority, { method, cost: COST.one, parameters })

  /** All pages of a list. */
  async function pages(method: string, limit: number, parameters: Parameters): Promise<readonly Fields[]> {
    const rows: Fields[] = []
    let cursor: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await get(method, {
        category: 'linear',
        ...parameters,
        limit,
        ...(cursor !== undefined && { cursor }),
      })
      const result = resultOf(answer, method)
      rows.push(...rowsOf(result['list'], method))
      cursor = textIn(result, 'nextPageCursor')
      if (cursor === undefined) return rows
    }
    throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
  }

  /** In windows that the venue accepts. */
  async function since(
    method: string,
    limit: number,
    from: EpochMs,
    parameters: Parameters,
  ): Promise<readonly Fields[]> {
    const rows: Fields[] = []
    const until = now() + MINUTE_MS
    for (let start: number = from; start < until; start += WINDOW_MS)
      rows.push(
        ...(await pages(method, limit, {
          ...parameters,
          startTime: start,
          endTime: Math.min(start + WINDOW_MS, until),
        })),
      )
    return rows
  }

  async function find(clientOrderId: string, instrument: Instrument): Promise<VenueOrder | null> {
    const parameters = { category: 'linear', symbol: instrument.symbol, orderLinkId: clientOrderId }
    for (const method of ['privateGetV5OrderRealtime', 'privateGetV5OrderHistory']) {
      const [row] = rowsOf(resultOf(await get(method, parameters), method)['list'], method)
      if (row) return readOrder(row, instrument)
    }
    return null
  }

  function ordersOf(rows: readonly Fields[], onElsewhere?: TellElsewhere): readonly VenueOrder[] {
    return rows.flatMap((row) => {
      const instrument = listed.get(textAt(row, 'symbol'))
      if (instrument) return [readOrder(row, instrument)]
      onElsewhere?.(elsewhereIn('order', row, { symbol: 'symbol', quantity: 'qty', price: 'price' }))
      return []
    })
  }

  const executionsOf = (rows: readonly Fields[], instrument: Instrument): readonly VenueExecution[] =>
    rows
      .filter(isTrade)
      .map((row) => readExecution(row, instrument))
      .toSorted((a, b) => a.venueTime - b.venueTime)

  const positionRows = (): Promise<readonly Fields[]> => pages('privateGetV5PositionList', 200, { settleCoin: quote })

  async function settings(): Promise<ReadonlyMap<string, InstrumentSettings>> {
    const account = resultOf(await get('privateGetV5AccountInfo', {}), 'account')
    const marginMode = account['marginMode'] === 'ISOLATED_MARGIN' ? 'isolated' : 'cross'
    const rows = await Promise.all(instruments.map(({ symbol }) => pages('privateGetV5PositionList', 200, { symbol })))
    return new Map(
      instruments.map(({ symbol }, i) => {
        const row = rows[i]![0]
        if (!row) throw new WireError(`no position row of ${symbol}`)
        return [symbol, { symbol, leverage: numberAt(row, 'leverage'), marginMode }]
      }),
    )
  }

  return {
    requestLifeMs: recvWindowMs + EXPIRY_MARGIN_MS,
    prolongEveryMs: Number.POSITIVE_INFINITY,
    conditionalsApart: false,

    async place(order) {
      const request = placement(order)
      const priority = order.leg === 'entry' ? 'entry' : 'protective'
      const result = resultOf(await wire.send(priority, request), 'placement')
      if (textIn(result, 'orderLinkId') !== order.clientOrderId)
        throw new WireError('the answer speaks of another order')
      return receivedOrder(order, 'regular', textAt(result, 'orderId'), now())
    },

    async cancel(_namespace, clientOrderId, instrument) {
      await wire.ask('protective', {
        method: 'privatePostV5OrderCancel',
        cost: COST.cancel,
        parameters: { category: 'linear', symbol: instrument.symbol, orderLinkId: clientOrderId },
      })
      // Likewise a receipt.
      const order = await find(clientOrderId, instrument)
      if (!order) throw new WireError(`order ${clientOrderId} was canceled and is nowhere to be seen`)
      return order
    },

    find: (namespace, clientOrderId, instrument) =>
      namespace === 'conditional' ? Promise.resolve(null) : find(clientOrderId, instrument),
    // A conditional order keeps its id; there are no children.
    findChild: () => Promise.resolve(null),

    openOrders: async (instrument, onElsewhere) =>
      ordersOf(
        await pages(
          'privateGetV5OrderRealtime',
          ORDER_PAGE,
          instrument ? { symbol: instrument.symbol } : { settleCoin: quote },
        ),
        onElsewhere,
      ).filter(({ status }) => status === 'open' || status === 'triggered'),

    history: async (instrument, from) =>
      ordersOf(await since('privateGetV5OrderHistory', ORDER_PAGE, from, { symbol: instrument.symbol })),

    executionsOf: async (instrument, orderId) =>
      executionsOf(
        await pages('privateGetV5ExecutionList', EXECUTION_PAGE, { symbol: instrument.symbol, orderId }),
        instrument,
      ),

    executionsSince: async (instrument, from) =>
      executionsOf(
        await since('privateGetV5ExecutionList', EXECUTION_PAGE, from, { symbol: instrument.symbol }),
        instrument,
      ),

    async positions(own, onElsewhere) {
      const reports: PositionReport[] = []
      for (const row of await positionRows()) {
        const instrument = listed.get(textAt(row, 'symbol'))
        const size = decimalIn(row, 'size') ?? ZERO
        if (size.isZero()) continue
        if (!instrument) {
          onElsewhere?.(elsewhereIn('position', row, { symbol: 'symbol', quantity: 'size', price: 'avgPrice' }))
          continue
        }
        const liquidation = decimalIn(row, 'liqPrice')
        reports.push({
          instrument,
          direction: row['side'] === 'Buy' ? 'LONG' : 'SHORT',
          quantity: size as Quantity,
          entryPrice: decimalAt(row, 'avgPrice') as Price,
          liquidationPrice: liquidation && !liquidation.isZero() ? (liquidation as Price) : null,
          leverage: own.get(instrument.symbol)?.leverage ?? null,
          marginMode: own.get(instrument.symbol)?.marginMode ?? null,
        })
      }
      return reports
    },

    async wallet() {
      const answer = await get('privateGetV5AccountWalletBalance', { accountType: 'UNIFIED', coin: quote })
      const [account] = rowsOf(resultOf(answer, 'wallet')['list'], 'wallet')
      const coins = account ? rowsOf(account['coin'], 'coin') : []
      const own = coins.find((coin) => coin['coin'] === quote)
      return (own ? decimalAt(own, 'walletBalance') : ZERO) as Money
    },

    async lastPrice({ symbol }) {
      const answer = await get('publicGetV5MarketTickers', { category: 'linear', symbol })
      const [row] = rowsOf(resultOf(answer, 'tickers')['list'], 'tickers')
      return decimalAt(fieldsOf(row, 'tickers'), 'lastPrice') as Price
    },
    keyRights: async () => readRights(resultOf(await get('privateGetV5UserQueryApi', {}), 'query-api')),
    settings,

    async fundingsSince(from) {
      const fundings: FundingPaid[] = []
      for (const instrument of instruments) {
        const rows = await since('privateGetV5ExecutionList', EXECUTION_PAGE, from, {
          symbol: instrument.symbol,
          execType: 'Funding',
        })
        for (const row of rows.filter(isFunding)) fundings.push(readFunding(row, instrument, now()))
      }
      return fundings.toSorted((a, b) => a.venueTime - b.venueTime)
    },

    isHedged: async () => (await positionRows()).some((row) => numberAt(row, 'positionIdx') !== 0),

    // Of the whole account, and by the stream's end, not by silence.
    countdown: null,
    accountId: async () => String(numberAt(resultOf(await get('privateGetV5UserQueryApi', {}), 'key'), 'userID')),

    async setLeverage(instrument, leverage) {
      const { symbol } = instrument
      try {
        const own = String(leverage)
        const parameters = { category: 'linear', symbol, buyLeverage: own, sellLeverage: own }
        // For an entry: nothing that what protects has set aside is for it.
        await post('privatePostV5PositionSetLeverage', parameters, 'query')
      } catch (error) {
        if (!said(error, UNCHANGED_LEVERAGE)) throw error
      }
      const [row] = await pages('privateGetV5PositionList', 200, { symbol })
      return numberAt(fieldsOf(row, 'position'), 'leverage')
    },

    async setMarginMode(_instrument, mode) {
      // Of the whole account.
      const setMarginMode = mode === 'isolated' ? 'ISOLATED_MARGIN' : 'REGULAR_MARGIN'
      await post('privatePostV5AccountSetMarginMode', { setMarginMode })
    },

    serverTime: async () => timeAt(fieldsOf(await get('publicGetV5MarketTime', {}), 'time'), 'time'),

    streams() {
      const expires = Math.floor(now()) + LOGIN_LIFE_MS
      const signature = exchange.hmac(`GET/realtime${expires}`, 'hex')
      const greeting = { op: 'auth', args: [exchange.apiKey, expires, signature] }
      return Promise.resolve([{ url: exchange.streamBase('private.contract'), greeting, onGreeted }])
    },
    prolongStream: () => Promise.resolve(),
    readFrame: (frame) => readFrame(frame, listed),
  }
}

/** Among the executions: the fee is what was paid, the quantity the position it was paid on. */
function readFunding(row: Fields, instrument: Instrument, time: EpochMs): FundingPaid {
  const paid = decimalAt(row, 'execFee')
  const rate = decimalIn(row, 'feeRate')?.toNumber() ?? 0
  return {
    kind: 'funding_paid',
    time,
    venueTime: timeAt(row, 'execTime'),
    instrument,
    rate,
    mark: decimalAt(row, 'execPrice') as Price,
    quantity: decimalAt(row, 'execQty') as Quantity,
    direction: paid.gt(0) === rate > 0 ? 'LONG' : 'SHORT',
    amount: paid.neg() as Money,
  }
}

function readRights(said: Fields): KeyRights {
  const permissions = fieldsOf(said['permissions'], 'permissions')
  const has = (group: string, ...rights: readonly string[]): boolean => {
    const own: unknown = permissions[group]
    return Array.isArray(own) && rights.some((right) => own.includes(right))
  }
  const { ips } = said
  return {
    trade:
      numberAt(said, 'readOnly') === 0 && (has('ContractTrade', 'Order') || has('Derivatives', 'DerivativesTrade')),
    withdraw: has('Wallet', 'Withdraw'),
    transfer: has('Wallet', 'AccountTransfer', 'SubMemberTransfer'),
    restricted: Array.isArray(ips) && ips.length > 0 && !ips.includes('*'),
  }
}
