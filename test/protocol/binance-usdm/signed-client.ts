import { createHmac } from 'node:crypto'
import { WebSocket } from 'ws'
import type { BinanceServer } from '../../../src/exchange/protocol/binance-usdm/server.ts'

export const KEY = 'hand-key'
export const SECRET = 'hand-secret'

export interface Reply {
  readonly status: number
  readonly body: Record<string, unknown> & readonly Record<string, unknown>[]
  readonly headers: Headers
}

const sign = (text: string, secret: string): string => createHmac('sha256', secret).update(text).digest('hex')

/** Requests signed by hand, byte for byte as a client without any library would send them. */
export function signedClient(server: BinanceServer, key = KEY, secret = SECRET) {
  async function send(method: string, path: string, query: string, headers: Record<string, string>): Promise<Reply> {
    const inBody = method === 'POST' || method === 'PUT'
    const response = await fetch(`${server.origin}${path}${inBody || query === '' ? '' : `?${query}`}`, {
      method,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      ...(inBody && { body: query }),
    })
    return { status: response.status, body: (await response.json()) as Reply['body'], headers: response.headers }
  }

  return {
    /** `parameters` go out as written, percent-encoding included. */
    signed(method: string, path: string, parameters = '', timestamp: number = server.now): Promise<Reply> {
      const text = `timestamp=${timestamp}${parameters && `&${parameters}`}&recvWindow=5000`
      return send(method, path, `${text}&signature=${sign(text, secret)}`, { 'X-MBX-APIKEY': key })
    },
    raw: send,
  }
}

/** A socket that keeps every frame as the text it came as. */
export async function listen(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly texts: string[]; readonly socket: WebSocket }> {
  const socket = new WebSocket(url, { headers })
  const texts: string[] = []
  socket.on('message', (data: Buffer) => texts.push(data.toString()))
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return { texts, socket }
}
