import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

type Kind = 'control' | 'stream' | 'request'

/** Stands between the bot and its exchange, counts, and cuts. */
export interface Relay {
  readonly origin: string
  /** Requests that passed, as `POST /fapi/v1/order`. */
  readonly requests: ReadonlyMap<string, number>
  /** Cuts the connections of this kind that are open; returns how many. */
  cut(kind: Exclude<Kind, 'control'>): number
  close(): void
}

const HEAD = /^(GET|POST|PUT|DELETE) ([^ ?]+)/

export async function openRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target)
  const open = new Map<Socket, Kind>()
  const requests = new Map<string, number>()

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    open.set(client, 'request')
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    // The bot's requests have no body or a short one: each begins a chunk.
    client.on('data', (chunk) => {
      const head = HEAD.exec(chunk.toString('latin1', 0, 200))
      if (!head) return
      const [, method = '', path = ''] = head
      if (path === '/control') open.set(client, 'control')
      else if (/\/(ws|stream)(\/|$)/.test(path)) open.set(client, 'stream')
      else requests.set(`${method} ${path}`, (requests.get(`${method} ${path}`) ?? 0) + 1)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(client)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    cut(kind) {
      const meant = [...open].filter(([, own]) => own === kind)
      for (const [socket] of meant) socket.destroy()
      return meant.length
    },
    close() {
      server.close()
      for (const socket of open.keys()) socket.destroy()
    },
  }
}
