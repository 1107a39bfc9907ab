import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { panic, type PanicOptions } from '../../../src/app/panic.ts'
import type { PanicOrder, PanicPosition, PanicVenue } from '../../../src/port/panic-venue.ts'
import { PANIC_EPOCH, parseClientOrderId } from '../../../src/domain/id.ts'

interface Scene {
  readonly orders: Map<string, PanicOrder>
  readonly positions: Map<string, PanicPosition>
  /** Everything that reached the venue or the latch, in order. */
  readonly log: string[]
  readonly venue: PanicVenue
}

const order = (symbol: string, n: number, reduceOnly: boolean, list: PanicOrder['list'] = 'regular'): PanicOrder => ({
  symbol,
  id: `${symbol}${n}`,
  clientOrderId: '',
  list,
  reduceOnly,
})
const position = (symbol: string): PanicPosition => ({ symbol, direction: 'LONG', quantity: '0.5' })

/** A venue of `symbols` positions, each with a stop and a target, and entries to make `orders` in all. */
function scene(symbols: number, orders: number): Scene {
  const names = Array.from({ length: symbols }, (_, i) => `S${i}USDT`)
  const all = names.flatMap((name) => [order(name, 0, true, 'conditional'), order(name, 1, true)])
  while (all.length < orders) all.push(order(names[all.length % symbols] ?? 'XUSDT', all.length, false))
  const book = new Map(all.map((each) => [each.id, each]))
  const positions = new Map(names.map((name) => [name, position(name)]))
  const log: string[] = []
  const venue: PanicVenue = {
    openOrders: async () => [...book.values()],
    positions: async () => [...positions.values()],
    cancel: async (each) => {
      log.push(`cancel ${each.id}`)
      book.delete(each.id)
    },
    closeReduceOnly: async (each) => {
      log.push(`close ${each.symbol}`)
      positions.delete(each.symbol)
    },
  }
  return { orders: book, positions, log, venue }
}

/** A latch that the disk takes all at once. */
const leftBy = (written: Promise<void>): PanicOptions['latch'] => ({ visible: written, durable: written })
const deferred = (): PromiseWithResolvers<void> => Promise.withResolvers<void>()
const never = new Promise<never>(() => undefined)

let wall = 1_790_000_000_000
const options = (s: Scene, more: Partial<PanicOptions> = {}): PanicOptions => ({
  venue: s.venue,
  latch: leftBy(Promise.resolve().then(() => void s.log.push('latch'))),
  now: () => wall,
  uptime: () => wall,
  sleep: async (ms) => {
    wall += ms
    await setTimeout(0)
  },
  deadlineMs: 10_000,
  ...more,
})

