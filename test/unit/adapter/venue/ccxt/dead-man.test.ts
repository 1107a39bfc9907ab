import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { currentRecord } from '../../../../../src/adapter/ccxt/call-record.ts'
import type { OpenedExchange } from '../../../../../src/adapter/ccxt/open-exchange.ts'
import { createPriorityLimiter } from '../../../../../src/adapter/limiter/priority-limiter.ts'
import { COST, LIMITER_RULES, WEIGHT } from '../../../../../src/adapter/venue/ccxt/binanceusdm/cost.ts'
import { createBinanceDialect } from '../../../../../src/adapter/venue/ccxt/binanceusdm/dialect.ts'
import { createDeadMan, type DeadMan } from '../../../../../src/adapter/venue/ccxt/dead-man.ts'
import { createWire } from '../../../../../src/adapter/venue/ccxt/wire.ts'
import type { AccountEvent, OrderReport, PositionReport } from '../../../../../src/domain/event.ts'
import type { Instrument } from '../../../../../src/domain/instrument.ts'
import type { OrderRequest } from '../../../../../src/domain/order.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'
import { BTC } from '../../../exchange/fixture.ts'

afterEach(() => void vi.useRealTimers())

let now = 0
let said: number[] = []
let fails = false
let warnings: string[] = []
let deadMan: DeadMan
beforeEach(() => {
  now = 1_000_000
  said = []
  fails = false
  warnings = []
  deadMan = createDeadMan({
    instruments: [BTC],
    afterMs: 60_000,
    set: (_, ms) => {
      said.push(ms)
      return fails ? Promise.reject(new Error('no')) : Promise.resolve()
    },
    now: () => now,
    warn: (message) => warnings.push(message),
    wakeup: () => undefined,
  })
})

async function tick(afterMs = 50): Promise<void> {
  now += afterMs
  deadMan.tick()
  await new Promise((resolve) => setImmediate(resolve))
}

/** The switch as it stands at Binance, behind its limiter and its wire. An earlier process may have left it armed. */
function atBinance(
  exchange: Pick<OpenedExchange, 'request'>,
  venueCode: string | null,
  instruments: readonly Instrument[] = [BTC],
) {
  const limiter = createPriorityLimiter(LIMITER_RULES, () => now)
  const wire = createWire({
    exchange: exchange as OpenedExchange,
    limiter,
    venueCodeOf: () => venueCode,
    weightBucket: WEIGHT,
  })
  const { countdown } = createBinanceDialect({
    wire,
    instruments,
    quote: 'USDT',
    recvWindowMs: 5_000,
    live: false,
    streamBase: '',
    now: () => epochMs(now),
  })
  deadMan = createDeadMan({
    instruments,
    afterMs: 60_000,
    set: countdown!,
    now: () => now,
    warn: () => undefined,
    wakeup: () => undefined,
  })
  return { limiter, wire }
}

const order = (id: string, leg: string, more: object = {}): OrderRequest =>
  ({ instrument: BTC, clientOrderId: id, leg, type: 'limit', timeInForce: 'GTC', ...more }) as OrderRequest
const event = (kind: string, id: string, more: object = {}): AccountEvent =>
  ({ kind, instrument: BTC, clientOrderId: id, ...more }) as AccountEvent
const HELD = { instrument: BTC } as PositionReport
const snapshot = (positions: readonly PositionReport[]): AccountEvent =>
  ({ kind: 'account_snapshot', positions, openOrders: [] as readonly OrderReport[], askedAt: now }) as AccountEvent

