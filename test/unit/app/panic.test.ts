import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { panic, PANIC_EPOCH, type PanicOptions } from '../../../src/app/panic.ts'
import type { PanicOrder, PanicPosition, PanicVenue } from '../../../src/port/panic-venue.ts'
import { parseClientOrderId } from '../../../src/domain/id.ts'

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

let wall = 1_790_000_000_000
const options = (s: Scene, more: Partial<PanicOptions> = {}): PanicOptions => ({
  venue: s.venue,
  latch: () => void s.log.push('latch'),
  now: () => wall,
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
    const latch = (): never => {
      throw new Error('read-only disk')
    }
    const report = await panic(options(s, { latch }))
    expect(report).toMatchObject({
      verified: true,
      latched: false,
      actions: [{ what: 'latch', failure: 'read-only disk' }, {}, {}, {}, {}, {}],
    })
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
    const report = await panic(options(s, { venue, now: Date.now, sleep: (ms) => setTimeout(ms) }))
    expect(report.verified).toBe(true)
    expect(first).toBeLessThan(1_000)
    expect(performance.now() - begun).toBeLessThan(10_000)
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
