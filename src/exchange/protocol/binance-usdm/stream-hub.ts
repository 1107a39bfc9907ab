import type { WebSocket } from 'ws'
import { createAccountStream, type AccountStream } from './account-stream.ts'
import type { StreamFrame } from './market-data-port.ts'
import { messageText } from './message-text.ts'
import type { StreamFaults } from './stream-faults.ts'

/** All stream sockets of the exchange: who listens to what, and what was sent since the last barrier. */
export interface StreamHub {
  /** Streams that somebody wants. */
  readonly wanted: ReadonlySet<string>
  /** `wrapped`: each message names its stream. */
  addMarket(socket: WebSocket, streams: readonly string[], wrapped: boolean): void
  /** Makes the stream of one more account. */
  openAccount(faults: StreamFaults): AccountStream
  addPrivate(stream: AccountStream, socket: WebSocket, listenKey: string): void
  /** True when somebody was sent something. */
  sendMarket(frames: readonly StreamFrame[]): boolean
  /** Resolves when every socket that was sent something has handled it, or has not answered in time. */
  settled(): Promise<void>
  closeAll(code: number): void
}

const MAX_SOCKETS = 256
const MAX_STREAMS = 1_024
/** A socket that does not answer a ping in this wall time is not waited for. */
const BARRIER_MS = 1_000
const POLICY_VIOLATION = 1_008

interface Subscriber {
  readonly socket: WebSocket
  readonly streams: Set<string>
  readonly wrapped: boolean
}

export function createStreamHub(): StreamHub {
  const market = new Map<WebSocket, Subscriber>()
  const accounts: AccountStream[] = []
  const wanted = new Set<string>()
  const dirty = new Set<WebSocket>()
  let pings = 0

  const isFull = (): boolean => accounts.reduce((sum, { size }) => sum + size, market.size) >= MAX_SOCKETS

  function recount(): void {
    wanted.clear()
    for (const { streams } of market.values()) for (const stream of streams) wanted.add(stream)
  }

  function write(socket: WebSocket, text: string): void {
    if (socket.readyState !== socket.OPEN) return
    socket.send(text)
    dirty.add(socket)
  }

  function onMessage(subscriber: Subscriber, text: string): void {
    const { socket, streams } = subscriber
    const said = readSubscription(text)
    if (said.kind === 'invalid') {
      socket.send(JSON.stringify({ error: { code: 2, msg: said.message }, ...(said.id !== null && { id: said.id }) }))
      return
    }
    for (const stream of said.streams) {
      if (said.method === 'UNSUBSCRIBE') streams.delete(stream)
      else if (streams.size < MAX_STREAMS) streams.add(stream)
    }
    recount()
    socket.send(JSON.stringify({ result: null, id: said.id }))
  }

  function ponged(socket: WebSocket): Promise<void> {
    return new Promise((resolve) => {
      pings += 1
      const payload = String(pings)
      const done = (): void => {
        clearTimeout(timer)
        socket.off('pong', onPong)
        socket.off('close', done)
        resolve()
      }
      const onPong = (data: Buffer): void => {
        if (data.toString() === payload) done()
      }
      const timer = setTimeout(done, BARRIER_MS)
      socket.on('pong', onPong)
      socket.on('close', done)
      socket.ping(payload)
    })
  }

  return {
    wanted,
    addMarket(socket, streams, wrapped) {
      if (isFull()) return socket.close(POLICY_VIOLATION, 'too many sockets')
      const subscriber: Subscriber = { socket, streams: new Set(streams.slice(0, MAX_STREAMS)), wrapped }
      market.set(socket, subscriber)
      recount()
      socket.on('message', (data) => onMessage(subscriber, messageText(data)))
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        market.delete(socket)
        dirty.delete(socket)
        recount()
      })
    },
    openAccount(faults) {
      const stream = createAccountStream(faults, write, (socket) => dirty.delete(socket))
      accounts.push(stream)
      return stream
    },
    addPrivate(stream, socket, listenKey) {
      if (isFull()) return socket.close(POLICY_VIOLATION, 'too many sockets')
      stream.add(socket, listenKey)
    },
    sendMarket(frames) {
      let sent = false
      for (const { stream, data } of frames) {
        let text: string | null = null
        for (const { socket, streams, wrapped } of market.values()) {
          if (!streams.has(stream)) continue
          text ??= JSON.stringify(data)
          write(socket, wrapped ? `{"stream":${JSON.stringify(stream)},"data":${text}}` : text)
          sent = true
        }
      }
      return sent
    },
    async settled() {
      if (dirty.size === 0) return
      const waiting = [...dirty].map(ponged)
      dirty.clear()
      await Promise.all(waiting)
    },
    closeAll(code) {
      for (const socket of [...market.keys(), ...accounts.flatMap((stream) => [...stream.sockets()])]) {
        socket.close(code)
        socket.terminate()
      }
    },
  }
}

type Subscription =
  | { readonly kind: 'valid'; readonly method: string; readonly streams: readonly string[]; readonly id: unknown }
  | { readonly kind: 'invalid'; readonly message: string; readonly id: unknown }

function readSubscription(text: string): Subscription {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return { kind: 'invalid', message: 'Invalid request: it is no JSON', id: null }
  }
  if (typeof said !== 'object' || said === null) return { kind: 'invalid', message: 'Invalid request', id: null }
  const { method, params, id = null } = said as { method?: unknown; params?: unknown; id?: unknown }
  const known = method === 'SUBSCRIBE' || method === 'UNSUBSCRIBE'
  if (!known) return { kind: 'invalid', message: 'Invalid request: unknown method', id }
  if (!Array.isArray(params) || !params.every((one) => typeof one === 'string' && /^[a-z0-9!_@]+$/i.test(one)))
    return { kind: 'invalid', message: 'Invalid request: invalid stream', id }
  return { kind: 'valid', method, streams: params as readonly string[], id }
}
