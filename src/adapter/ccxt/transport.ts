import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { HttpAgent, HttpsAgent, requestHttp, requestHttps } from '../node-http.ts'
import { currentRecord } from './call-record.ts'
import { assertEgress, EgressViolation, type Destination, type Headers } from './egress.ts'
import type { EnvironmentRules } from './environment.ts'
import { createTurns } from './turns.ts'

export interface TransportOptions {
  readonly rules: EnvironmentRules
  /** Origin of the embedded exchange, which gets every request under the path `/<original host>/…`; `null`: the internet. */
  readonly rewriteTo: string | null
  /** For the whole exchange of request and answer, body included; wall ms. */
  readonly deadlineMs: number
  /** Told of the market time that an answer carries. */
  readonly onMarketTime: (marketTime: number) => void
  /** A request was stopped because of where it was going. */
  readonly onViolation: (violation: Error) => void
}

/** What ccxt hands to its fetch. */
export interface TransportRequest {
  readonly method?: string
  readonly headers?: Headers
  readonly body?: string
}

/** As much of a fetch response as ccxt reads. */
export interface TransportResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  text(): Promise<string>
}

export interface Transport {
  fetch(url: string, request: TransportRequest): Promise<TransportResponse>
  close(): void
}

/** Longest answer that is read: the exchange information of a whole venue is about 2 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024
const MAX_SOCKETS = 32
/** Questions under way at once: where a venue answers none of them, orders and cancels still have connections. */
const MAX_READS = 24
/** Sockets that wait for the next request: an order must not wait for a connection. */
const MAX_FREE_SOCKETS = 8
const IDLE_PROBE_MS = 1_000

/** Length of `://`. */
const SCHEME_END = 3
/** Set here, whatever ccxt says of them. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['host', 'accept-encoding', 'content-length'])

/** Where requests to one origin go. */
interface Target extends Destination {
  readonly send: (options: RequestOptions) => ClientRequest
  readonly to: { readonly host: string; readonly port: string; readonly agent: Agent }
  readonly hostHeader: string
  /** Of every path. */
  readonly prefix: string
}

function failure(name: string, code: string, message: string): Error {
  return Object.assign(new Error(message), { name, code })
}

/** ccxt capitalises names word by word and expects one string each. */
function headersOf(message: IncomingMessage): Headers {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return headers
}

/**
 * HTTP over warm connections. Unlike ccxt's own, its deadline covers the body, redirects are answers like any other,
 * and it writes down how far each request came. The answer is complete when it is handed over.
 */