describe('the dead man’s switch', () => {
  it('takes off what an earlier process has left, and then is silent', async () => {
    for (let i = 0; i < 100; i++) await tick(1_000)
    expect(said).toEqual([0])
  })

  it('is renewed three times within its time while an entry rests, and taken off when it is gone', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    for (let i = 0; i < 60; i++) await tick(1_000)
    expect(said).toEqual([0, 60_000, 60_000, 60_000, 60_000])
    deadMan.told(event('order_canceled', 'e'))
    await tick()
    await tick(60_000)
    expect(said.slice(5)).toEqual([0])
  })

  it.each([
    ['an IOC entry', order('e', 'entry', { timeInForce: 'IOC' })],
    ['a market entry', order('e', 'entry', { type: 'market' })],
    ['a stop', order('s', 'stop', { type: 'stop_market' })],
  ])('is not armed for %s', async (_, sent) => {
    await tick()
    deadMan.submitted(sent)
    await tick()
    expect(said).toEqual([0])
  })

  it('is off with the first fill, and stays off for another entry until the position is known to be gone', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    deadMan.told(event('order_filled', 'e', { done: false }))
    await tick()
    expect(said).toEqual([0, 60_000, 0])
    deadMan.submitted(order('f', 'entry'))
    deadMan.told(snapshot([HELD]))
    await tick(60_000)
    expect(said).toHaveLength(3)
    deadMan.told(snapshot([]))
    await tick()
    expect(said).toEqual([0, 60_000, 0, 60_000])
  })

  it('is off while an exit rests, whoever has the position', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    await tick()
    expect(said).toEqual([0, 60_000, 0])
    deadMan.told(event('order_canceled', 's'))
    await tick()
    expect(said).toEqual([0, 60_000, 0, 60_000])
  })

  it('forgets an entry that the venue does not list a minute later', async () => {
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    await tick(59_000)
    deadMan.told(snapshot([]))
    await tick()
    expect(said.at(-1)).toBe(60_000)
    now += 2_000
    deadMan.told(snapshot([]))
    await tick()
    expect(said.at(-1)).toBe(0)
  })

  it('owes its end to stops and positions alone: where nothing else rests nobody waits for it', async () => {
    expect(deadMan.owed).toBe(0)
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    fails = true
    deadMan.told(event('order_filled', 'e', { done: true }))
    expect(deadMan.owed).toBe(1)
    deadMan.told(snapshot([]))
    expect(deadMan.owed).toBe(0)
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    expect(deadMan.owed).toBe(1)
    fails = false
    await tick()
    await tick(1_000)
    expect(deadMan.owed).toBe(0)
  })

  it('tries again each second where it fails, and says so once', async () => {
    fails = true
    for (let i = 0; i < 4; i++) await tick(500)
    expect([said, warnings]).toEqual([[0, 0], [expect.stringContaining('could not be set: no')]])
    fails = false
    for (let i = 0; i < 4; i++) await tick(500)
    expect(said).toEqual([0, 0, 0])
  })
})

describe('a switch that cannot be taken off', () => {
  /** Each attempt fails; a venue that asked for silence would be another matter. */
  const REFUSING: Pick<OpenedExchange, 'request'> = {
    request() {
      Object.assign(currentRecord()!, { phase: 'answered', status: 400, body: '{"code":-1000}' })
      return Promise.reject(new Error('no'))
    },
  }

  it('does not use up what questions and polls need, however many symbols there are', async () => {
    const instruments = Array.from({ length: 10 }, (_, i) => ({ ...BTC, symbol: `S${i}` }))
    const { limiter } = atBinance(REFUSING, '-1000', instruments)
    const refused: string[] = []
    for (let ms = 0; ms < 600_000; ms += 50) {
      limiter.pump()
      await tick()
      if (ms % 15_000 !== 0) continue
      for (const priority of ['query', 'poll'] as const)
        void Promise.resolve(limiter.acquire(priority, COST.allOpen)).then((grant) => {
          if (grant === 'refused') refused.push(`${priority} at ${ms}`)
        })
    }
    expect(refused).toEqual([])
  })

  it('is tried again every few seconds while it may take a stop, and at once when there is one', async () => {
    const times: number[] = []
    fails = true
    for (let i = 0; i < 300; i++) await tick(1_000)
    said = []
    const begun = now
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    expect(said).toEqual([0])
    deadMan.told(event('order_canceled', 's'))
    await tick()
    fails = false
    deadMan.submitted(order('e', 'entry'))
    for (let i = 0; i < 10; i++) await tick(1_000)
    expect(said.at(-1)).toBe(60_000)
    fails = true
    said = []
    deadMan.told(event('order_filled', 'e', { done: true }))
    expect(said).toEqual([0])
    for (let i = 0; i < 40; i++) {
      const before = said.length
      await tick(1_000)
      if (said.length > before) times.push(now - begun)
    }
    for (const [i, time] of times.entries()) expect(time - (times[i - 1] ?? time)).toBeLessThanOrEqual(5_000)
    expect(times.length).toBeGreaterThan(7)
    // Whoever ends waits for no pause.
    await tick(5_000)
    const before = said.length
    deadMan.tick()
    expect(said).toHaveLength(before)
    deadMan.hurry()
    deadMan.tick()
    expect(said).toHaveLength(before + 1)
  })
})

