import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StreamHandlers } from '../../../../src/adapter/ccxt/stream.ts'
import type { MarketDialect } from '../../../../src/adapter/market-data/ccxt/dialect.ts'
import { createMarketDataSource } from '../../../../src/adapter/market-data/ccxt/source.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { BTC } from '../../../fixture/engine-scene.ts'

const START = 1_767_571_200_000
const BAR_MS = 300_000

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

const unused = (): never => {
  throw new Error('not asked for here')
}

/** A source with one stream, whose frames the test sends, and prices for whoever asks. */
function openSource(dialect: Pick<MarketDialect, 'readFrame' | 'quotes'>) {
  let handlers: StreamHandlers | undefined
  const source = createMarketDataSource({
    exchange: {
      async openStream(url, given) {
        handlers = given
        return { url, send: async () => undefined, close: () => undefined }
      },
    },
    dialect: {
      subscriptions: [{ url: 'wss://one', message: {} }],
      ...dialect,
      bar: unused,
      history: unused,
      openInterest: () => new Promise(() => undefined),
      minutes: unused,
      nextFunding: unused,
      settlements: unused,
    },
    instruments: [BTC],
    barMs: BAR_MS,
    barLagMs: 2_000,
    knownUntil: epochMs(START),
    now: () => epochMs(Date.now()),
    onNews: () => undefined,
    warn: unused,
    lockStep: false,
  })
  return { source, hear: (frame: unknown): void => handlers!.onFrame(frame) }
}

it('asks for prices while the streams are silent, and says when they fall silent and when they speak', async () => {
  let polled = 60_000
  const { source, hear } = openSource({
    readFrame: (frame) => (frame === 'pong' ? [] : [{ instrument: BTC, last: Number(frame), mark: Number(frame) }]),
    quotes: async () => [{ instrument: BTC, last: ++polled, mark: polled }],
  })
  const read = (): unknown[] => {
    const told: unknown[] = []
    const until = epochMs(Date.now())
    for (let event = source.next(until); event; event = source.next(until)) {
      if (event.kind === 'price') told.push(event.last)
      else told.push(event.kind === 'connection' ? event.state : event.kind)
    }
    return told
  }

  await source.start()
  hear(50_000)
  expect(read()).toEqual([50_000])
  await vi.advanceTimersByTimeAsync(4_000)
  hear('pong')
  expect(read()).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(read()).toEqual([60_001, 'down'])
  await vi.advanceTimersByTimeAsync(6_000)
  expect(read()).toEqual([60_002])
  hear(50_010)
  expect(read()).toEqual([50_010, 'up'])
  source.close()
})

it('tells of a price when the venue had its mark so, whatever came after of other things, and however late it came', async () => {
  const { source, hear } = openSource({
    readFrame: (frame) => [{ instrument: BTC, ...(frame as object) }],
    quotes: async () => [{ instrument: BTC, last: 3, mark: 3 }],
  })
  const told = (): readonly number[] => {
    const event = source.next(epochMs(Date.now()))
    return event?.kind === 'price' ? [event.time - START, event.venueTime - START] : []
  }
  await source.start()
  await vi.advanceTimersByTimeAsync(4_000)
  hear({ mark: 1, last: 1, markAt: START + 1_000 })
  expect(told()).toEqual([4_000, 1_000])
  await vi.advanceTimersByTimeAsync(500)
  hear({ last: 2 })
  expect(told()).toEqual([4_500, 1_000])
  // Asked for, it is as of now.
  await vi.advanceTimersByTimeAsync(6_000)
  expect(told()[1]).toBeGreaterThanOrEqual(9_000)
  source.close()
})
