import { afterEach, describe, expect, it } from 'vitest'
import { exampleMap, json, PRICE, serve, serveMap, type FakeService } from './document-heatmap.ts'
import { lodestone, type Ended } from './run-cli.ts'

let service: FakeService | undefined
afterEach(async () => {
  await service?.close()
  service = undefined
})

/** The hours of funding refuse entries; these tests run at any hour. */
const anyHour = { LODESTONE__ENTRY__FUNDING_BEFORE_SECS: '0', LODESTONE__ENTRY__FUNDING_AFTER_SECS: '0' }

const ask = (args: readonly string[]): Promise<Ended> =>
  lodestone(['signal', 'BTCUSDT', '--heatmap-url', service!.url, ...args], anyHour)

const array = ({ out }: Ended): readonly Record<string, unknown>[] =>
  JSON.parse(out) as readonly Record<string, unknown>[]

describe('the document’s example over HTTP', () => {
  it.each(['open_interest', 'total_notional'] as const)(
    'is a LONG hunt under the literal rules (%s)',
    async (spelling) => {
      service = await serveMap(exampleMap(spelling))
      const ended = await ask(['-c', 'config/literal.yaml', '--json'])
      expect(ended.code).toBe(0)
      const signals = array(ended)
      expect(signals).toHaveLength(1)
      // Stop: 88,750 less 0.05 % of the price (44.59) and down to the tick. (89,427 − 89,175.1) / (89,175.1 − 88,705.4) = 0.536
      expect(signals[0]).toMatchObject({
        symbol: 'BTCUSDT',
        signal: 'LONG',
        entry_price: PRICE,
        stop_loss: 88_705.4,
        take_profit: 89_427,
        confidence: 0.85,
        risk_reward: 0.54,
        cluster_data: {
          price_level: 89_427.01,
          side: 'short',
          strength: 0.85,
          open_interest: 3_500_000,
          distance_from_price: 0.28,
        },
        support_levels: [88_750, 88_400],
        resistance_levels: [89_427.01, 89_650],
        market_sentiment: { sentiment: 'BULLISH_BIAS', long_short_ratio: 1.15 },
        strategy: 'liquidation_hunt',
        crowding: 'BALANCED',
        decision: { status: 'TRADE', reasons: [] },
      })
      expect(signals[0]!['reason']).toContain('89,427.01')
      expect(signals[0]!['quantity']).toBeGreaterThan(0)
      expect(signals[0]!['flags']).toContain('anchoring_undetermined')
    },
  )

  it('is no trade by default, and stderr says why, with figures', async () => {
    service = await serveMap(exampleMap('open_interest'))
    const ended = await ask(['--json'])
    expect([ended.code, ended.out]).toEqual([0, '[]\n'])
    expect(ended.err).toContain('0.28 % away, at least 0.45 % asked')
    expect(ended.err).toContain('technical confirmation skipped')
    const all = array(await ask(['--json', '--all', '-q']))
    const hunt = all.find((s) => s['strategy'] === 'liquidation_hunt' && s['signal'] === 'LONG')!
    expect(hunt['decision']).toMatchObject({
      status: 'NO_TRADE',
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'TOO_NEAR' })]),
    })
    expect(hunt['flags']).toContain('confirmation_skipped')
  })

  it('stays an array on stdout without --json', async () => {
    service = await serveMap(exampleMap('open_interest'))
    const ended = await ask(['-c', 'config/literal.yaml'])
    expect(array(ended)).toHaveLength(1)
    expect(ended.out).toContain('\n    "symbol": "BTCUSDT",\n')
    expect(ended.err).toContain('BTCUSDT LONG liquidation_hunt')
  })
})