export function createTransport(options: TransportOptions): Transport {
  const { rules, rewriteTo, deadlineMs, onMarketTime, onViolation } = options
  const agentOptions = {
    keepAlive: true,
    keepAliveMsecs: IDLE_PROBE_MS,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_FREE_SOCKETS,
    noDelay: true,
  }
  const plain = new HttpAgent(agentOptions)
  const secure = new HttpsAgent(agentOptions)

  let isClosed = false
  const reads = createTurns(MAX_READS)
  const isRead = ({ method = 'GET' }: TransportRequest): boolean => method === 'GET'

  const tooLate = (): Error => failure('TimeoutError', 'DEADLINE', `no complete answer within ${deadlineMs} ms`)

  const closed = (): Error => failure('Error', 'ECONNRESET', 'the exchange was closed')

  const rewritten = rewriteTo === null ? null : new URL(rewriteTo)
  /** By the text before a path: taken apart once, because a URL is not parsed for nothing on the way of every order. */
  const targets = new Map<string, Target>()

  function targetOf(origin: string): Target {
    const { protocol, hostname, port, host, pathname, username, search } = new URL(`${origin}/`)
    if (pathname !== '/' || search !== '' || username !== '')
      throw new EgressViolation('a request was about to go to an address that is more than a host')
    const to = rewritten ?? { protocol, hostname, port, host }
    const isSecure = to.protocol === 'https:'
    return {
      protocol,
      hostname,
      send: isSecure ? requestHttps : requestHttp,
      to: {
        host: to.hostname.startsWith('[') ? to.hostname.slice(1, -1) : to.hostname,
        port: to.port,
        agent: isSecure ? secure : plain,
      },
      hostHeader: to.host,
      prefix: rewritten ? `/${host}` : '',
    }
  }

  /** As {@link send}; a question may have to wait for others, and its deadline covers that, too. */
  async function ask(target: Target, path: string, request: TransportRequest): Promise<TransportResponse> {
    const until = performance.now() + deadlineMs
    if (!(await reads.take(deadlineMs))) throw tooLate()
    try {
      const left = until - performance.now()
      if (left <= 0) throw tooLate()
      if (isClosed) throw closed()
      return await send(target, path, request, left)
    } finally {
      reads.give()
    }
  }

  function send(target: Target, path: string, request: TransportRequest, withinMs: number) {
    const { method = 'GET', headers = {}, body } = request
    const record = currentRecord()
    // A list goes out as it is; an object would be gathered and checked header by header first.
    const list = ['Host', target.hostHeader]
    for (const name in headers) if (!OWN_HEADERS.has(name.toLowerCase())) list.push(name, headers[name]!)
    list.push('accept-encoding', 'identity')
    if (body !== undefined) list.push('content-length', String(Buffer.byteLength(body)))
    else if (method !== 'GET') list.push('content-length', '0')
    return new Promise<TransportResponse>((resolve, reject) => {
      const { to } = target
      const sent = target.send({
        host: to.host,
        port: to.port,
        agent: to.agent,
        path: target.prefix + path,
        method,
        headers: list,
        setHost: false,
      })
      let late: Error | null = null
      const timer = setTimeout(() => {
        late = tooLate()
        sent.destroy(late)
      }, withinMs)
      const fail = (error: Error): void => {
        clearTimeout(timer)
        reject(late ?? error)
      }
      sent.on('socket', (socket) => {
        const left = (): void => {
          if (record) record.phase = 'sent'
        }
        // From the moment there is a connection, bytes may have reached the other side.
        if (socket.connecting) socket.once('connect', left)
        else left()
      })
      sent.on('error', fail)
      sent.on('response', (message) => {
        const parts: Buffer[] = []
        let bytes = 0
        message.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes > MAX_BODY_BYTES) sent.destroy(failure('Error', 'UND_ERR_SOCKET', 'the answer is too long'))
          else parts.push(part)
        })
        message.once('error', fail)
        message.once('aborted', () => fail(failure('Error', 'ECONNRESET', 'the answer was cut off')))
        message.once('end', () => {
          clearTimeout(timer)
          if (!message.complete) return fail(failure('Error', 'ECONNRESET', 'the answer was cut off'))
          const text = Buffer.concat(parts).toString('utf8')
          const answered = headersOf(message)
          const status = message.statusCode ?? 0
          if (record) {
            record.phase = 'answered'
            record.status = status
            record.body = text
            record.retryAfter = answered['retry-after'] ?? ''
            record.usedWeight = Number(answered['x-mbx-used-weight-1m'] ?? Number.NaN)
            if (!Number.isFinite(record.usedWeight)) record.usedWeight = null
          }
          const marketTime = Number(answered['x-market-time'])
          if (Number.isFinite(marketTime)) onMarketTime(marketTime)
          resolve({
            status,
            statusText: message.statusMessage ?? '',
            headers: answered,
            text: () => Promise.resolve(text),
          })
        })
      })
      sent.end(body)
    })
  }

  return {
    async fetch(url, request) {
      // Whoever ends would wait for what is said anew.
      if (isClosed) throw closed()
      const start = url.indexOf('/', url.indexOf('://') + SCHEME_END)
      const origin = start < 0 ? url : url.slice(0, start)
      let target = targets.get(origin)
      try {
        target ??= targetOf(origin)
        assertEgress(target, request.headers ?? {}, rules)
        // Allowed ones alone are few.
        targets.set(origin, target)
      } catch (error) {
        if (error instanceof Error) onViolation(error)
        throw error
      }
      const path = start < 0 ? '/' : url.slice(start)
      return await (isRead(request) ? ask(target, path, request) : send(target, path, request, deadlineMs))
    },
    close() {
      isClosed = true
      plain.destroy()
      secure.destroy()
    },
  }
}
