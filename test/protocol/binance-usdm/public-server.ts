import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { crowdScene, MONDAY, type Scene } from '../../unit/exchange/protocol/market-data/scene.ts'

/** Public market data alone behind a socket: enough for a client's public calls, on a market that moves when told to. */
export interface PublicServer {
  readonly port: number
  readonly scene: Scene
  now(): number
  /** Moves the market on and sends its messages to those who subscribed. */
  advance(ms: number): void
  /** Resolves when this stream has been subscribed to. */
  subscribed(stream: string): Promise<void>
  close(): Promise<void>
}

export async function servePublic(symbols: readonly string[]): Promise<PublicServer> {
  const scene = crowdScene(symbols)
  const wanted = new Map<WebSocket, Set<string>>()
  let now = MONDAY
  scene.run(now)
  const server: Server = createServer((request, response) => {
    // The first segment is the host that the client believes it talks to.
    const url = new URL(request.url ?? '/', 'http://here')
    const path = `/${url.pathname.split('/').slice(2).join('/')}`
    const answer = scene.data.answer(path, url.searchParams, now)
    response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer?.body ?? {}))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    wanted.set(socket, new Set())
    socket.on('message', (text) => {
      const { id, params } = JSON.parse(String(text)) as { id: number; params: string[] }
      for (const stream of params) wanted.get(socket)?.add(stream)
      socket.send(JSON.stringify({ result: null, id }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const union = (): ReadonlySet<string> => new Set([...wanted.values()].flatMap((streams) => [...streams]))
  return {
    port: (server.address() as AddressInfo).port,
    scene,
    now: () => now,
    advance(ms) {
      now += ms
      scene.run(
        now,
        (_event, frames) => {
          for (const { stream, data } of frames)
            for (const [socket, streams] of wanted) if (streams.has(stream)) socket.send(JSON.stringify(data))
        },
        union(),
      )
    },
    async subscribed(stream) {
      while (!union().has(stream)) await new Promise((done) => setTimeout(done, 5))
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
