import type { IncomingMessage } from 'node:http'
import { failure, type ApiFailure } from './reject-code.ts'

const HOSTS: ReadonlySet<string> = new Set(['fapi.binance.com', 'demo-fapi.binance.com', 'testnet.binancefuture.com'])
const MAX_BODY_BYTES = 256 * 1024

/** The market streams that a socket's path asks for, and whether each message names its stream; `null`: it is no such path. */
export function streamsOf(
  path: string,
  query: URLSearchParams,
): { readonly names: readonly string[]; readonly wrapped: boolean } | null {
  const [, kind, name] = /^\/(?:(?:market|public)\/)?(ws|stream)(?:\/([\w!@]+))?$/.exec(path) ?? []
  if (kind === undefined) return null
  if (kind === 'stream') return { names: (query.get('streams') ?? '').split('/').filter(Boolean), wrapped: true }
  // A bare number is the client's own count of its sockets.
  return { names: name === undefined || /^\d+$/.test(name) ? [] : [name], wrapped: false }
}

/** A request as it was received. */
export interface Incoming {
  readonly method: string
  readonly path: string
  readonly raw: string
  readonly parameters: URLSearchParams
  readonly key: string | undefined
}

/** The request as received, or why it is none for this exchange. */
export async function readRequest(message: IncomingMessage): Promise<Incoming | ApiFailure> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_BODY_BYTES) return failure(-1130, 'The request is too long.', 413)
    parts.push(part)
  }
  const [target, query = ''] = splitOnce(message.url ?? '/', '?')
  const body = Buffer.concat(parts).toString('utf8')
  const raw = body === '' ? query : body
  const [, first = '', rest] = /^\/([^/]*)(\/.*)?$/.exec(target) ?? []
  const named = first.includes('.')
  if (named && !HOSTS.has(first)) return failure(-5001, `This exchange does not stand in for ${first}.`, 404)
  const sentKey = message.headers['x-mbx-apikey']
  return {
    method: message.method ?? 'GET',
    path: named ? (rest ?? '/') : target,
    raw,
    parameters: new URLSearchParams(raw),
    key: typeof sentKey === 'string' ? sentKey : undefined,
  }
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
