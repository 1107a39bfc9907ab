import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { EpochMs } from '../../domain/unit.ts'
import { HttpAgent } from '../node-http.ts'
import { environmentRules, environmentsOf, keylessRules, type CcxtEnvironment, type CcxtId } from './environment.ts'
import { loadExchangeClass } from './exchange-class.ts'
import { guardStream, guardUrls } from './guard-urls.ts'
import { createStreamHub, type Stream, type StreamHandlers } from './stream.ts'
import { createTransport, type TransportRequest } from './transport.ts'

export interface Credentials {
  readonly apiKey: string
  readonly secret: string
  /** OKX signs with a third secret. */
  readonly passphrase?: string
}

export interface OpenExchangeOptions {
  readonly id: CcxtId
  /** `null`: public data only. */
  readonly credentials: Credentials | null
  readonly environment: CcxtEnvironment
  /**
   * `http://127.0.0.1:PORT` and `ws://127.0.0.1:PORT`, which get everything that would go out: needed for `embedded`; in
   * other environments a double of the exchange for tests, on loopback alone.
   */
  readonly embedded?: { readonly restOrigin: string; readonly streamOrigin: string }
  /** Market time: what requests are stamped with. `observe` is told of the time that answers and frames carry. */
  readonly clock: { now(): EpochMs; observe?(marketTime: EpochMs): void }
  /** For each request with its whole answer; wall ms. */
  readonly deadlineMs: number
  /** A request was about to go where it must not: it was stopped, and so must everything else be. */
  readonly onViolation?: (violation: Error) => void
}

/** The parts of a ccxt exchange that are used by name; implicit endpoint methods are reached through `request`. */
export interface CcxtExchange {
  readonly id: string
  readonly markets: Readonly<Record<string, unknown>> | undefined
  readonly options: Record<string, unknown>
  loadMarkets(reload?: boolean): Promise<unknown>
  readonly [method: string]: unknown
}

/** A ccxt exchange that speaks to one environment and to nothing else. */
export interface OpenedExchange {
  readonly id: CcxtId
  readonly environment: CcxtEnvironment
  /** The ccxt class itself, for its unified calls. */
  readonly exchange: CcxtExchange
  /** Calls a method of the class by name: an implicit endpoint (`fapiPrivatePostOrder`) or a unified one. */
  request(method: string, ...args: readonly unknown[]): Promise<unknown>
  /** Opens a socket; every frame reaches the handlers once, in order, parsed. Never dials again by itself. */
  openStream(url: string, handlers: StreamHandlers): Promise<Stream>
  /** The address of a stream kind, from the class's own table: `future`, `private.contract`; of a table without kinds: ``. */
  streamBase(kind: string): string
  /** What the account's secret makes of a text: streams want to see it. */
  hmac(text: string, encoding: 'hex' | 'base64'): string
  readonly apiKey: string
  readonly passphrase: string
  /** Server time minus local time, by which requests are stamped; ms. */
  setClockOffset(offsetMs: number): void
  close(): Promise<void>
}

/** Opening needs an environment that the exchange has, and addresses that all lie within it. */
export class OpenExchangeError extends Error {
  override readonly name = 'OpenExchangeError'
}

/** Ping interval on every socket; a dead one is noticed after at most four of them. Wall ms. */
const PING_MS = 2_000
const LOOPBACK = /^(?:http|ws):\/\/(?:127\.0\.0\.1|\[::1\]|localhost):\d+$/
/** Sockets that have not closed after this are left to the end of the process. */
const CLOSE_MS = 1_000
/** ccxt's own timer must never fire first. */
const CCXT_TIMEOUT_FACTOR = 10

/** The instance seen as what is set on it here. */
interface Settable {
  urls: { api: unknown }
  readonly hostname: string | undefined
  fetchImplementation: unknown
  httpAgent: unknown
  milliseconds: () => number
  enableDemoTrading(enable: boolean): void
  setSandboxMode(enabled: boolean): void
}

/**
 * Loads the class and opens one exchange: quiet constructor (no limiter, no retries, no currency calls), switched to its
 * environment once by method, every address checked, every request sent by our own transport.
 * Rejects with an {@link OpenExchangeError} or an `EgressViolation`.
 */
