import { randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Instrument } from '../../../domain/instrument.ts'
import type { Ledger } from '../../ledger.ts'
import type { ExchangeParameters } from '../../parameters.ts'
import type { Tape } from '../../tape.ts'
import { isAccountFault } from './account-fault.ts'
import { openAccounts, type ServedAccount } from './account-registry.ts'
import type { Account } from './account.ts'
import type { ApiKey } from './auth.ts'
import { createContracts } from './contracts.ts'
import { createControl } from './control.ts'
import { createDispatch } from './dispatch.ts'
import { createDriver } from './driver.ts'
import { readRequest, streamsOf, type Incoming } from './incoming.ts'
import type { MarketData } from './market-data-port.ts'
import { isMarketFault } from './market-fault.ts'
import { createMarketHand } from './market-hand.ts'
import { createPacer } from './pacer.ts'
import { postFault, type ServerFault } from './posted-fault.ts'
import { MAINTENANCE } from './reject-code.ts'
import { createRequestFaults, type RequestFault } from './request-faults.ts'
import { isFailure, type Outcome } from './route.ts'
import { sendAnswer } from './send-answer.ts'
import { createStreamHub } from './stream-hub.ts'

export interface BinanceServerOptions {
  readonly tape: Tape
  readonly marketData: MarketData
  readonly parameters: ExchangeParameters
  /** Market time at which the exchange opens. */
  readonly start: number
  /** Of the first account. */
  readonly account: ApiKey
  /** Of further accounts, each with a wallet, orders and positions of its own; all keys differ. */
  readonly furtherAccounts?: readonly ApiKey[]
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

/** A request that changed something, for whoever wants to check what the exchange was asked. */
export interface RequestRecord {
  readonly time: number
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly status: number
  /** Number of the account whose key it had; `null`: nobody's. */
  readonly account: number | null
}

export interface BinanceServer {
  readonly port: number
  readonly origin: string
  readonly streamOrigin: string
  readonly controlUrl: string
  readonly instance: string
  readonly instruments: readonly Instrument[]
  readonly now: number
  /** The first account, and its own books: what a client must agree with. */
  readonly ledger: Ledger
  readonly account: Account
  readonly accounts: readonly ServedAccount[]
  /** The latest requests to place and cancel orders, oldest first. */
  readonly requests: readonly RequestRecord[]
  /** Requests of every kind so far, also those that were refused. */
  readonly received: number
  /** Throws a RangeError when a symbol or account is meant that there is not, or too many faults wait. */
  addFault(fault: ServerFault): void
  /** Moves market time by hand, in lock-step without a control client. */
  advance(until: number): Promise<void>
  close(): Promise<void>
}

const MAX_MESSAGE_BYTES = 256 * 1024
const MAX_REQUESTS = 20_000
const GOING_AWAY = 1_001
const ACCOUNT_NAME_LENGTH = 12

/**
 * Serves an embedded exchange with an account for each key, in the protocol of Binance USDⓈ-M futures, on loopback. Rejects
 * when the port is taken.
 */
export async function startBinanceServer(options: BinanceServerOptions): Promise<BinanceServer> {
  const { tape, marketData, parameters } = options
  const strictLimits = options.strictLimits ?? false
  const faults = createRequestFaults(options.faults ?? [])
  const hub = createStreamHub()
  const requests: RequestRecord[] = []
  const marks = new Map<string, number>()
  const instance = randomBytes(8).toString('hex')
  const accounts = openAccounts({
    keys: [options.account, ...(options.furtherAccounts ?? [])],
    tape,
    parameters,
    hub,
    now: () => driver.now,
    strictLimits,
    countdownCoversAlgo: options.countdownCoversAlgo ?? false,
  })
  const [first] = accounts.all
  const { instruments } = first.account.exchange
  const contracts = createContracts(instruments)
  const marketHand = createMarketHand(
    contracts,
    () => driver.now,
    () => hub.closeAll(GOING_AWAY),
  )
  let received = 0

  const driver = createDriver({
    exchanges: accounts.exchanges,
    start: options.start,
    onMarket(event, now) {
      if (event.kind === 'price') {
        marks.set(event.instrument.symbol, event.mark)
        contracts.observe(event.instrument, event.last, event.mark)
      }
      return hub.sendMarket(marketData.observe(event, now, hub.wanted))
    },
    onAccount(event, _now, at) {
      const { account, stream } = accounts.all[at]!
      return stream.send(account.onEvent(event))
    },
    alarm: {
      get due() {
        return Math.min(marketHand.due, ...accounts.all.map(({ ownHand }) => ownHand.due))
      },
      ring(now) {
        if (marketHand.due <= now) marketHand.ring(now)
        for (const { ownHand } of accounts.all) if (ownHand.due <= now) ownHand.ring(now)
      },
    },
  })
  const lockStep = options.drive === 'lock_step'
  const pacer = options.drive === 'lock_step' ? null : createPacer(driver, options.drive)

  async function advance(until: number): Promise<void> {
    driver.playToPublication(until)
    await hub.settled()
  }

  const control = createControl({
    now: () => driver.now,
    ended: () => driver.ended,
    instance,
    advance,
  })

  const dispatch = createDispatch({
    accounts,
    marketData,
    parameters,
    driver,
    pacer,
    pace: options.drive === 'lock_step' ? 1 : Math.max(1, options.drive),
    strictLimits,
    contracts,
    mark: (instrument) => marks.get(instrument.symbol) ?? Number.NaN,
  })

  async function serve(request: Incoming, response: ServerResponse): Promise<void> {
    const { method, path, parameters: query } = request
    received += 1
    const sender = accounts.byKey(request.key)
    const fault = faults.take(method, path, query, sender?.number)
    let outcome: Outcome | null = null
    if (marketHand.isShut) outcome = MAINTENANCE
    else if (fault?.when !== 'before') outcome = await dispatch.outcomeOf(request, sender, fault)
    if (method !== 'GET' && !path.endsWith('/listenKey')) note(request, sender, outcome)
    // What the request has made happen is written to the streams before its answer is.
    await sendAnswer(response, outcome, fault, { ...dispatch.usageOf(sender), 'x-market-time': String(driver.now) })
  }

  function note(
    { method, path, parameters: query }: Incoming,
    sender: ServedAccount | undefined,
    outcome: Outcome | null,
  ): void {
    const status = outcome === null ? 0 : isFailure(outcome) ? outcome.status : 200
    const shown = Object.fromEntries([...query].filter(([name]) => name !== 'signature'))
    requests.push({ time: driver.now, method, path, parameters: shown, status, account: sender?.number ?? null })
    if (requests.length > MAX_REQUESTS) requests.splice(0, requests.length - MAX_REQUESTS)
  }

  const http = createServer((message, response) => {
    readRequest(message)
      .then(async (request) => {
        if ('msg' in request) return await sendAnswer(response, request, null, {})
        if (request.path === '/control/faults' && request.method === 'POST' && options.faultsOverHttp === true) {
          return await sendAnswer(response, postFault(request.raw, addFault), null, {})
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
    const listener = listenKey === null ? undefined : accounts.byListenKey(listenKey)
    if (isPrivate && !listener) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    const streams = streamsOf(path, url.searchParams)
    const isControl = path === '/control' && lockStep
    if (marketHand.isShut && !isControl) return void socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
    if (!isPrivate && streams === null && !isControl) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
    sockets.handleUpgrade(message, socket, head, (opened) => {
      if (isControl) attachControl(opened, message.headers['x-mbx-apikey'])
      else if (listener) hub.addPrivate(listener.stream, opened, listenKey ?? '')
      else hub.addMarket(opened, streams?.names ?? [], streams?.wrapped ?? false)
    })
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = http.address() as AddressInfo
  pacer?.start()

  /** Without a key it is the first account's. */
  function attachControl(socket: WebSocket, sentKey: string | string[] | undefined): void {
    const apiKey = typeof sentKey === 'string' ? sentKey : first.key.apiKey
    control.attach(socket, accounts.byKey(apiKey)?.number ?? null, apiKey.slice(0, ACCOUNT_NAME_LENGTH))
  }

  function addFault(fault: ServerFault): void {
    if (!('kind' in fault)) {
      if (fault.account !== undefined) accounts.byNumber(fault.account)
      faults.add(fault)
    } else if (isMarketFault(fault)) marketHand.add(fault)
    else if (isAccountFault(fault)) accounts.byNumber(fault.account).ownHand.add(fault)
    else accounts.byNumber(fault.account).streamFaults.add(fault)
  }

  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    streamOrigin: `ws://127.0.0.1:${port}`,
    controlUrl: `ws://127.0.0.1:${port}/control`,
    instance,
    instruments,
    get now() {
      return driver.now
    },
    ledger: first.ledger,
    account: first.account,
    accounts: accounts.all,
    requests,
    get received() {
      return received
    },
    addFault,
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
