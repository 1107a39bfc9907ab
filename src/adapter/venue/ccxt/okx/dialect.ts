import { ZERO } from '../../../../domain/decimal.ts'
import { receivedOrder } from '../receipt.ts'
import type { FundingPaid, PositionReport } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { SECOND_MS } from '../../../../domain/time.ts'
import { price, type EpochMs, type Money, type Price } from '../../../../domain/unit.ts'
import {
  decimalAt,
  decimalIn,
  fieldsOf,
  numberAt,
  textAt,
  textIn,
  timeAt,
  WireError,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import type { Cost, Priority } from '../../../limiter/priority-limiter.ts'
import type { Dialect, InstrumentSettings, VenueExecution, VenueOrder } from '../dialect.ts'
import type { DialectContext } from '../opening.ts'
import { CallError, type Parameters, type Request } from '../wire.ts'
import { baseUnitsOf, dataOf, type Contract } from './contract.ts'
import { elsewhereIn } from '../elsewhere.ts'
import { COST } from './cost.ts'
import { greeted, readFrame } from './frame.ts'
import { readAlgo, readFill, readOrder } from './order-answer.ts'
import { placement } from './order-request.ts'

const PAGE = 100
const MAX_PAGES = 100
/** Contracts whose leverage is told in one answer. */
const LEVERAGES = 20
const SWAP = 'SWAP'
/** Finished conditional orders are listed state by state. */
const ENDED_ALGO_STATES = ['effective', 'canceled', 'order_failed'] as const
/** Every kind of conditional order, so that foreign ones are seen as well. */
const ALGO_TYPES = ['conditional', 'oco', 'trigger'] as const
const FUNDING_BILL = '8'
const NOT_FOUND: ReadonlySet<string> = new Set(['51603', '51400', '51401', '51000'])
/** The venue refuses requests that are older than half a minute. */
const REQUEST_LIFE_MS = 31 * SECOND_MS

/** The venue's own code in a body, that of the single order before that of the whole; `null` where there is none. */
export function venueCodeOf(body: string): string | null {
  if (!body.trimStart().startsWith('{')) return null
  const own = /"sCode"\s*:\s*"(\d+)"/.exec(body)?.[1]
  if (own !== undefined && own !== '0') return own
  const code = /"code"\s*:\s*"(\d+)"/.exec(body)?.[1]
  return code === undefined || code === '0' ? null : code
}

/** OKX V5: quantities in contracts, conditional orders in a list of their own, receipts for cancels, two sockets. */
export function createOkxDialect(context: DialectContext, contracts: readonly Contract[]): Dialect {
  const { exchange, wire, instruments, quote, marginMode, now } = context
  const byInstId = new Map(contracts.map((contract) => [contract.instId, contract]))
  const bySymbol = new Map(contracts.map((contract) => [contract.instrument.symbol, contract]))
  const contractOf = (instrument: Instrument): Contract => bySymbol.get(instrument.symbol)!

  const get = (method: string, parameters: Parameters = {}, cost: Cost = COST.one) =>
    wire.ask('query', { method, cost, parameters })
  const post = (method: string, parameters: Request['parameters'], cost: Cost, priority: Priority = 'protective') =>
    wire.ask(priority, { method, cost, parameters })

  async function orNull(look: () => Promise<VenueOrder | null>): Promise<VenueOrder | null> {
    try {
      return await look()
    } catch (error) {
      if (error instanceof CallError && NOT_FOUND.has(error.failure.venueCode ?? '')) return null
      throw error
    }
  }

  /** All pages, newest first; each is asked for by the oldest id of the one before. */
  async function pages(method: string, key: string, parameters: Parameters, cost?: Cost): Promise<readonly Fields[]> {
    const rows: Fields[] = []
    let after: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await get(method, { ...parameters, limit: PAGE, ...(after !== undefined && { after }) }, cost)
      const data = dataOf(answer, method)
      rows.push(...data)
      if (data.length < PAGE) return rows
      after = textAt(data.at(-1)!, key)
    }
    throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
  }

  const fills = new Map<EpochMs, Promise<readonly VenueExecution[]>>()

  /** Everybody's, oldest first: all who ask at once get the same answer. */
  function fillsSince(from: EpochMs): Promise<readonly VenueExecution[]> {
    const asked = fills.get(from)
    if (asked) return asked
    const rows = pages('privateGetTradeFillsHistory', 'billId', { instType: SWAP, begin: from }, COST.fills)
    const answer = rows.then((all) => read(all, readFill).toSorted(byTime))
    fills.set(from, answer)
    // Who asks later asks for what has happened since.
    queueMicrotask(() => fills.delete(from))
    return answer
  }

  function read<T>(
    rows: readonly Fields[],
    reader: (row: Fields, contract: Contract) => T,
    onElsewhere?: (row: Fields) => void,
  ): readonly T[] {
    return rows.flatMap((row) => {
      const contract = byInstId.get(textAt(row, 'instId'))
      if (contract) return [reader(row, contract)]
      onElsewhere?.(row)
      return []
    })
  }

  const firstOf = async (
    method: string,
    parameters: Parameters,
    reader: (row: Fields) => VenueOrder,
    cost?: Cost,
  ): Promise<VenueOrder | null> => {
    const [row] = dataOf(await get(method, parameters, cost), method)
    return row ? reader(row) : null
  }

  const find: Dialect['find'] = (namespace, clientOrderId, instrument) =>
    orNull(() => {
      const contract = contractOf(instrument)
      return namespace === 'regular'
        ? firstOf('privateGetTradeOrder', { instId: contract.instId, clOrdId: clientOrderId }, (row) =>
            readOrder(row, contract),
          )
        : firstOf(
            'privateGetTradeOrderAlgo',
            { algoClOrdId: clientOrderId },
            (row) => readAlgo(row, contract),
            COST.oneAlgo,
          )
    })

  const byTime = (a: VenueExecution, b: VenueExecution): number => a.venueTime - b.venueTime

  return {
    requestLifeMs: REQUEST_LIFE_MS,
    prolongEveryMs: Number.POSITIVE_INFINITY,
    conditionalsApart: true,

    async place(order) {
      const contract = contractOf(order.instrument)
      const waits = order.type === 'stop_market' || order.type === 'take_profit_market'
      const priority = order.leg === 'entry' ? 'entry' : 'protective'
      const [row] = dataOf(await wire.send(priority, placement(order, contract, marginMode)), 'placement')
      const receipt = fieldsOf(row, 'placement')
      if (textIn(receipt, 'sCode') !== '0') throw new WireError('the answer is no receipt')
      if (textIn(receipt, waits ? 'algoClOrdId' : 'clOrdId') !== order.clientOrderId)
        throw new WireError('the answer speaks of another order')
      return receivedOrder(order, waits ? 'conditional' : 'regular', textAt(receipt, waits ? 'algoId' : 'ordId'), now())
    },

    async cancel(namespace, clientOrderId, instrument) {
      const { instId } = contractOf(instrument)
      if (namespace === 'regular')
        await post('privatePostTradeCancelOrder', { instId, clOrdId: clientOrderId }, COST.one)
      else await post('privatePostTradeCancelAlgos', [{ instId, algoClOrdId: clientOrderId }], COST.cancelAlgo)
      // The answer is a receipt: what became of the order has to be asked.
      const order = await find(namespace, clientOrderId, instrument)
      if (!order) throw new WireError(`order ${clientOrderId} was canceled and is nowhere to be seen`)
      return order
    },

    find,
    findChild: (venueId, instrument) =>
      orNull(() => {
        const contract = contractOf(instrument)
        return firstOf('privateGetTradeOrder', { instId: contract.instId, ordId: venueId }, (row) =>
          readOrder(row, contract),
        )
      }),

    async openOrders(instrument, onElsewhere) {
      const one = instrument ? { instId: contractOf(instrument).instId } : {}
      const [regular, ...conditional] = await Promise.all([
        pages('privateGetTradeOrdersPending', 'ordId', { instType: SWAP, ...one }),
        ...ALGO_TYPES.map((ordType) =>
          pages('privateGetTradeOrdersAlgoPending', 'algoId', { instType: SWAP, ordType, ...one }),
        ),
      ])
      const tell = (price: string) => (row: Fields) =>
        onElsewhere?.(elsewhereIn('order', row, { symbol: 'instId', quantity: 'sz', price }))
      return [...read(regular, readOrder, tell('px')), ...read(conditional.flat(), readAlgo, tell('slTriggerPx'))]
    },

    async history(instrument, from) {
      const { instId } = contractOf(instrument)
      const [regular, ...conditional] = await Promise.all([
        pages('privateGetTradeOrdersHistory', 'ordId', { instType: SWAP, instId, begin: from }),
        ...ENDED_ALGO_STATES.map((state) =>
          pages(
            'privateGetTradeOrdersAlgoHistory',
            'algoId',
            { instType: SWAP, ordType: 'conditional', state, instId },
            COST.endedAlgos,
          ),
        ),
      ])
      return [...read(regular, readOrder), ...read(conditional.flat(), readAlgo)]
    },

    async executionsOf(instrument, orderId) {
      const { instId } = contractOf(instrument)
      return read(
        await pages('privateGetTradeFills', 'billId', { instType: SWAP, instId, ordId: orderId }),
        readFill,
      ).toSorted(byTime)
    },

    async executionsSince(instrument, from) {
      const all = await fillsSince(from)
      return all.filter((fill) => fill.instrument.symbol === instrument.symbol)
    },

    async positions(settings, onElsewhere) {
      const reports: PositionReport[] = []
      for (const row of dataOf(await get('privateGetAccountPositions', { instType: SWAP }), 'positions')) {
        const contract = byInstId.get(textAt(row, 'instId'))
        const amount = decimalIn(row, 'pos') ?? ZERO
        if (amount.isZero()) continue
        if (!contract) {
          onElsewhere?.(elsewhereIn('position', row, { symbol: 'instId', quantity: 'pos', price: 'avgPx' }))
          continue
        }
        const liquidation = decimalIn(row, 'liqPx')
        const mode = textIn(row, 'mgnMode')
        reports.push({
          instrument: contract.instrument,
          direction: amount.gt(0) ? 'LONG' : 'SHORT',
          quantity: baseUnitsOf(contract, amount.abs()),
          entryPrice: decimalAt(row, 'avgPx') as Price,
          liquidationPrice: liquidation && !liquidation.isZero() ? (liquidation as Price) : null,
          leverage: decimalIn(row, 'lever')?.toNumber() ?? settings.get(contract.instrument.symbol)?.leverage ?? null,
          marginMode: mode === 'isolated' || mode === 'cross' ? mode : null,
        })
      }
      return reports
    },

    async wallet() {
      const [account] = dataOf(await get('privateGetAccountBalance', { ccy: quote }), 'balance')
      const details = account?.['details']
      const own = Array.isArray(details)
        ? details.find((row: unknown) => fieldsOf(row, 'details')['ccy'] === quote)
        : undefined
      return own === undefined ? (ZERO as Money) : walletIn(fieldsOf(own, 'details'))
    },

    async lastPrice(instrument) {
      const { instId } = contractOf(instrument)
      const [row] = dataOf(await get('publicGetMarketTicker', { instId }), 'ticker')
      return decimalAt(fieldsOf(row, 'ticker'), 'last') as Price
    },
    async keyRights() {
      const [row] = dataOf(await get('privateGetAccountConfig'), 'config')
      const config = fieldsOf(row, 'config')
      const rights = textAt(config, 'perm').split(',')
      return {
        trade: rights.includes('trade'),
        withdraw: rights.includes('withdraw'),
        // The right to trade includes it, there is none apart.
        transfer: null,
        restricted: (textIn(config, 'ip') ?? '') !== '',
      }
    },
    async settings() {
      const ids = instruments.map((instrument) => contractOf(instrument).instId)
      const asked = Array.from({ length: Math.ceil(ids.length / LEVERAGES) }, (_, i) =>
        get('privateGetAccountLeverageInfo', {
          instId: ids.slice(i * LEVERAGES, (i + 1) * LEVERAGES).join(','),
          mgnMode: marginMode,
        }),
      )
      const rows = (await Promise.all(asked)).flatMap((answer) => dataOf(answer, 'leverage-info'))
      return new Map(
        instruments.map(({ symbol }, i): [string, InstrumentSettings] => {
          const row = rows.find(({ instId }) => instId === ids[i])
          // The margin mode is said with every order.
          return [symbol, { symbol, leverage: numberAt(fieldsOf(row, 'leverage-info'), 'lever'), marginMode }]
        }),
      )
    },

    async fundingsSince(from) {
      const parameters = { instType: SWAP, type: FUNDING_BILL, begin: from }
      const rows = await pages('privateGetAccountBills', 'billId', parameters, COST.bills)
      return read(rows, (row, contract) => readFunding(row, contract, now())).toSorted(
        (a, b) => a.venueTime - b.venueTime,
      )
    },

    async isHedged() {
      const [row] = dataOf(await get('privateGetAccountConfig'), 'config')
      const mode = textAt(fieldsOf(row, 'config'), 'posMode')
      return mode !== 'net_mode'
    },

    // Of the whole account: it would take the exits of other symbols with it.
    countdown: null,
    async accountId() {
      const [row] = dataOf(await get('privateGetAccountConfig'), 'config')
      return textAt(fieldsOf(row, 'config'), 'uid')
    },

    async setLeverage(instrument, leverage) {
      const { instId } = contractOf(instrument)
      const parameters = { instId, lever: String(leverage), mgnMode: marginMode }
      // For an entry: nothing that what protects has set aside is for it.
      const answer = await post('privatePostAccountSetLeverage', parameters, COST.one, 'query')
      return numberAt(fieldsOf(dataOf(answer, 'set-leverage')[0], 'set-leverage'), 'lever')
    },

    setMarginMode: () => Promise.resolve(),

    serverTime: async () => timeAt(fieldsOf(dataOf(await get('publicGetPublicTime'), 'time')[0], 'time'), 'ts'),

    streams() {
      const timestamp = String(Math.floor(now() / SECOND_MS))
      const sign = exchange.hmac(`${timestamp}GET/users/self/verify`, 'base64')
      const { apiKey, passphrase } = exchange
      const greeting = { op: 'login', args: [{ apiKey, passphrase, timestamp, sign }] }
      const base = exchange.streamBase('')
      const [path, query = ''] = base.split('?')
      const url = (kind: string): string => `${path}/${kind}${query === '' ? '' : `?${query}`}`
      return Promise.resolve([
        { url: url('private'), greeting, onGreeted: greeted('orders') },
        { url: url('business'), greeting, onGreeted: greeted('orders-algo') },
      ])
    },
    prolongStream: () => Promise.resolve(),
    readFrame: (frame) => readFrame(frame, byInstId),
  }
}