describe('taking the switch off', () => {
  interface Call {
    readonly ms: number
    readonly priority: string
    /** Its turn has come; whether it leaves. */
    readonly leave: () => boolean
    readonly answer: () => void
    readonly fail: () => void
  }
  let calls: Call[] = []
  beforeEach(async () => {
    calls = []
    deadMan = createDeadMan({
      instruments: [BTC],
      afterMs: 60_000,
      set: (_, ms, isWanted, priority) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        calls.push({ ms, priority, leave: isWanted, answer: resolve, fail: () => reject(new Error('no')) })
        return promise
      },
      now: () => now,
      warn: (message) => warnings.push(message),
      wakeup: () => undefined,
    })
    await tick()
    calls[0]!.answer()
    await tick()
    deadMan.submitted(order('e', 'entry'))
    await tick()
    expect(told()).toEqual([0, 60_000])
  })
  const told = (): readonly number[] => calls.map(({ ms }) => ms)
  const fill = (): void => deadMan.told(event('order_filled', 'e', { done: false }))

  it('waits for no renewal whose turn has not come, and that never leaves then', async () => {
    fill()
    expect(told()).toEqual([0, 60_000, 0])
    expect(calls[1]!.leave()).toBe(false)
    calls[2]!.answer()
    calls[1]!.fail()
    for (let i = 0; i < 10; i++) await tick(1_000)
    expect([told(), warnings]).toEqual([[0, 60_000, 0], []])
  })

  it('waits for none on its way, and is said again when that has been answered: it may have come last', async () => {
    expect(calls[1]!.leave()).toBe(true)
    fill()
    expect(told()).toEqual([0, 60_000, 0])
    calls[2]!.answer()
    for (let i = 0; i < 10; i++) await tick(100)
    expect(told()).toEqual([0, 60_000, 0])
    // What failed on its way is not tried again.
    expect(calls[1]!.leave()).toBe(false)
    calls[1]!.fail()
    await tick()
    await tick()
    expect(told()).toEqual([0, 60_000, 0, 0])
    calls[3]!.answer()
    for (let i = 0; i < 10; i++) await tick(1_000)
    expect([told(), warnings]).toEqual([[0, 60_000, 0, 0], []])
  })

  it('does not wait until a renewal that failed may be tried again', async () => {
    calls[1]!.fail()
    await tick()
    fill()
    expect(told()).toEqual([0, 60_000, 0])
  })

  it('is answered before the next renewal leaves, which then leaves at once', async () => {
    calls[1]!.answer()
    await tick()
    deadMan.submitted(order('x', 'exit'))
    deadMan.told(event('order_canceled', 'x'))
    await tick()
    expect(told()).toEqual([0, 60_000, 0])
    calls[2]!.fail()
    await tick()
    await tick()
    expect(told()).toEqual([0, 60_000, 0, 60_000])
  })

  it('is the last that Binance hears though a renewal waited for its turn', async () => {
    const heard: unknown[] = []
    const exchange: Pick<OpenedExchange, 'request'> = {
      request(_method, parameters) {
        heard.push(parameters)
        const status = heard.length === 1 ? 429 : 200
        Object.assign(currentRecord()!, { phase: 'answered', status, retryAfter: '3' })
        return status === 200 ? Promise.resolve({}) : Promise.reject(new Error('too often'))
      },
    }
    const patienceMs = { protective: 4_000, deferred: 4_000, query: 4_000, entry: 4_000, poll: 20_000 }
    const limiter = createPriorityLimiter({ buckets: [{ capacity: 100, windowMs: 60_000 }], patienceMs }, () => now)
    const wire = createWire({ exchange: exchange as OpenedExchange, limiter, venueCodeOf: () => null, weightBucket: 0 })
    await expect(wire.send('query', { method: 'any', cost: [1], parameters: {} })).rejects.toThrow('too often')
    const instruments = [BTC]
    const { countdown } = createBinanceDialect({
      wire,
      instruments,
      quote: 'USDT',
      recvWindowMs: 5_000,
      live: false,
      streamBase: '',
      now: () => epochMs(now),
    })
    const warn = (message: string): number => warnings.push(message)
    deadMan = createDeadMan({
      instruments,
      afterMs: 60_000,
      set: countdown!,
      now: () => now,
      warn,
      wakeup: () => undefined,
    })
    deadMan.submitted(order('e', 'entry'))
    await tick()
    expect([heard.length, limiter.waiting]).toEqual([1, 1])
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    for (let i = 0; i < 20; i++) {
      await tick(500)
      limiter.pump()
    }
    expect(limiter.waiting).toBe(0)
    expect(heard.slice(1)).toEqual([{ symbol: 'BTCUSDT', countdownTime: 0 }])
    expect(warnings).toEqual([])
  })

  it('leaves to stops and exits what a penalty lets through, and is said at its end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const heard: (readonly [number, unknown])[] = []
    const begun = now
    const exchange: Pick<OpenedExchange, 'request'> = {
      request(_method, parameters) {
        heard.push([now - begun, parameters])
        const status = now < begun + 30_000 ? 429 : 200
        const body = '{"code":-1003,"msg":"too many"}'
        Object.assign(currentRecord()!, { phase: 'answered', status, body, retryAfter: '30' })
        return status === 200 ? Promise.resolve({}) : Promise.reject(new Error('too often'))
      },
    }
    const { limiter } = atBinance(exchange, '-1003')
    const pass = async (ms: number): Promise<void> => {
      for (const until = now + ms; now < until;) {
        now += 50
        limiter.pump()
        deadMan.tick()
        await vi.advanceTimersByTimeAsync(50)
      }
    }
    await pass(29_000)
    expect(heard).toEqual([[50, { symbol: 'BTCUSDT', countdownTime: 0 }]])
    expect(Array.from({ length: 8 }, () => limiter.acquire('protective', COST.placeAlgo))).toEqual(
      Array.from({ length: 8 }, () => 'granted'),
    )
    await pass(3_000)
    expect(heard.map(([at]) => at)).toEqual([50, expect.any(Number)])
    expect(heard[1]![0]).toBeGreaterThanOrEqual(30_050)
    expect(heard[1]![0]).toBeLessThanOrEqual(31_150)
  })

  it('takes no stop that was placed within a penalty, and is said once in it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const begun = now
    const heard: (readonly [number, number])[] = []
    let firesAt = Infinity
    const exchange: Pick<OpenedExchange, 'request'> = {
      request(method, parameters) {
        const { countdownTime } = parameters as { readonly countdownTime?: number }
        const isLook = method === 'look'
        const isLost = countdownTime === 0 && heard.filter(([, ms]) => ms === 0).length < lost
        if (countdownTime !== undefined) {
          heard.push([now - begun, countdownTime])
          if (!isLost) firesAt = countdownTime === 0 ? Infinity : now + countdownTime
        }
        const status = isLook ? 429 : isLost ? 503 : 200
        Object.assign(currentRecord()!, { phase: 'answered', status, body: '{}', retryAfter: isLook ? '59' : '' })
        return status === 200 ? Promise.resolve({}) : Promise.reject(new Error('no'))
      },
    }
    let lost = 0
    const { limiter, wire } = atBinance(exchange, null)
    let stopRests = false
    let isTaken = false
    const pass = async (ms: number): Promise<void> => {
      for (const until = now + ms; now < until;) {
        now += 50
        limiter.pump()
        deadMan.tick()
        isTaken ||= now >= firesAt && stopRests
        await vi.advanceTimersByTimeAsync(50)
      }
    }
    await pass(1_000)
    deadMan.submitted(order('e', 'entry'))
    await pass(19_000)
    await expect(wire.send('poll', { method: 'look', cost: [5], parameters: {} })).rejects.toThrow('no')
    await pass(2_000)
    deadMan.told(event('order_filled', 'e', { done: true }))
    await wire.send('protective', { method: 'stop', cost: COST.placeAlgo, parameters: {} })
    stopRests = true
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    await pass(70_000)
    expect(isTaken).toBe(false)
    expect(heard).toEqual([
      [50, 0],
      [1_050, 60_000],
      [22_000, 0],
    ])
    // The next time it is lost: what is left of the penalty belongs to stops.
    stopRests = false
    deadMan.told(event('order_canceled', 's'))
    deadMan.told(snapshot([]))
    deadMan.submitted(order('f', 'entry'))
    await pass(1_000)
    heard.length = 0
    lost = 1
    await expect(wire.send('poll', { method: 'look', cost: [5], parameters: {} })).rejects.toThrow('no')
    deadMan.told(event('order_filled', 'f', { done: true }))
    await pass(50_000)
    expect(heard).toHaveLength(1)
  })

  it('is said again at once for an exit where it waits for the end of a penalty because its entry was canceled', async () => {
    calls[1]!.leave()
    calls[1]!.answer()
    await tick()
    deadMan.told(event('order_canceled', 'e'))
    await tick()
    expect(calls[2]).toMatchObject({ ms: 0, priority: 'deferred' })
    deadMan.submitted(order('s', 'stop', { type: 'stop_market' }))
    expect(calls[3]).toMatchObject({ ms: 0, priority: 'protective' })
    expect([calls[2]!.leave(), calls[3]!.leave()]).toEqual([false, true])
    calls[2]!.fail()
    calls[3]!.fail()
    await tick()
    await tick(1_000)
    expect(calls[4]).toMatchObject({ ms: 0, priority: 'deferred' })
    calls[4]!.answer()
    for (let i = 0; i < 10; i++) await tick(1_000)
    expect(told()).toEqual([0, 60_000, 0, 0, 0])
  })
})
