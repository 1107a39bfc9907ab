import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { Stream, StreamHandlers } from '../../ccxt/stream.ts'
import type { StreamTarget } from './dialect.ts'

/** Wall ms for a venue to answer the greeting. */
const GREETING_MS = 5_000

/** Opens a socket and goes through the greeting; frames of the greeting are not handed on. Rejects where it is refused. */
export async function openSocket(
  exchange: Pick<OpenedExchange, 'openStream'>,
  target: StreamTarget,
  handlers: StreamHandlers,
): Promise<Stream> {
  if (target.greeting === null) return await exchange.openStream(target.url, handlers)
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  // Awaited below, after the greeting has left; a refusal in between is not lost.
  ready.catch(() => undefined)
  let greeted = false
  const timer = setTimeout(() => reject(new Error('the greeting was not answered')), GREETING_MS)
  const stream = await exchange
    .openStream(target.url, {
      onFrame(frame) {
        const step = greeted ? null : target.onGreeted(frame)
        switch (step?.kind) {
          case undefined:
            handlers.onFrame(frame)
            return
          case 'send':
            void send(step.message)
            return
          case 'ready':
            greeted = true
            resolve()
            return
          case 'refused':
            reject(new Error(step.message))
            return
        }
      },
      onDown(message) {
        if (greeted) handlers.onDown(message)
        else reject(new Error(message))
      },
    })
    .catch((error: unknown) => {
      clearTimeout(timer)
      throw error
    })
  async function send(message: unknown): Promise<void> {
    try {
      await stream.send(message)
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)))
    }
  }
  try {
    await send(target.greeting)
    await ready
    return stream
  } catch (error) {
    stream.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
