import { setTimeout as delay } from 'node:timers/promises'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { Stream } from '../../ccxt/stream.ts'
import type { MarketDialect, QuoteUpdate, Subscription } from './dialect.ts'

/** The market's sockets, each dialled again whenever it is gone. */
export interface MarketStreams {
  /** Resolves after the first attempt of every socket. */
  start(): Promise<void>
  close(): void
}

export interface MarketStreamsOptions {
  readonly exchange: Pick<OpenedExchange, 'openStream'>
  readonly dialect: Pick<MarketDialect, 'subscriptions' | 'readFrame'>
  readonly onUpdates: (updates: readonly QuoteUpdate[]) => void
  readonly onState: (state: 'up' | 'down', message: string) => void
}

const BACKOFF_MIN_MS = 250
const BACKOFF_MAX_MS = 15_000
const JITTER = 0.3

interface Life {
  stage: 'opening' | 'up' | 'over'
  stream: Stream | null
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export function createMarketStreams({ exchange, dialect, onUpdates, onState }: MarketStreamsOptions): MarketStreams {
  const stopping = new AbortController()
  const open = new Set<Stream>()
  let down = 0

  function lost(message: string): void {
    down += 1
    if (down === 1) onState('down', `a market stream is gone: ${message}`)
  }

  function found(): void {
    down -= 1
    if (down === 0) onState('up', 'the market streams are open')
  }

  /** True when the socket is open and subscribed. Until then its end is this attempt's failure and nobody else's. */
  async function dial(subscription: Subscription): Promise<boolean> {
    const life: Life = { stage: 'opening', stream: null }
    const isOver = (): boolean => life.stage === 'over' || stopping.signal.aborted

    function end(message: string): void {
      const { stage, stream } = life
      if (stage === 'over') return
      life.stage = 'over'
      if (stream) {
        open.delete(stream)
        stream.close()
      }
      if (stage === 'opening' || stopping.signal.aborted) return
      lost(message)
      void redial(subscription)
    }

    try {
      const stream = await exchange.openStream(subscription.url, {
        onFrame(frame) {
          try {
            onUpdates(dialect.readFrame(frame))
          } catch (error) {
            end(textOf(error))
          }
        },
        onDown: end,
      })
      if (isOver()) {
        stream.close()
        return false
      }
      life.stream = stream
      open.add(stream)
      await stream.send(subscription.message)
    } catch (error) {
      end(textOf(error))
      return false
    }
    if (isOver()) return false
    life.stage = 'up'
    return true
  }

  async function redial(subscription: Subscription): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const wait = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(failures, 10))
      const jittered = wait * (1 - JITTER + 2 * JITTER * Math.random())
      await delay(jittered, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      if (await dial(subscription)) return found()
    }
  }

  return {
    async start() {
      await Promise.all(
        dialect.subscriptions.map(async (subscription) => {
          if ((await dial(subscription)) || stopping.signal.aborted) return
          lost(`${subscription.url} cannot be opened`)
          void redial(subscription)
        }),
      )
    },
    close() {
      stopping.abort()
      for (const stream of open) stream.close()
      open.clear()
    },
  }
}
