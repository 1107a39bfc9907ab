import { WebSocket } from 'ws'
import { messageText } from '../../exchange/protocol/binance-usdm/message-text.ts'

/** The embedded exchange's time, in our hands. */
export interface MarketControl {
  /** Market time when the connection was made. */
  readonly start: number
  readonly account: string
  /** Changes with every start of the exchange. */
  readonly instance: string
  /**
   * Moves market time to `until` or to the next publication; Infinity: to the next publication. Time is where it was when
   * another account's client does not want it to move yet. Rejects when the exchange is gone.
   */
  advance(until: number): Promise<{ readonly now: number; readonly ended: boolean }>
  close(): void
}

export type ControlResult =
  | { readonly kind: 'ok'; readonly control: MarketControl }
  | { readonly kind: 'refused'; readonly message: string }

/** The market may take long to step when it has much to say, but not for ever. */
const STEP_DEADLINE_MS = 60_000
const HELLO_DEADLINE_MS = 10_000

interface Waiting {
  readonly id: number
  readonly resolve: (moved: { now: number; ended: boolean }) => void
  readonly reject: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
}

export interface MarketControlOptions {
  /** API key of the account that wants the time; absent: the first account. */
  readonly key?: string
  /** Told once when the exchange is gone after it had said hello, also while nobody asks it for time. */
  readonly onLost?: (reason: string) => void
}

/** Connects to the control socket of an embedded exchange that runs in lock-step. */
export function openMarketControl(url: string, { key, onLost }: MarketControlOptions = {}): Promise<ControlResult> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      headers: key === undefined ? {} : { 'X-MBX-APIKEY': key },
    })
    let waiting: Waiting | null = null
    let sequence = 0
    let failed: string | null = null
    let greeted = false

    function fail(message: string): void {
      if (failed === null && greeted) onLost?.(message)
      failed ??= message
      clearTimeout(greeting)
      resolve({ kind: 'refused', message: failed })
      if (!waiting) return
      clearTimeout(waiting.timer)
      waiting.reject(new Error(failed))
      waiting = null
    }
    const greeting = setTimeout(() => {
      fail('the exchange does not hand over its time')
      socket.terminate()
    }, HELLO_DEADLINE_MS)

    function onHello(said: Message): void {
      clearTimeout(greeting)
      greeted = true
      resolve({
        kind: 'ok',
        control: {
          start: said.now,
          account: said.account ?? '',
          instance: said.instance ?? '',
          advance(until) {
            if (failed !== null) return Promise.reject(new Error(failed))
            if (waiting) return Promise.reject(new Error('the market is being moved already'))
            sequence += 1
            const id = sequence
            return new Promise((moved, reject) => {
              const timer = setTimeout(() => {
                fail(`the exchange did not move its market within ${STEP_DEADLINE_MS / 1_000} s`)
                socket.terminate()
              }, STEP_DEADLINE_MS)
              waiting = { id, resolve: moved, reject, timer }
              socket.send(JSON.stringify({ id, advance: Number.isFinite(until) ? until : null }))
            })
          },
          close() {
            failed = 'closed'
            socket.terminate()
          },
        },
      })
    }

    socket.on('message', (data) => {
      const said = readMessage(messageText(data))
      if (said === null) return fail('the exchange says something that is no answer')
      if (said.hello) return onHello(said)
      if (waiting?.id !== said.id) return
      const { resolve: moved, timer } = waiting
      clearTimeout(timer)
      waiting = null
      moved({ now: said.now, ended: said.ended })
    })
    socket.on('unexpected-response', () => {
      fail('the exchange keeps its own time: serve it with --speed lock-step')
      socket.terminate()
    })
    socket.on('error', (error) => fail(`the exchange's time is out of reach: ${error.message}`))
    socket.on('close', (code, reason) => fail(reason.length > 0 ? reason.toString() : `the exchange is gone (${code})`))
  })
}

interface Message {
  readonly hello: boolean
  readonly id: number | null
  readonly now: number
  readonly ended: boolean
  readonly account: string | null
  readonly instance: string | null
}

function readMessage(text: string): Message | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  const fields = new Map<string, unknown>(Object.entries(said))
  const now = fields.get('now')
  if (typeof now !== 'number') return null
  const stringAt = (name: string): string | null => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : null
  }
  const id = fields.get('id')
  return {
    hello: fields.get('hello') === true,
    id: typeof id === 'number' ? id : null,
    now,
    ended: fields.get('ended') === true,
    account: stringAt('account'),
    instance: stringAt('instance'),
  }
}
