import { randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import { createRestlessClock } from '../../../domain/restless-clock.ts'
import { epochMs } from '../../../domain/unit.ts'
import { createExchange } from '../../exchange.ts'
import type { Ledger } from '../../ledger.ts'
import type { ExchangeParameters } from '../../parameters.ts'
import type { Tape } from '../../tape.ts'
import { createWaitingFaults, isAccountFault, type AccountFault, type AccountHappening } from './account-fault.ts'
import { createAccount, type Account } from './account.ts'
import { accountRoutes } from './account-route.ts'
import { ALGO_ROUTES } from './algo-route.ts'
import { checkKey, checkSignature, type ApiKey } from './auth.ts'
import { createControl } from './control.ts'
import { createDriver } from './driver.ts'
import { readRequest, streamsOf, type Incoming } from './incoming.ts'
import { createListenKeys } from './listen-keys.ts'
import type { MarketData } from './market-data-port.ts'
import { isOpenAlgo, isOpenRegular, type OrderRecord } from './order-record.ts'
import { createPacer } from './pacer.ts'
import { readPostedFault } from './posted-fault.ts'
import { REGULAR_ROUTES } from './regular-route.ts'
import { failure, UNKNOWN_PATH } from './reject-code.ts'
import { createRequestFaults, type RequestFault } from './request-faults.ts'
import { isFailure, ok, type Call, type Outcome, type Route } from './route.ts'
import { sendAnswer } from './send-answer.ts'
import { createStreamFaults, type StreamFault } from './stream-faults.ts'
import { createStreamHub } from './stream-hub.ts'
import { createUsage } from './usage.ts'

export interface BinanceServerOptions {
  readonly tape: Tape
  readonly marketData: MarketData
  readonly parameters: ExchangeParameters
  /** Market time at which the exchange opens. */
  readonly start: number
  readonly account: ApiKey
  /** 0: any that is free. */
  readonly port: number
  /** `lock_step`: time moves when a control client says so. A number: market time per wall time. */
  readonly drive: 'lock_step' | number
  readonly faults?: readonly RequestFault[]
  /** Faults can be added over HTTP: `POST /control/faults`. */
  readonly faultsOverHttp?: boolean
  /** Limits are enforced instead of only counted. */
  readonly strictLimits?: boolean
  /** The dead man's switch cancels conditional orders too. [no] */
  readonly countdownCoversAlgo?: boolean
}

export type ServerFault = RequestFault | StreamFault | AccountFault

/** A request that changed something, for whoever wants to check what the exchange was asked. */
export interface RequestRecord {
  readonly time: number
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly status: number
}

export interface BinanceServer {
  readonly port: number
  readonly origin: string
  readonly streamOrigin: string
  readonly controlUrl: string
  readonly instance: string
  readonly instruments: readonly Instrument[]
  readonly now: number
  /** The exchange's own books: what a client must agree with. */
  readonly ledger: Ledger
  readonly account: Account
  /** The latest requests to place and cancel orders, oldest first. */
  readonly requests: readonly RequestRecord[]
  /** Throws a RangeError when a symbol is meant that is not listed, or too many faults wait. */
  addFault(fault: ServerFault): void
  expireListenKey(): void
  /** Moves market time by hand, in lock-step without a control client. */
  advance(until: number): Promise<void>
  close(): Promise<void>
}

const MAX_MESSAGE_BYTES = 256 * 1024
const MAX_REQUESTS = 20_000
const GOING_AWAY = 1_001
const ACCOUNT_NAME_LENGTH = 12

/** Serves one account of an embedded exchange in the protocol of Binance USDⓈ-M futures, on loopback. Rejects when the port is taken. */
export async function startBinanceServer(options: BinanceServerOptions): Promise<BinanceServer> {
  const { tape, marketData, parameters, account: key } = options
  const { latencyMs } = parameters
  const exchange = createExchange({ tape, parameters, keepFills: true })
  const account = createAccount(exchange, parameters.leverage, parameters.marginMode)
  const streamFaults = createStreamFaults()
  const faults = createRequestFaults(options.faults ?? [])
  const hub = createStreamHub(streamFaults)
  const waitingFaults = createWaitingFaults()
  const listenKeys = createListenKeys()
  const usage = createUsage(options.strictLimits ?? false)
  const requests: RequestRecord[] = []
  const marks = new Map<string, number>()
  const instance = randomBytes(8).toString('hex')

  const driver = createDriver({
    exchange,
    start: options.start,
    onMarket(event, now) {
      if (event.kind === 'price') marks.set(event.instrument.symbol, event.mark)
      return hub.sendMarket(marketData.observe(event, now, hub.wanted))
    },
    onAccount: (event) => hub.sendPrivate(account.onEvent(event)),
    alarm: {
      get due() {
        return Math.min(account.countdowns.due, waitingFaults.due)
      },
      ring(now) {
        for (const fault of waitingFaults.take(now)) happen(fault)
        const { orders, countdowns } = account
        const open: readonly OrderRecord[] = [
          ...[...orders.regular.values()].filter(isOpenRegular),
          ...(options.countdownCoversAlgo === true ? [...orders.algo.values()].filter(isOpenAlgo) : []),
        ]
        for (const instrument of countdowns.take(now))
          for (const order of open) if (order.instrument === instrument) cancelAtOnce(order)
      },
    },
  })
  // Who has used up the budget of a minute would wait for its end for ever, where market time waits for him.
  const budgetTime = createRestlessClock(
    () => driver.now,
    () => performance.now(),
  )
  const lockStep = options.drive === 'lock_step'
  const pace = options.drive === 'lock_step' ? 1 : Math.max(1, options.drive)
  const pacer = options.drive === 'lock_step' ? null : createPacer(driver, options.drive)

  async function advance(until: number): Promise<void> {
    driver.playToPublication(until)
    await hub.settled()
  }

  const control = createControl({
    now: () => driver.now,
    ended: () => driver.ended,
    account: key.apiKey.slice(0, ACCOUNT_NAME_LENGTH),
    instance,
    advance,
  })

  const routes = new Map<string, Route>(
    Object.entries({
      ...REGULAR_ROUTES,
      ...ALGO_ROUTES,
      ...accountRoutes({ ...parameters, mark: (instrument) => marks.get(instrument.symbol) ?? Number.NaN }),
      'POST /fapi/v1/listenKey': { access: 'key', weight: 1, handle: () => ok({ listenKey: listenKeys.create() }) },
      'PUT /fapi/v1/listenKey': {
        access: 'key',
        weight: 1,
        handle: () =>
          listenKeys.prolong()
            ? ok({ listenKey: listenKeys.create() })
            : failure(-1125, 'This listenKey does not exist.'),
      },
      'DELETE /fapi/v1/listenKey': {
        access: 'key',
        weight: 1,
        handle: () => (expireListenKey(), ok({})),
      },
    } satisfies Record<string, Route>),
  )

  function expireListenKey(): void {
    const ended = listenKeys.expire()
    if (ended !== null) hub.expire(ended, { e: 'listenKeyExpired', E: driver.now, listenKey: ended })
  }

  /** When a request was sent: what it says of itself, within the latency that it can have had. */
  function sentAt(parameters: URLSearchParams): number {
    const stamped = Number(parameters.get('timestamp'))
    if (!lockStep || !Number.isFinite(stamped)) return driver.now
    return Math.min(driver.now, Math.max(stamped, driver.now - latencyMs))
  }

  function callOf(query: URLSearchParams, fault: RequestFault | null): Call {
    const sent = sentAt(query)
    return {
      parameters: query,
      account,
      instruments: exchange.instruments,
      now: () => driver.now,
      sentAt: sent,
      async latency() {
        const due = sent + latencyMs
        if (pacer) await pacer.reached(due)
        // Without latency it is due at once, and nobody has played it yet.
        driver.playTo(Math.max(due, driver.now))
      },
      lateMs: fault?.late_ms ?? 0,
      hideMs: fault?.hide_ms ?? 0,
      tell: (frame) => void hub.sendPrivate([frame]),
    }
  }

  async function outcomeOf(request: Incoming, fault: RequestFault | null): Promise<Outcome> {
    const { method, path, parameters: query, raw, key: sentKey } = request
    const route = routes.get(`${method} ${path}`)
    if (!route) {
      const answer = method === 'GET' ? marketData.answer(path, query, driver.now) : undefined
      if (!answer) return UNKNOWN_PATH
      const over = usage.count(budgetTime(), answer.weight, false)
      if (over) return over
      if (answer.status === 200) return ok(answer.body)
      const { code, msg } = answer.body as { code: number; msg: string }
      return failure(code, msg, answer.status)
    }
    const over = usage.count(budgetTime(), route.weight, route.order ?? false)
    if (over) return over
    const denied =
      route.access === 'key'
        ? checkKey(sentKey, key)
        : checkSignature({ key: sentKey, raw, parameters: query }, key, driver.now, pace)
    return denied ?? (await route.handle(callOf(query, fault)))
  }

  async function serve(request: Incoming, response: ServerResponse): Promise<void> {
    const { method, path, parameters: query } = request
    const fault = faults.take(method, path, query)
    let outcome: Outcome | null = null
    if (fault?.when !== 'before') outcome = await outcomeOf(request, fault)
    if (method !== 'GET' && !path.endsWith('/listenKey')) note(request, outcome)
    // What the request has made happen is written to the streams before its answer is.
    await sendAnswer(response, outcome, fault, { ...usage.headers, 'x-market-time': String(driver.now) })
  }

  function note({ method, path, parameters: query }: Incoming, outcome: Outcome | null): void {
    const status = outcome === null ? 0 : isFailure(outcome) ? outcome.status : 200
    const shown = Object.fromEntries([...query].filter(([name]) => name !== 'signature'))
    requests.push({ time: driver.now, method, path, parameters: shown, status })
    if (requests.length > MAX_REQUESTS) requests.splice(0, requests.length - MAX_REQUESTS)
  }

  const http = createServer((message, response) => {
    readRequest(message)
      .then(async (request) => {
        if ('msg' in request) return await sendAnswer(response, request, null, {})
        if (request.path === '/control/faults' && request.method === 'POST' && options.faultsOverHttp === true) {
          return await sendAnswer(response, postFault(request.raw), null, {})
        }
        return await serve(request, response)
      })
      .catch((error: unknown) => {
        // A client that is gone is no failure of the exchange; anything else is, and the client is told.
        if (!response.headersSent && !response.destroyed) {
          response.writeHead(500, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ code: -1000, msg: error instanceof Error ? error.message : 'unknown' }))
        }
      })
  })
  http.keepAliveTimeout = 0
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  http.on('upgrade', (message, socket, head) => {
    const url = new URL(message.url ?? '/', 'http://localhost')
    const path = url.pathname.replace(/^\/fstream(?=\/)/, '')
    const listenKey = url.searchParams.get('listenKey') ?? /^\/ws\/([0-9a-f]{64})$/.exec(path)?.[1] ?? null
    const isPrivate = path === '/private/ws' || listenKey !== null
    if (isPrivate && !listenKeys.isValid(listenKey)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    const streams = streamsOf(path, url.searchParams)
    const isControl = path === '/control' && lockStep
    if (!isPrivate && streams === null && !isControl) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
    sockets.handleUpgrade(message, socket, head, (opened) => {
      if (isControl) control.attach(opened)
      else if (isPrivate) hub.addPrivate(opened, listenKey ?? '')
      else hub.addMarket(opened, streams?.names ?? [], streams?.wrapped ?? false)
    })
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = http.address() as AddressInfo
  pacer?.start()

  /** By the exchange's own hand: without anybody's request, and without its latency. */
  function cancelAtOnce(order: OrderRecord): void {
    exchange.cancel(order.coreId as ClientOrderId, order.instrument, epochMs(driver.now - latencyMs))
  }

  function happen(fault: AccountHappening): void {
    switch (fault.kind) {
      case 'expire_listen_key':
        return expireListenKey()
      case 'hedge_mode':
        account.hedged = fault.on
        return
      case 'cancel_silently':
        for (const order of [...account.orders.regular.values(), ...account.orders.algo.values()]) {
          const [id, open] =
            order.kind === 'algo'
              ? [order.clientAlgoId, isOpenAlgo(order)]
              : [order.clientOrderId, isOpenRegular(order)]
          if (!open || !id.startsWith(fault.client_id)) continue
          account.muted.add(order.coreId)
          cancelAtOnce(order)
        }
        return
      case 'force_close': {
        const instrument = exchange.instruments.find(({ symbol }) => symbol === fault.symbol)
        if (instrument) exchange.forceClose(instrument, fault.cause, epochMs(driver.now))
      }
    }
  }

  function addAccountFault(fault: AccountFault): void {
    if (fault.kind === 'force_close' && !exchange.instruments.some(({ symbol }) => symbol === fault.symbol))
      throw new RangeError(`${fault.symbol} is not listed`)
    if (fault.after_ms === undefined || fault.after_ms === 0) happen(fault)
    else waitingFaults.add(fault, driver.now + fault.after_ms)
  }

  function postFault(text: string): Outcome {
    const fault = readPostedFault(text)
    if (fault === null) return failure(-1130, 'This is no fault that the exchange knows.')
    try {
      addFault(fault)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return failure(-1130, error.message)
    }
    return ok({})
  }

  function addFault(fault: ServerFault): void {
    if (!('kind' in fault)) faults.add(fault)
    else if (isAccountFault(fault)) addAccountFault(fault)
    else streamFaults.add(fault)
  }

  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    streamOrigin: `ws://127.0.0.1:${port}`,
    controlUrl: `ws://127.0.0.1:${port}/control`,
    instance,
    instruments: exchange.instruments,
    get now() {
      return driver.now
    },
    ledger: exchange.ledger,
    account,
    requests,
    addFault,
    expireListenKey,
    advance,
    async close() {
      pacer?.stop()
      hub.closeAll(GOING_AWAY)
      for (const socket of sockets.clients) socket.terminate()
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeAllConnections()
      await closed
    },
  }
}
