import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRehearsal, rehearse } from '../../../src/app/rehearsal.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { listInstrument } from '../../../src/exchange/listing.ts'

const config = toConfig(configSchema.parse({}))
const options = (symbol: string, price: number, index = 0) => ({
  config,
  instrument: listInstrument(symbol, index, price),
  price,
  barMs: HOUR_MS,
})

describe('a rehearsal', () => {
  it.each([
    ['BTCUSDT', 95_000],
    ['SOLUSDT', 140.25],
    ['DOGEUSDT', 0.1234],
  ])('takes %s from an entry to its target, by turns long and short, as often as it is called', (symbol, price) => {
    const round = createRehearsal(options(symbol, price, 3))
    const told = (): string => {
      const sent = round()
      const [entry] = sent
      expect(sent.every(({ quantity }) => quantity.gt(0) && quantity.eq(entry!.quantity))).toBe(true)
      return sent.map(({ leg, side, reduceOnly }) => `${leg} ${side}${reduceOnly ? ' reduce-only' : ''}`).join(', ')
    }
    for (let i = 0; i < 100; i += 1) {
      expect(told()).toBe('entry buy, stop sell reduce-only, target sell reduce-only')
      expect(told()).toBe('entry sell, stop buy reduce-only, target buy reduce-only')
    }
  })

  it('leaves the contract of the bot as it is', () => {
    const given = options('BTCUSDT', 95_000, 2)
    const before = { ...given.instrument }
    createRehearsal(given)()
    expect({ ...given.instrument }).toEqual(before)
  })

  it('sends nothing where the configuration does not let it enter', () => {
    const strict = toConfig(configSchema.parse({ risk: { max_order_usd: 1 } }))
    expect(createRehearsal({ ...options('BTCUSDT', 95_000), config: strict })()).toEqual([])
  })
})

describe('rehearsing in the background', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  function begin(find: Parameters<typeof rehearse>[0]) {
    const warnings: string[] = []
    const state: { ended: boolean | 'stopped'; warnings: string[] } = { ended: false, warnings }
    const rehearsing = rehearse(find, (message) => warnings.push(message))
    void rehearsing.ended.then((wasWhole) => (state.ended = wasWhole || 'stopped'))
    return { state, stop: rehearsing.stop }
  }

  it('waits for the start to be over, goes on in slices, and ends', async () => {
    let asked = 0
    const { state } = begin(() => {
      asked += 1
      return options('BTCUSDT', 95_000)
    })
    await vi.advanceTimersByTimeAsync(1_999)
    expect([asked, state.ended]).toEqual([0, false])
    await vi.advanceTimersByTimeAsync(1)
    expect([asked, state.ended]).toEqual([1, false])
    await vi.runAllTimersAsync()
    expect([asked, state]).toEqual([1, { ended: true, warnings: [] }])
  })

  it('waits for a price', async () => {
    const market: { price?: number } = {}
    const { state } = begin(() => (market.price === undefined ? undefined : options('BTCUSDT', market.price)))
    await vi.advanceTimersByTimeAsync(60_000)
    expect([state.ended, vi.getTimerCount()]).toEqual([false, 1])
    market.price = 95_000
    await vi.runAllTimersAsync()
    expect(state.ended).toBe(true)
  })

  it('leaves no timer when it is stopped', async () => {
    const { state, stop } = begin(() => options('BTCUSDT', 95_000))
    await vi.advanceTimersByTimeAsync(2_000)
    stop()
    await vi.advanceTimersByTimeAsync(0)
    expect([vi.getTimerCount(), state.ended]).toEqual([0, 'stopped'])
  })

  it('breaks off with a word where it fails, and throws nothing', async () => {
    const { state } = begin(() => {
      throw new Error('no such contract')
    })
    await vi.runAllTimersAsync()
    expect(state).toEqual({
      ended: true,
      warnings: ['an order cannot be rehearsed with this configuration: no such contract'],
    })
  })
})
