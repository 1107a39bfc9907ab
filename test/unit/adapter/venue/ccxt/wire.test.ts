import { describe, expect, it } from 'vitest'
import { currentRecord } from '../../../../../src/adapter/ccxt/call-record.ts'
import type { OpenedExchange } from '../../../../../src/adapter/ccxt/open-exchange.ts'
import { createPriorityLimiter } from '../../../../../src/adapter/limiter/priority-limiter.ts'
import { classifyPlacement } from '../../../../../src/adapter/venue/ccxt/classification.ts'
import { openingOf } from '../../../../../src/adapter/venue/ccxt/opening-of.ts'
import { CallError, createWire, type Request, type WireOptions } from '../../../../../src/adapter/venue/ccxt/wire.ts'

type Reply = (call: number) => {
  readonly status: number
  readonly body?: string
  readonly retryAfter?: string
  /** ccxt makes an error of it, whatever the status. */
  readonly failed?: boolean
}

const minusCode = (body: string): string | null => /-\d+/.exec(body)?.[0] ?? null

/** A wire over an exchange whose answers are made up; time stands still unless moved. */
function scene(
  reply: Reply,
  { venueCodeOf, tooOften }: Pick<WireOptions, 'venueCodeOf' | 'tooOften'> = { venueCodeOf: minusCode },
) {
  const clock: { now: number; barred: string | null } = { now: 0, barred: null }
  const calls: unknown[] = []
  const limiter = createPriorityLimiter(
    {
      buckets: [{ capacity: 100, windowMs: 60_000 }],
      patienceMs: { protective: 1_000, deferred: 1_000, query: 1_000, entry: 1_000, poll: 1_000 },
    },
    () => clock.now,
  )
  const exchange: Pick<OpenedExchange, 'request'> = {
    request(_method, ...args) {
      calls.push(...args)
      const { status, body = '{}', retryAfter = '', failed = status !== 200 } = reply(calls.length)
      const record = currentRecord()!
      Object.assign(record, { phase: 'answered', status, body, retryAfter })
      const message = 'x GET https://demo-fapi.binance.com/fapi/v1/order?timestamp=1&signature=abc failed'
      return failed ? Promise.reject(new Error(message)) : Promise.resolve({ ok: true })
    },
  }
  const wire = createWire({
    exchange: exchange as OpenedExchange,
    limiter,
    venueCodeOf,
    ...(tooOften && { tooOften }),
    weightBucket: 0,
    barred: () => clock.barred,
  })
  return { wire, clock, calls, limiter }
}

const REQUEST: Request = { method: 'any', cost: [1], parameters: { a: 1 } }

