import { expect, it } from 'vitest'
import type { StreamHandlers } from '../../../../../src/adapter/ccxt/stream.ts'
import { createAccountStream } from '../../../../../src/adapter/venue/ccxt/account-stream.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'

it('keeps no socket of an attempt whose other socket was cut meanwhile', async () => {
  const open = new Set<string>()
  let cut = true
  const stream = createAccountStream({
    exchange: {
      openStream(url: string, handlers: StreamHandlers) {
        if (open.has(url)) return Promise.reject(new Error('a socket to this address is open already'))
        open.add(url)
        if (url === 'private' && cut) {
          cut = false
          queueMicrotask(() => {
            open.delete(url)
            handlers.onDown('upgrade')
          })
        }
        return Promise.resolve({ url, send: async () => undefined, close: () => void open.delete(url) })
      },
    },
    dialect: {
      streams: async () => [
        { url: 'private', greeting: null, onGreeted: () => null },
        { url: 'business', greeting: null, onGreeted: () => null },
      ],
      prolongStream: async () => undefined,
      prolongEveryMs: Number.POSITIVE_INFINITY,
      readFrame: () => [],
    },
    now: () => epochMs(0),
    push: () => undefined,
    onNews: () => undefined,
  })
  await stream.start()
  await expect.poll(() => stream.isUp, { timeout: 3_000 }).toBe(true)
  expect([...open]).toEqual(['private', 'business'])
  stream.stop()
})