/** What is realised, margin included: that of isolated positions is taken out of the balance, and told with their profit. */
function walletIn(details: Fields): Money {
  const balance = decimalAt(details, 'cashBal')
  const isolated = decimalIn(details, 'isoEq') ?? ZERO
  return (isolated.isZero() ? balance : balance.plus(isolated).minus(decimalAt(details, 'isoUpl'))) as Money
}

/** A bill tells the amount, the position and the mark it was reckoned with, not the rate. */
function readFunding(row: Fields, contract: Contract, time: EpochMs): FundingPaid {
  // An isolated position pays out of its own margin, and its balance does not move.
  const amount = decimalAt(row, 'balChg').plus(decimalIn(row, 'posBalChg') ?? ZERO)
  const quantity = baseUnitsOf(contract, decimalIn(row, 'sz') ?? ZERO)
  const mark = (decimalIn(row, 'px') ?? price(0)) as Price
  const notional = quantity.times(mark)
  return {
    kind: 'funding_paid',
    time,
    venueTime: timeAt(row, 'ts'),
    instrument: contract.instrument,
    rate: notional.isZero() ? 0 : amount.neg().div(notional).toNumber(),
    mark,
    quantity,
    // As if of a LONG: with the rate's sign it comes to the amount.
    direction: 'LONG',
    amount: amount as Money,
  }
}
