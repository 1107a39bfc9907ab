import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Stream, StreamHandlers } from '../../../../src/adapter/ccxt/stream.ts'
import { createMarketStreams } from '../../../../src/adapter/market-data/ccxt/streams.ts'

interface Dialled {
  readonly handlers: StreamHandlers
  open: boolean
}

/** A venue with one address, which it serves once at a time, as ccxt's sockets do. */
function scene(options: { readonly refuseSends: number; readonly endsWhileSending?: boolean }) {
  const dials: Dialled[] = []
  const states: string[] = []
  let refused = 0
  const streams = createMarketStreams({
    exchange: {
      async openStream(url, handlers): Promise<Stream> {
        if (dials.some((each) => each.open)) throw new Error('a socket to this address is open already')
        const dialled: Dialled = { handlers, open: true }
        dials.push(dialled)
        return {
          url,
          async send() {
            if (refused >= options.refuseSends) return
            refused += 1
            if (options.endsWhileSending) {
              dialled.open = false
              handlers.onDown('reset')
            }
            throw new Error('cannot send')
          },
          close() {
            dialled.open = false
          },
        }
      },
    },
    dialect: {
      subscriptions: [{ url: 'wss://one', message: {} }],
      readFrame(frame) {
        if (frame === 'nonsense') throw new Error('makes no sense')
        return []
      },
    },
    onUpdates: () => undefined,
    onState: (state) => states.push(state),
  })
  const opened = (): number => dials.filter((each) => each.open).length
  return { streams, dials, states, opened }
}

/** Longer than the two redials that a test needs: 325 and 650 ms at most. */
const SETTLED_MS = 1_500

describe.concurrent('market streams', () => {
  it.each([
    ['stays open', false],
    ['ends with it', true],
  ])('recovers from a subscription that cannot be sent where the socket %s', async (_what, endsWhileSending) => {
    const { streams, dials, states, opened } = scene({ refuseSends: 2, endsWhileSending })
    await streams.start()
    expect(states).toEqual(['down'])
    await delay(SETTLED_MS)
    expect(states).toEqual(['down', 'up'])
    expect(dials).toHaveLength(3)
    expect(opened()).toBe(1)
    streams.close()
  })

  it('dials once again after a frame that makes no sense, and says down and up once', async () => {
    const { streams, dials, states, opened } = scene({ refuseSends: 0 })
    await streams.start()
    dials[0]!.handlers.onFrame('nonsense')
    dials[0]!.handlers.onFrame('nonsense')
    dials[0]!.handlers.onDown('closed')
    expect(opened()).toBe(0)
    await delay(SETTLED_MS)
    expect(states).toEqual(['down', 'up'])
    expect(dials).toHaveLength(2)
    streams.close()
    expect(opened()).toBe(0)
  })

  it('never dials again once closed', async () => {
    const { streams, dials, states } = scene({ refuseSends: 0 })
    await streams.start()
    streams.close()
    dials[0]!.handlers.onDown('closed')
    await delay(SETTLED_MS)
    expect(dials).toHaveLength(1)
    expect(states).toEqual([])
  })
})