describe('a heatmap that cannot be trusted', () => {
  const hasSentence = ({ err, code, out }: Ended, expected: number, sentence: RegExp): void => {
    expect(err).toMatch(sentence)
    expect(err).not.toMatch(/\n\s+at |unexpected error/)
    expect(code).toBe(expected)
    expect(['', '[]\n']).toContain(out)
  }

  it('answers with a proxy’s page', async () => {
    service = await serve((_path, response) => {
      response.writeHead(502, { 'content-type': 'text/html' })
      response.end('<html><b>Bad gateway</b></html>')
    })
    hasSentence(await ask(['-c', 'config/literal.yaml', '--json']), 1, /No usable heatmap: .*status 502/)
  })

  it('is empty', async () => {
    service = await serveMap({ ...exampleMap('open_interest'), clusters: [], total_clusters: 0 })
    hasSentence(await ask(['-c', 'config/literal.yaml', '--json']), 0, /no usable heatmap yet/)
  })

  it('is empty and has no price', async () => {
    service = await serveMap({ ...exampleMap('open_interest'), clusters: [], total_clusters: 0, current_price: null })
    hasSentence(await ask(['-c', 'config/literal.yaml', '--json']), 1, /empty and has no price/)
  })

  it('ends in the middle of its JSON', async () => {
    const text = JSON.stringify(exampleMap('open_interest'))
    service = await serve((_path, response) => json(response, text.slice(0, text.length / 2)))
    hasSentence(await ask(['-c', 'config/literal.yaml', '--json']), 1, /is not JSON/)
  })

  it('says NaN where numbers should stand', async () => {
    const map = exampleMap('open_interest')
    service = await serveMap({
      ...map,
      clusters: map.clusters.map((c) => ({ ...c, strength: 'NaN', price_level: 'NaN' })),
    })
    hasSentence(await ask(['-c', 'config/literal.yaml', '--json']), 1, /4 of 4 clusters are unusable \(BAD_SCHEMA\)/)
  })

  it('is of another price', async () => {
    service = await serveMap(exampleMap('open_interest'))
    hasSentence(await ask(['-c', 'config/literal.yaml', '--json', '--price', '74312.58']), 1, /20\.00 % away from ours/)
  })

  it('follows the price: no trade by default', async () => {
    const map = exampleMap('open_interest')
    const projected = [
      { side: 'long', tier: 25, price: PRICE * 0.96 },
      { side: 'short', tier: 50, price: PRICE * 1.02 },
      { side: 'short', tier: 100, price: PRICE * 1.01 },
    ]
    const clusters = projected.map(({ side, tier, price }) => ({
      price_level: price,
      side,
      leverage_tier: tier,
      open_interest: 9_000_000,
      strength: 0.9,
      distance_from_price: Math.round(Math.abs(price / PRICE - 1) * 10_000) / 100,
    }))
    service = await serveMap({ ...map, clusters, total_clusters: 3 })
    hasSentence(await ask(['--json']), 0, /levels follow the price one for one/)
  })

  it('does not know the symbol', async () => {
    service = await serve((_path, response) => json(response, { detail: 'Symbol BTCUSDT not supported' }, 400))
    hasSentence(await ask(['--json']), 2, /does not serve this symbol/)
  })

  it('is not there', async () => {
    service = await serveMap({})
    const { url } = service
    await service.close()
    hasSentence(await lodestone(['signal', 'BTCUSDT', '--heatmap-url', url]), 1, /ECONNREFUSED/)
  })
})

describe('a call that cannot work', () => {
  it.each([
    [['signal', 'BTCUSDT'], /--data .*--heatmap-url/],
    [['signal', 'what?', '--heatmap-url', 'http://127.0.0.1:1'], /is no symbol/],
    [['signal', 'BTCUSDT', '--heatmap-url', 'http://example.com/'], /must be https/],
    [['signal', 'BTCUSDT', '--heatmap-url', 'http://127.0.0.1:1', '--price', '-1'], /--price -1/],
  ])('%j ends with code 4 and what to do', async (args, sentence) => {
    const { code, out, err } = await lodestone(args)
    expect([code, out]).toEqual([4, ''])
    expect(err).toMatch(sentence)
  })
})
