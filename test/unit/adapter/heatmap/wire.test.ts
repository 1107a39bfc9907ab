import { describe, expect, it } from 'vitest'
import { sha256Of, type RawResponse } from '../../../../src/adapter/heatmap/http.ts'
import { openInterestOfSentiment, openInterestOfStats } from '../../../../src/adapter/heatmap/open-interest.ts'
import { readPayload } from '../../../../src/adapter/heatmap/wire.ts'
import { epochMs } from '../../../../src/domain/unit.ts'

function answer(body: unknown, rest: Partial<RawResponse> = {}): RawResponse {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return {
    request: '/x',
    status: 200,
    contentType: 'application/json',
    retryAfter: null,
    body: bytes,
    receivedAt: epochMs(1_000),
    sha256: sha256Of(bytes),
    ...rest,
  }
}
const good = { success: true, symbol: 'BTCUSDT', current_price: 100, clusters: [], total_clusters: 0 }
const failure = (response: RawResponse) => {
  const result = readPayload(response)
  return result.kind === 'failed' ? result.failure : null
}

describe('the envelope', () => {
  it('is read, unknown fields and all', () => {
    expect(readPayload(answer({ ...good, clusters: [7], total_clusters: 1, timestamp: 'x', more: {} }))).toEqual({
      kind: 'ok',
      value: { symbol: 'BTCUSDT', currentPrice: 100, totalClusters: 1, clusters: [7] },
    })
  })

  it.each([
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['Application/JSON', true],
    ['application/problem+json', true],
    ['text/html', false],
    ['text/json', false],
    ['application/jsonp', false],
    ['', false],
  ])('of type %j: %s', (contentType, accepted) => {
    expect(failure(answer(good, { contentType }))?.code).toBe(accepted ? undefined : 'BAD_CONTENT_TYPE')
  })

  it.each([
    [{ ...good, success: false }, 'NOT_SUCCESSFUL'],
    [{ success: false }, 'NOT_SUCCESSFUL'],
    [{ ...good, success: undefined }, 'BAD_ENVELOPE'],
    [{ ...good, symbol: 5 }, 'BAD_ENVELOPE'],
    [{ ...good, current_price: '100' }, 'BAD_ENVELOPE'],
    [{ ...good, clusters: {} }, 'BAD_ENVELOPE'],
    [{ ...good, total_clusters: 1.5 }, 'BAD_ENVELOPE'],
    [[], 'BAD_ENVELOPE'],
    [null, 'BAD_ENVELOPE'],
    ['{"success":true,"symbol":"BTCUSDT","current_price":1e999,"clusters":[]}', 'BAD_ENVELOPE'],
    ['{"success":true,"symb', 'BAD_JSON'],
    [{ ...good, clusters: Array(501).fill({}) }, 'TOO_MANY_CLUSTERS'],
  ])('%j is %s', (body, code) => expect(failure(answer(body))?.code).toBe(code))

  it('is told in one line what it has instead', () => {
    const told = (body: unknown): string | undefined => failure(answer(body))?.message
    expect(told([])).toMatch(/: not a heatmap \(the answer: expected object, received array\)$/)
    expect(told({ ...good, symbol: 5 })).toMatch(/: not a heatmap \(symbol: expected string, received number\)$/)
    expect(told({})).toMatch(/ \(success: expected boolean, received undefined; symbol: .*; clusters: [^;]*\)$/)
    expect(told({ current_price: '\u001B[2J' })).toMatch(/ \(success: .*; symbol: .*; current_price: [^;]*; …\)$/)
  })

  it('may hold 500 clusters', () => {
    expect(failure(answer({ ...good, clusters: Array(500).fill({}) }))).toBeNull()
  })
})