describe('panic', () => {
  it('empties 50 orders in both lists and 5 positions, latch first, entries before exits, stops last', async () => {
    const s = scene(5, 50)
    const report = await panic(options(s))
    expect(report).toMatchObject({ verified: true, latched: true, remaining: { orders: 0, positions: 0 } })
    expect([s.orders.size, s.positions.size]).toEqual([0, 0])
    expect(s.log[0]).toBe('latch')
    const closes = s.log.flatMap((line, i) => (line.startsWith('close') ? [i] : []))
    const stops = s.log.flatMap((line, i) => (/USDT[01]$/.test(line) && line.startsWith('cancel') ? [i] : []))
    expect(closes).toHaveLength(5)
    expect(Math.min(...closes)).toBe(41)
    expect(stops).toHaveLength(10)
    expect(Math.min(...stops)).toBeGreaterThan(Math.max(...closes))
    expect(report.actions.every((action) => action.failure === null)).toBe(true)
    expect(report.actions.filter((action) => action.what === 'cancel')).toHaveLength(50)
  })

  it('sends ids of its own epoch, each once', async () => {
    const ids: string[] = []
    const s = scene(5, 10)
    const venue = {
      ...s.venue,
      closeReduceOnly: async (each: PanicPosition, id: string) => {
        ids.push(id)
        if (ids.length > 5) s.positions.delete(each.symbol)
      },
    }
    expect((await panic(options(s, { venue }))).verified).toBe(true)
    expect(new Set(ids).size).toBe(10)
    expect(ids.map((id) => parseClientOrderId(id)?.epoch)).toEqual(ids.map(() => PANIC_EPOCH))
  })

  it('goes on with the other orders when one cancel throws, and comes back to it', async () => {
    const s = scene(0, 20)
    let thrown = 0
    const venue: PanicVenue = {
      ...s.venue,
      cancel: (each) => {
        if (each.id === 'XUSDT7' && thrown++ < 2) throw new Error('the venue says 503')
        return s.venue.cancel(each)
      },
    }
    const report = await panic(options(s, { venue }))
    expect(s.log[0]).toBe('latch')
    expect(report.verified).toBe(true)
    expect(report.actions.filter((action) => action.failure !== null)).toMatchObject([
      { what: 'cancel', id: 'XUSDT7', failure: 'the venue says 503' },
      { what: 'cancel', id: 'XUSDT7', failure: 'the venue says 503' },
    ])
    expect(s.log.filter((line) => line.startsWith('cancel'))).toHaveLength(20)
  })

  it('cancels and closes also when no latch can be left, and says so', async () => {
    const s = scene(1, 4)
    const report = await panic(options(s, { latch: leftBy(Promise.reject(new Error('read-only disk'))) }))
    expect(report).toMatchObject({
      verified: true,
      latched: false,
      actions: [{ what: 'latch', failure: 'read-only disk' }, {}, {}, {}, {}, {}],
    })
  })

  it('is not satisfied by looks from before a bot can have seen the latch', async () => {
    const s = scene(0, 2)
    const visible = deferred()
    let slept = 0
    const sleep = async (ms: number): Promise<void> => {
      wall += ms
      slept += 1
      // The bot still enters when two looks have found nothing, and then the slow disk lets it see the latch.
      if (slept === 3) s.orders.set('XUSDT9', order('XUSDT', 9, false))
      if (slept === 5) visible.resolve()
      await setTimeout(0)
    }
    const report = await panic(options(s, { latch: { visible: visible.promise, durable: visible.promise }, sleep }))
    expect(report).toMatchObject({ verified: true, latched: true, remaining: { orders: 0 } })
    expect(s.orders.size).toBe(0)
    expect(report.rounds).toBe(7)
  })

  it('finishes the round in hand when it is interrupted, begins no other, and claims nothing', async () => {
    const s = scene(1, 6)
    const interrupted = new AbortController()
    const venue: PanicVenue = {
      ...s.venue,
      cancel: async (each) => {
        interrupted.abort()
        await s.venue.cancel(each)
      },
    }
    const report = await panic(options(s, { venue, interrupted: interrupted.signal }))
    expect(report).toMatchObject({ verified: false, rounds: 1, remaining: { orders: 6, positions: 1 } })
    expect(s.positions.size).toBe(0)
    expect([...s.orders.keys()]).toEqual(['S0USDT0', 'S0USDT1'])
  })

  it('keeps the stop of a position that cannot be closed, and is not satisfied', async () => {
    const s = scene(2, 6)
    const venue: PanicVenue = {
      ...s.venue,
      closeReduceOnly: async (each, id) => {
        if (each.symbol === 'S1USDT') throw new Error('rejected')
        await s.venue.closeReduceOnly(each, id)
      },
    }
    const report = await panic(options(s, { venue }))
    expect(report).toMatchObject({ verified: false, remaining: { orders: 2, positions: 1 } })
    expect([...s.orders.keys()]).toEqual(['S1USDT0', 'S1USDT1'])
  })

  it('takes a failed look for nothing: neither empty nor a reason to stop', async () => {
    const s = scene(1, 4)
    const venue: PanicVenue = { ...s.venue, openOrders: async () => Promise.reject(new Error('500')) }
    const report = await panic(options(s, { venue }))
    expect(report).toMatchObject({ verified: false, remaining: null })
    expect(s.positions.size).toBe(0)
    expect(s.orders.size).toBe(4)
  })

  it('leaves stops alone while the positions are not known', async () => {
    const s = scene(1, 4)
    const venue: PanicVenue = { ...s.venue, positions: async () => Promise.reject(new Error('500')) }
    expect((await panic(options(s, { venue }))).verified).toBe(false)
    expect([...s.orders.keys()]).toEqual(['S0USDT0', 'S0USDT1'])
  })

  it('waits for an entry that arrives after the lists looked empty', async () => {
    const s = scene(0, 1)
    let looks = 0
    const venue: PanicVenue = {
      ...s.venue,
      openOrders: async () => {
        if (++looks === 3) s.orders.set('late', order('XUSDT', 99, false))
        const seen = [...s.orders.values()]
        s.orders.delete('late')
        return seen
      },
    }
    const report = await panic(options(s, { venue }))
    expect(report.verified).toBe(true)
    expect(s.log).toContain('cancel XUSDT99')
  })

  it('sends the first cancel within a second and is verified within ten, at 50 ms a call', async () => {
    const s = scene(5, 50)
    const begun = performance.now()
    let first = Number.POSITIVE_INFINITY
    const slow = async <T>(work: () => Promise<T>): Promise<T> => {
      await setTimeout(50)
      return work()
    }
    const venue: PanicVenue = {
      openOrders: () => slow(s.venue.openOrders),
      positions: () => slow(s.venue.positions),
      cancel: (each) => {
        first = Math.min(first, performance.now() - begun)
        return slow(() => s.venue.cancel(each))
      },
      closeReduceOnly: (each, id) => slow(() => s.venue.closeReduceOnly(each, id)),
    }
    const uptime = (): number => performance.now()
    const report = await panic(options(s, { venue, now: Date.now, uptime, sleep: (ms) => setTimeout(ms) }))
    expect(report.verified).toBe(true)
    expect(first).toBeLessThan(1_000)
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  it('measures by a clock that nobody sets', async () => {
    const s = scene(1, 4)
    let up = 5
    const venue: PanicVenue = {
      ...s.venue,
      cancel: (each) => {
        up += 7
        wall += 3_600_000
        return s.venue.cancel(each)
      },
    }
    const report = await panic(options(s, { venue, uptime: () => up, sleep: async (ms) => void (up += ms) }))
    expect(report).toMatchObject({ verified: true, firstCancelMs: 14, elapsedMs: 4 * 7 + 3 * 400 })
  })

  describe('and the disk', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
    afterEach(() => void vi.useRealTimers())
    const run = (s: Scene, latch: PanicOptions['latch'], more: Partial<PanicOptions> = {}) =>
      panic(options(s, { latch, sleep: async (ms) => void (wall += ms), ...more }))
    const canceled = (s: Scene): boolean => s.log.some((line) => line.startsWith('cancel'))

    it('lets a bot see the latch before it sees a cancel, where that takes a moment', async () => {
      const s = scene(1, 4)
      const visible = deferred()
      const running = run(s, leftBy(visible.promise))
      await vi.advanceTimersByTimeAsync(199)
      expect(canceled(s)).toBe(false)
      visible.resolve()
      const report = await running
      expect(report).toMatchObject({ verified: true, latched: true })
      expect(report.actions[0]).toMatchObject({ what: 'latch', failure: null })
    })

    it('cancels and closes without the latch where the disk hangs, and says so', async () => {
      const s = scene(5, 50)
      const running = run(s, { visible: never, durable: never })
      await vi.advanceTimersByTimeAsync(200)
      expect([s.orders.size, s.positions.size]).toEqual([0, 0])
      await vi.advanceTimersByTimeAsync(5_000)
      const report = await running
      expect(report).toMatchObject({ verified: true, latched: false })
      expect(report.actions.filter(({ what }) => what === 'latch').map(({ failure }) => failure)).toEqual([
        'no answer within 0.2 s; nothing waits for it',
        'the disk has not confirmed it: no answer within 5 s',
      ])
    })

    it('sends the first cancel while a latch that can be seen is not on disk, and ends only when it is', async () => {
      const s = scene(1, 4)
      const durable = deferred()
      let ended = false
      const running = run(s, { visible: Promise.resolve(), durable: durable.promise }).finally(() => (ended = true))
      await vi.advanceTimersByTimeAsync(0)
      expect([s.orders.size, s.positions.size]).toEqual([0, 0])
      await vi.advanceTimersByTimeAsync(4_000)
      expect(ended).toBe(false)
      durable.resolve()
      expect(await running).toMatchObject({ verified: true, latched: true })
    })
  })

  it('cancels entries although the positions are not told', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const s = scene(1, 4)
      let silent = true
      const venue: PanicVenue = { ...s.venue, positions: () => (silent ? never : s.venue.positions()) }
      const running = panic(options(s, { venue, sleep: async (ms) => void (wall += ms) }))
      await vi.advanceTimersByTimeAsync(0)
      expect([...s.orders.keys()]).toEqual(['S0USDT0', 'S0USDT1'])
      silent = false
      await vi.advanceTimersByTimeAsync(5_000)
      expect(await running).toMatchObject({ verified: true, remaining: { orders: 0, positions: 0 } })
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not wait for a call that never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const s = scene(0, 12)
      let silent = true
      const venue: PanicVenue = {
        ...s.venue,
        cancel: (each) => {
          if (each.id !== 'XUSDT0' || !silent) return s.venue.cancel(each)
          silent = false
          return new Promise<never>(() => undefined)
        },
      }
      const running = panic(options(s, { venue, sleep: async (ms) => void (wall += ms) }))
      await vi.advanceTimersByTimeAsync(100)
      expect([...s.orders.keys()]).toEqual(['XUSDT0'])
      await vi.advanceTimersByTimeAsync(5_000)
      const report = await running
      expect(report).toMatchObject({ verified: true, remaining: { orders: 0 } })
      expect(report.actions.filter((action) => action.failure !== null)).toMatchObject([
        { id: 'XUSDT0', failure: 'no answer within 5 s' },
      ])
    } finally {
      vi.useRealTimers()
    }
  })
})