describe('the wire', () => {
  it('sends once, whatever comes of it', async () => {
    const { wire, calls } = scene(() => ({ status: 503 }))
    await expect(wire.send('entry', REQUEST)).rejects.toThrow(CallError)
    expect(calls).toHaveLength(1)
  })

  it('asks again while a failure may pass, and not when the venue has said no', async () => {
    const passing = scene((call) => ({ status: call < 3 ? 500 : 200 }))
    expect(await passing.wire.ask('query', REQUEST)).toEqual({ ok: true })
    expect(passing.calls).toHaveLength(3)
    const refused = scene(() => ({ status: 400, body: '{"code":-2013}' }))
    await expect(refused.wire.ask('query', REQUEST)).rejects.toThrow(CallError)
    expect(refused.calls).toHaveLength(1)
  })

  it('lets no entry out that is barred by the time its turn comes, and whatever protects', async () => {
    const { wire, clock, calls, limiter } = scene((call) => ({ status: call === 1 ? 429 : 200, retryAfter: '0.5' }))
    await expect(wire.send('poll', REQUEST)).rejects.toThrow(CallError)
    const entry = wire.send('entry', REQUEST)
    clock.barred = 'panic'
    clock.now += 500
    limiter.pump()
    await expect(entry).rejects.toMatchObject({
      failure: { errorName: 'EntryBarred', message: 'panic', record: { phase: 'not_sent' } },
    })
    expect(calls).toHaveLength(1)
    await wire.send('protective', REQUEST)
    expect(calls).toHaveLength(2)
    clock.barred = null
    await wire.send('entry', REQUEST)
    expect(calls).toHaveLength(3)
  })

  it('lets nothing out that is wanted no more by the time its turn comes, nor says it again', async () => {
    const { wire, clock, calls, limiter } = scene((call) => ({ status: call === 1 ? 429 : 500, retryAfter: '0.5' }))
    const withdrawn = { failure: { errorName: 'Withdrawn', record: { phase: 'not_sent' } } }
    await expect(wire.send('poll', REQUEST)).rejects.toThrow(CallError)
    let isWanted = true
    const request = { ...REQUEST, isWanted: () => isWanted }
    const waiting = wire.ask('poll', request)
    isWanted = false
    clock.now += 500
    limiter.pump()
    await expect(waiting).rejects.toMatchObject(withdrawn)
    expect(calls).toHaveLength(1)
    isWanted = true
    const said = wire.ask('query', request)
    isWanted = false
    await expect(said).rejects.toMatchObject(withdrawn)
    expect(calls).toHaveLength(2)
  })

  it('falls silent for as long as a 429 asks, except for what protects', async () => {
    const { wire, clock, calls, limiter } = scene((call) => ({ status: call === 1 ? 429 : 200, retryAfter: '2' }))
    await expect(wire.send('poll', REQUEST)).rejects.toThrow(CallError)
    const poll = wire.send('poll', REQUEST)
    await wire.send('protective', REQUEST)
    expect(calls).toHaveLength(2)
    clock.now = 900
    limiter.pump()
    expect(calls).toHaveLength(2)
    clock.now = 2_000
    limiter.pump()
    // It had lost its patience by then, and says that nothing was sent.
    await expect(poll).rejects.toMatchObject({ failure: { record: { phase: 'not_sent' } } })
    await wire.send('poll', REQUEST)
    expect(calls).toHaveLength(3)
  })

  it('asks again after the penalty of a 429, and not when an order was refused so', async () => {
    const { wire, clock, calls, limiter } = scene((call) => ({
      status: call === 1 ? 429 : 200,
      body: '{"code":-1003}',
      retryAfter: '0.5',
    }))
    const asked = wire.ask('query', REQUEST)
    await expect.poll(() => limiter.waiting).toBe(1)
    expect(calls).toHaveLength(1)
    clock.now = 500
    limiter.pump()
    expect(await asked).toEqual({ ok: true })
    const sent = scene(() => ({ status: 429, body: '{"code":-1015}' }))
    await expect(sent.wire.send('entry', REQUEST)).rejects.toThrow(CallError)
    expect(sent.calls).toHaveLength(1)
  })

  it.each([
    [429, '{"code":-1003}'],
    [418, '<html>'],
  ])(
    'repeats nothing within the penalty of a %i, whatever it protects, and leaves that to others',
    async (status, body) => {
      const { wire, clock, calls, limiter } = scene((call) => ({
        status: call === 1 ? status : 200,
        body,
        retryAfter: '0.9',
      }))
      const asked = wire.ask('protective', REQUEST)
      await expect.poll(() => limiter.waiting).toBe(1)
      expect(calls).toHaveLength(1)
      for (let i = 0; i < 8; i++) await wire.send('protective', REQUEST)
      expect(calls).toHaveLength(9)
      clock.now = 900
      limiter.pump()
      expect(await asked).toEqual({ ok: true })
      expect(calls).toHaveLength(10)
    },
  )

  const PROSE = '<html><body>403, access too frequent</body></html>'
  const ELSEWHERE = '<html>The distribution is configured to block access from your country.</html>'
  it.each([
    ['binanceusdm', 429, '{"code":-1003}', 1_000, 'RATE_LIMITED'],
    ['binanceusdm', 418, '{"code":-1003}', 60_000, 'RATE_LIMITED'],
    ['binanceusdm', 403, '<html>Forbidden</html>', 5_000, 'FIREWALL'],
    ['bybit', 429, '', 1_000, 'RATE_LIMITED'],
    ['bybit', 200, '{"retCode":10006,"retMsg":"Too many visits!"}', 1_000, 'RATE_LIMITED'],
    ['bybit', 200, '{"retCode":10018,"retMsg":"Exceeded the IP Rate Limit."}', 600_000, 'RATE_LIMITED'],
    ['bybit', 403, PROSE, 600_000, 'FIREWALL'],
    ['bybit', 403, '<html>403 Forbidden. Request blocked.</html>', 3_000, 'FIREWALL'],
    ['bybit', 403, ELSEWHERE, 0, 'FIREWALL'],
    ['bybit', 403, '{"retCode":10005}', 0, 'NOT_PERMITTED'],
    ['okx', 429, '{"code":"50011","data":[]}', 2_000, 'RATE_LIMITED'],
    ['okx', 200, '{"code":"50011","data":[]}', 2_000, 'RATE_LIMITED'],
    ['okx', 200, '{"code":"1","data":[{"sCode":"50061"}]}', 2_000, 'RATE_LIMITED'],
    ['okx', 200, '{"code":"1","data":[{"sCode":"51008"}]}', 0, 'INSUFFICIENT_MARGIN'],
  ] as const)('of %s is silent after %d %s for %d ms, and the order is %s', async (id, status, body, ms, code) => {
    const { wire, clock, limiter } = scene(() => ({ status, body, failed: true }), openingOf(id))
    const error: unknown = await wire.send('entry', REQUEST).catch((failed: unknown) => failed)
    expect(classifyPlacement(id, (error as CallError).failure).code).toBe(code)
    clock.now = ms - 1
    if (ms > 0) expect(limiter.acquire('query', [1])).not.toBe('granted')
    clock.now = ms
    limiter.pump()
    expect(limiter.acquire('query', [1])).toBe('granted')
  })

  it('repeats a question that was too soon by the venue’s own code once the penalty is over', async () => {
    const often = '{"retCode":10006,"retMsg":"Too many visits!"}'
    const { wire, clock, calls, limiter } = scene(
      (call) => ({ status: 200, body: call === 1 ? often : '{}', failed: call === 1 }),
      openingOf('bybit'),
    )
    const asked = wire.ask('query', REQUEST)
    await expect.poll(() => limiter.waiting).toBe(1)
    expect(calls).toHaveLength(1)
    clock.now = 1_000
    limiter.pump()
    expect(await asked).toEqual({ ok: true })
    expect(calls).toHaveLength(2)
  })

  it('tells no signature in its messages', async () => {
    const { wire } = scene(() => ({ status: 500 }))
    const error: unknown = await wire.send('entry', REQUEST).catch((failed: unknown) => failed)
    expect(String(error)).toContain('https://demo-fapi.binance.com/fapi/v1/order failed')
    expect(String(error)).not.toContain('signature')
  })
})