describe('statuses', () => {
  it.each([
    [302, '', 'REDIRECT', 'transient'],
    [400, '{"detail":"Symbol X not supported"}', 'UNSUPPORTED_SYMBOL', 'permanent'],
    [401, '{}', 'ACCESS_DENIED', 'permanent'],
    [403, '{}', 'ACCESS_DENIED', 'permanent'],
    [404, '{"detail":"Not Found"}', 'WRONG_PATH', 'permanent'],
    [404, '{"detail":"No suitable cluster found"}', 'NO_CLUSTER', 'transient'],
    [422, '{"detail":[{"loc":["query"],"msg":"m","type":"t"}]}', 'BAD_REQUEST', 'permanent'],
    [429, '', 'RATE_LIMITED', 'transient'],
    [418, '', 'UNEXPECTED_STATUS', 'transient'],
    [204, '', 'UNEXPECTED_STATUS', 'transient'],
    [500, 'Internal Server Error', 'SERVER_ERROR', 'transient'],
    [502, '<html>', 'SERVER_ERROR', 'transient'],
  ])('%d %s', (status, body, code, kind) => expect(failure(answer(body, { status }))).toMatchObject({ code, kind }))

  it('quote a provider escaped and cut', () => {
    const said = failure(answer({ detail: `\u001b[31m${'x'.repeat(5_000)}` }, { status: 400 }))!.message
    expect(said).toContain('"\\u001b[31mxxx')
    expect(said.length).toBeLessThan(350)
  })

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['-3', 0],
    ['86400', 300_000],
    ['Thu, 01 Jan 1970 00:00:11 GMT', 10_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    [null, null],
  ])('with Retry-After %j ask for %s ms', (retryAfter, expected) => {
    expect(failure(answer('', { status: 429, retryAfter }))?.retryAfterMs).toBe(expected)
  })
})

describe('open interest', () => {
  const figures = { total_oi_usd: 9e9, long_oi_usd: 5e9, short_oi_usd: 4e9, long_short_ratio: 1.25 }
  const known = { asOf: 1_000, totalUsd: 9e9, longUsd: 5e9, shortUsd: 4e9, ratio: 1.25 }

  it('of the sentiment endpoint is a book imbalance', () => {
    expect(openInterestOfSentiment(answer({ symbol: 'BTCUSDT', ...figures }), 'BTCUSDT')).toEqual({
      ...known,
      ratioKind: 'book_imbalance',
    })
  })

  it.each([
    [{ symbol: 'ETHUSDT', ...figures }],
    [{ ...figures, total_oi_usd: 0 }],
    [{ ...figures, total_oi_usd: null }],
    [{ ...figures, total_oi_usd: -1 }],
    [{ ...figures, long_short_ratio: 'x' }],
    [{}],
    ['nonsense'],
  ])('%j is none', (body) => expect(openInterestOfSentiment(answer(body), 'BTCUSDT')).toBeNull())

  it.each([
    [
      'the summary',
      { debug: { open_interest_summary: { BTCUSDT: figures } }, BTCUSDT: { total_oi_usd: 1 }, total_oi_usd: 2 },
      'book_imbalance',
    ],
    [
      'an entry of the symbol',
      { debug: { open_interest_summary: { ETHUSDT: { total_oi_usd: 3 } } }, BTCUSDT: figures, total_oi_usd: 2 },
      'unknown',
    ],
    ['flat figures', { ...figures, debug: {} }, 'unknown'],
    ['figures that name their ratio', { ...figures, ratio_kind: 'account' }, 'account'],
    ['figures that name an unknown ratio', { ...figures, ratio_kind: 'vibes' }, 'unknown'],
  ])('of the statistics comes from %s', (_, stats, ratioKind) => {
    expect(openInterestOfStats(answer({ success: true, stats }), 'BTCUSDT')).toEqual({ ...known, ratioKind })
  })

  it.each([
    ['more open interest than there is', { total_oi_usd: 1.1e13 }],
    ['an absurd side', { long_oi_usd: 9e300 }],
    ['a ratio of more than a hundred', { long_short_ratio: 100.1 }],
    ['a ratio of less than a hundredth', { long_short_ratio: 0.0099 }],
  ])('is not known where the statistics claim %s', (_, absurd) => {
    const stats = { BTCUSDT: { ...figures, ...absurd } }
    expect(openInterestOfStats(answer({ success: true, stats }), 'BTCUSDT')).toBeNull()
  })

  it('is known up to those bounds', () => {
    const stats = { BTCUSDT: { ...figures, total_oi_usd: 1e13, long_short_ratio: 100 } }
    expect(openInterestOfStats(answer({ success: true, stats }), 'BTCUSDT')).toMatchObject({
      totalUsd: 1e13,
      ratio: 100,
    })
  })

  it('may be missing from the statistics', () => {
    expect(openInterestOfStats(answer({ success: true, stats: { total_symbols: 42 } }), 'BTCUSDT')).toBeNull()
    expect(openInterestOfStats(answer({ success: true }), 'BTCUSDT')).toBeNull()
    expect(openInterestOfStats(answer('', { status: 502 }), 'BTCUSDT')).toBeNull()
  })
})
