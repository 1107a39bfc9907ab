import { describe, expect, it } from 'vitest'
import { composePaper } from '../../../../src/app/compose/paper.ts'
import { crowdMarket, tapeMarket } from '../../../../src/app/compose/served-market.ts'
import { exchangeParameters } from '../../../../src/app/exchange-parameters.ts'
import { loadConfig } from '../../../../src/config/load.ts'
import type { EngineEvent } from '../../../../src/domain/event.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/domain/time.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createExchange, type EmbeddedExchange } from '../../../../src/exchange/exchange.ts'
import { columnsOf } from '../../exchange/fixture.ts'

const loaded = loadConfig({ environment: {} })
if (loaded.kind !== 'ok') throw new Error('no configuration')
const { config } = loaded
const parameters = exchangeParameters(config)

function eventsUntil({ events }: EmbeddedExchange, until: number): string[] {
  const lines: string[] = []
  for (let e = events.next(epochMs(until)); e !== undefined; e = events.next(epochMs(until))) lines.push(line(e))
  return lines
}
const line = (event: EngineEvent): string =>
  JSON.stringify({ ...event, instrument: 'instrument' in event ? event.instrument.symbol : null })

describe('the market of a served exchange', () => {
  it('is that of a paper session with the same seed', () => {
    const served = crowdMarket(config, parameters, 3, ['ETH/USDT:USDT'])
    const paper = composePaper({
      config: { ...config, exchange: { ...config.exchange, pairs: ['ETHUSDT'] } },
      seed: 3,
      durationMs: DAY_MS,
      speed: Number.POSITIVE_INFINITY,
      tape: null,
    })
    if (served.kind !== 'ok' || paper.kind !== 'ok') throw new Error('refused')
    expect(served.start).toBe(paper.session.start)
    const until = served.start + HOUR_MS
    const lines = eventsUntil(createExchange({ tape: served.tape, parameters }), until)
    expect(lines.length).toBeGreaterThan(1_800)
    expect(lines).toEqual(eventsUntil(paper.session.exchange, until))
  }, 30_000)

  it('refuses a symbol that the crowd does not trade', () => {
    expect(crowdMarket(config, parameters, 1, ['DOGEUSDT'])).toEqual({
      kind: 'refused',
      message: 'the simulated crowd trades BTCUSDT, ETHUSDT, SOLUSDT, not DOGEUSDT',
    })
  })

  it('on candles begins where a paper session does, with the candles before as history', () => {
    const bars = Array.from({ length: 20 * 24 }, (_, i) => [100, 101, 99, 100 + (i % 2)] as const)
    const columns = columnsOf('BTCUSDT', bars, { barMs: HOUR_MS, fundingRate: bars.map(() => 0.0002) })
    const served = tapeMarket(config, parameters, [columns])
    const first = columns.openTime[0]!
    expect(served.start).toBe(first + 9 * DAY_MS)
    const paper = composePaper({ config, seed: 1, durationMs: null, speed: 1, tape: [columns] })
    expect(paper.kind === 'ok' && paper.session.start).toBe(served.start)
    const ask = (path: string, query: string): readonly unknown[] =>
      served.data.answer(path, new URLSearchParams(`symbol=BTCUSDT&${query}`), served.start)?.body as unknown[]
    const hourly = ask('/fapi/v1/klines', 'interval=1h&limit=1000') as unknown[][]
    expect(hourly).toHaveLength(9 * 24)
    // The last one is over, its prices are known, and it is not published yet.
    expect(hourly.at(-1)!.slice(0, 6)).toEqual([served.start - HOUR_MS, '100', '101', '99', '101', '0'])
    expect(ask('/fapi/v1/fundingRate', 'limit=1000')).toHaveLength(9 * 3)
    expect(served.tape.peek()).toBe(served.start)
  })
})