export async function openExchange(options: OpenExchangeOptions): Promise<OpenedExchange> {
  const { id, environment, clock, deadlineMs, credentials, embedded } = options
  const known = environmentRules(id, environment)
  if (!known)
    throw new OpenExchangeError(`${id} has no ${environment} environment; it has ${environmentsOf(id).join(', ')}`)
  if (environment === 'embedded' && embedded === undefined)
    throw new OpenExchangeError('the embedded environment needs the origins of the embedded exchange')
  if (embedded && !(LOOPBACK.test(embedded.restOrigin) && LOOPBACK.test(embedded.streamOrigin)))
    throw new OpenExchangeError('an exchange of our own lives on loopback')
  const rules = credentials ? known : keylessRules(known)
  const observe = (marketTime: number): void => clock.observe?.(marketTime as EpochMs)

  const ExchangeClass = await loadExchangeClass(id)
  const instance = new ExchangeClass({
    ...(credentials && { apiKey: credentials.apiKey, secret: credentials.secret }),
    ...(credentials?.passphrase !== undefined && { password: credentials.passphrase }),
    number: String,
    enableRateLimit: false,
    timeout: deadlineMs * CCXT_TIMEOUT_FACTOR,
    streaming: { keepAlive: PING_MS, connectionTimeout: deadlineMs },
    options: { ...CLASS_OPTIONS[id] },
  })
  const settable: Settable = instance
  if (rules.by === 'demo') settable.enableDemoTrading(true)
  else if (rules.by === 'sandbox') settable.setSandboxMode(true)
  // The switch shares the class's table between instances; ours may be changed below.
  settable.urls.api = structuredClone(settable.urls.api)
  if (embedded && environment === 'embedded') useEmbedded(settable, embedded.streamOrigin)
  const streamOrigin = embedded?.streamOrigin ?? null
  guardUrls(settable.urls.api, rules, settable.hostname, streamOrigin)

  const transport = createTransport({
    rules,
    rewriteTo: embedded?.restOrigin ?? null,
    deadlineMs,
    onMarketTime: observe,
    onViolation: (violation) => options.onViolation?.(violation),
  })
  settable.fetchImplementation = (url: string, request: TransportRequest) => transport.fetch(url, request)
  settable.httpAgent = new HttpAgent({ keepAlive: true })
  let offset = 0
  settable.milliseconds = () => Math.floor(clock.now() + offset)
  const streams = createStreamHub(instance, (url) => guardStream(url, rules, streamOrigin), observe)
  const exchange: CcxtExchange = instance

  return {
    id,
    environment,
    exchange,
    apiKey: credentials?.apiKey ?? '',
    passphrase: credentials?.passphrase ?? '',
    request(method, ...args) {
      const call = exchange[method]
      if (typeof call !== 'function') return Promise.reject(new TypeError(`${id} has no method ${method}`))
      return Promise.resolve(Reflect.apply(call, instance, args))
    },
    async openStream(url, handlers) {
      if (streamOrigin === null || url.startsWith(`${streamOrigin}/`)) return await streams.open(url, handlers)
      guardStream(url, rules, null)
      return await streams.open(url.replace(/^wss:\/\//, `${streamOrigin}/`), handlers)
    },
    streamBase(kind) {
      const base = streamAddress(settable.urls.api, kind)
      if (base === undefined) throw new TypeError(`${id} has no stream address ${kind}`)
      return base.replace('{hostname}', settable.hostname ?? '')
    },
    hmac: (text, encoding) =>
      createHmac('sha256', credentials?.secret ?? '')
        .update(text)
        .digest(encoding),
    setClockOffset(offsetMs) {
      offset = offsetMs
    },
    async close() {
      streams.close()
      const closing = new AbortController()
      const { signal } = closing
      // ccxt waits for the other side to agree, which a venue that hangs never does.
      await Promise.race([instance.close(), delay(CLOSE_MS, null, { signal })]).finally(() => closing.abort())
      transport.close()
    },
  }
}

const CLASS_OPTIONS: Readonly<Record<CcxtId, Readonly<Record<string, unknown>>>> = {
  binanceusdm: {
    fetchCurrencies: false,
    fetchMargins: false,
    watchPositions: { fetchPositionsSnapshot: false },
    maxRetriesOnFailure: 0,
  },
  bybit: {
    defaultType: 'swap',
    fetchCurrencies: false,
    fetchMarkets: { types: ['linear'] },
    enableUnifiedAccount: true,
    enableUnifiedMargin: false,
    unifiedMarginStatus: 6,
    maxRetriesOnFailure: 0,
  },
  okx: { defaultType: 'swap', fetchCurrencies: false, fetchMarkets: { types: ['swap'] }, maxRetriesOnFailure: 0 },
}

/** The embedded exchange plays the demo environment, streams included, and also serves the history that demo lacks. */
function useEmbedded(settable: Settable, streamOrigin: string): void {
  const api = settable.urls.api
  if (typeof api !== 'object' || api === null) throw new OpenExchangeError('the class keeps no table of addresses')
  Object.assign(api, {
    fapiData: 'https://demo-fapi.binance.com/futures/data',
    ws: { future: `${streamOrigin}/fstream/ws` },
  })
}

function streamAddress(api: unknown, kind: string): string | undefined {
  let found: unknown = typeof api === 'object' && api !== null && 'ws' in api ? api.ws : undefined
  for (const part of kind === '' ? [] : kind.split('.'))
    found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined
  return typeof found === 'string' ? found : undefined
}
