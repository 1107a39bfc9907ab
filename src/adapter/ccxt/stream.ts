/** What a socket tells; nothing after `onDown`. */
export interface StreamHandlers {
  /** Each frame once, in order of arrival, parsed where it was JSON. */
  onFrame(frame: unknown): void
  /** The socket is gone. */
  onDown(message: string): void
}

/** An open socket. */
export interface Stream {
  readonly url: string
  send(message: unknown): Promise<void>
  /** Closes it; `onDown` is not called. */
  close(): void
}

export interface StreamHub {
  /** Resolves when the socket is open, rejects when it cannot be opened. Never dials a second time. */
  open(url: string, handlers: StreamHandlers): Promise<Stream>
  /** Lets go of every socket. */
  close(): void
}

/** ccxt's socket client, as far as it is used. */
interface SocketClient {
  readonly url: string
  error: unknown
  lastPong: unknown
  connect(backoffMs: number): unknown
  send(message: unknown): Promise<unknown>
  /** The socket itself, once it is being opened. */
  readonly connection: unknown
}

/** The parts of a ccxt exchange through which its sockets speak. */
export interface StreamingExchange {
  readonly clients: Record<string, unknown> | undefined
  client(url: string): unknown
  handleMessage(client: SocketClient, message: unknown): void
  onConnected(client: SocketClient): void
  onError(client: SocketClient, error: unknown): void
  onClose(client: SocketClient, event: unknown): void
}

interface Socket {
  readonly client: SocketClient
  readonly handlers: StreamHandlers
  readonly opened: () => void
  readonly failed: (error: Error) => void
  isOpen: boolean
}

function textOf(cause: unknown): string {
  if (cause instanceof Error) return cause.message
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'number' ? `the other side closed the connection (${code})` : 'the connection closed'
}

/**
 * ccxt's own sockets, with its handlers replaced by ours: its watchers keep only the latest state, deliver late what
 * came between two calls, ignore some frames altogether, and dial again without waiting.
 * @param guard throws for an address that must not be opened
 */
export function createStreamHub(
  exchange: StreamingExchange,
  guard: (url: string) => void,
  onMarketTime: (marketTime: number) => void,
): StreamHub {
  const sockets = new Map<SocketClient, Socket>()

  function down(client: SocketClient, error: unknown): void {
    const socket = sockets.get(client)
    if (!socket) return
    sockets.delete(client)
    if (exchange.clients && exchange.clients[client.url] === client) delete exchange.clients[client.url]
    if (socket.isOpen) socket.handlers.onDown(textOf(error))
    else socket.failed(error instanceof Error ? error : new Error(textOf(error)))
  }

  exchange.handleMessage = (client, message) => {
    // Some venues answer pings in words, which ccxt's own handler would have noticed.
    client.lastPong = Date.now()
    const time = eventTime(message)
    if (time !== undefined) onMarketTime(time)
    sockets.get(client)?.handlers.onFrame(message)
  }
  exchange.onConnected = (client) => {
    const socket = sockets.get(client)
    if (!socket) return
    socket.isOpen = true
    socket.opened()
  }
  exchange.onError = down
  exchange.onClose = (client, event) => down(client, client.error ?? event)

  return {
    async open(url, handlers) {
      guard(url)
      if (exchange.clients?.[url] !== undefined) throw new Error('a socket to this address is open already')
      const client = asSocketClient(exchange.client(url))
      await new Promise<void>((resolve, reject) => {
        sockets.set(client, { client, handlers, opened: resolve, failed: reject, isOpen: false })
        client.connect(0)
      })
      return {
        url,
        send: async (message) => void (await client.send(message)),
        close() {
          sockets.delete(client)
          if (exchange.clients && exchange.clients[url] === client) delete exchange.clients[url]
          terminate(client)
        },
      }
    },
    close() {
      const open = [...sockets.keys()]
      sockets.clear()
      for (const client of open) terminate(client)
    },
  }
}

/** Without waiting for the other side to agree, which a venue that hangs never does. */
function terminate(client: SocketClient): void {
  const { connection } = client
  if (typeof connection === 'object' && connection !== null && 'terminate' in connection) {
    const end = connection.terminate
    if (typeof end === 'function') Reflect.apply(end, connection, [])
  }
}

function asSocketClient(value: unknown): SocketClient {
  if (!isSocketClient(value)) throw new TypeError('ccxt made no socket client')
  return value
}

const isSocketClient = (value: unknown): value is SocketClient =>
  typeof value === 'object' && value !== null && 'connect' in value && 'send' in value && 'url' in value

/** Market time at which Binance frames were sent, plain or wrapped; others carry none. */
function eventTime(frame: unknown): number | undefined {
  if (typeof frame !== 'object' || frame === null) return undefined
  const body: unknown = 'data' in frame && 'stream' in frame ? frame.data : frame
  if (typeof body !== 'object' || body === null || !('E' in body)) return undefined
  return typeof body.E === 'number' ? body.E : undefined
}
