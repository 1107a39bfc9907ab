import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { RequestFault } from './request-faults.ts'
import { isFailure, type Outcome } from './route.ts'

const JSON_TYPE = 'application/json'
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>'
const HALF = 2

/** Sends what came of a request, or what a fault makes of it. */
export async function sendAnswer(
  response: ServerResponse,
  outcome: Outcome | null,
  fault: RequestFault | null,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if (fault?.delay_ms) await delay(fault.delay_ms)
  const answer = fault?.answer
  if (answer === 'drop') return
  if (answer === 'reset' || (answer === undefined && outcome === null)) {
    response.destroy()
    return
  }
  if (answer === 'html') {
    response.writeHead(502, { 'content-type': 'text/html' })
    response.end(HTML)
    return
  }
  if (typeof answer === 'object') {
    const retry = answer.retry_after_secs === undefined ? {} : { 'retry-after': String(answer.retry_after_secs) }
    response.writeHead(answer.status, { ...headers, ...retry, 'content-type': JSON_TYPE })
    response.end(JSON.stringify(answer.body))
    return
  }
  const shown = outcome ?? { body: {} }
  const text = JSON.stringify(isFailure(shown) ? { code: shown.code, msg: shown.msg } : shown.body)
  const status = isFailure(shown) ? shown.status : 200
  response.writeHead(status, {
    ...headers,
    'content-type': JSON_TYPE,
    'content-length': String(Buffer.byteLength(text)),
  })
  if (answer !== 'half_body') {
    response.end(text)
    return
  }
  response.write(text.slice(0, Math.floor(text.length / HALF)), () => response.destroy())
}
