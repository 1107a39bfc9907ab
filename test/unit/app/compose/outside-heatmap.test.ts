import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Of } from '../../../../src/adapter/heatmap/http.ts'
import { openRecorder } from '../../../../src/adapter/heatmap/recorder.ts'
import { composePaper } from '../../../../src/app/compose/paper.ts'
import { runPaper, type PaperSummary } from '../../../../src/app/paper-session.ts'
import { loadConfig } from '../../../../src/config/load.ts'
import type { BarColumns } from '../../../../src/domain/bar-columns.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../src/domain/time.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { columnsOf } from '../../exchange/fixture.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lodestone-'))
  file = join(folder, 'heatmap.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const BAR_MS = 5 * MINUTE_MS
const PRICE = 50_000
/** Two days around one price. */
const tape = (): BarColumns =>
  columnsOf(
    'BTCUSDT',
    Array.from({ length: (2 * DAY_MS) / BAR_MS }, (_, i) => {
      const at = PRICE + 20 * Math.sin(i / 5)
      return [at, at + 60, at - 60, at + 10] as const
    }),
    { barMs: BAR_MS },
  )

const map = (price: number): string =>
  JSON.stringify({
    success: true,
    symbol: 'BTCUSDT',
    current_price: price,
    clusters: [
      { price_level: price * 1.012, side: 'short', strength: 0.9, open_interest: 5_000_000 },
      { price_level: price * 0.985, side: 'long', strength: 0.5, open_interest: 5_000_000 },
    ],
    total_clusters: 2,
  })

/** What a service said every five seconds from `from` to `to`. */
function record(from: number, to: number, price = PRICE): void {
  const opened = openRecorder(file)
  if (opened.kind === 'invalid') throw new Error(opened.problem.what)
  for (let time = from; time <= to; time += 5 * SECOND_MS) {
    const body = Buffer.from(map(price + (time % 7)))
    opened.recorder.record('BTCUSDT', 'heatmap', {
      request: '/api/heatmap/BTCUSDT',
      status: 200,
      contentType: 'application/json',
      retryAfter: null,
      body,
      receivedAt: epochMs(time),
      sha256: sha256Of(body),
    })
  }
  opened.recorder.close()
}

function compose(columns: BarColumns) {
  const loaded = loadConfig({
    files: ['config/literal.yaml'],
    environment: {
      LODESTONE__HEATMAP__SOURCE: 'recording',
      LODESTONE__HEATMAP__FILE: file,
      LODESTONE__HEATMAP__LEVELS: 'absolute',
      LODESTONE__CONFIRMATION__TREND__ENABLED: 'false',
    },
  })
  if (loaded.kind !== 'ok') throw new Error(JSON.stringify(loaded.problems))
  return composePaper({
    config: loaded.config,
    seed: 1,
    durationMs: null,
    speed: Number.POSITIVE_INFINITY,
    tape: [columns],
  })
}

async function trade(columns: BarColumns): Promise<{ summary: PaperSummary; alerts: readonly string[] }> {
  const composed = compose(columns)
  if (composed.kind === 'refused') throw new Error(composed.message)
  const alerts: string[] = []
  const summary = await runPaper(composed.session, {
    configHash: 'x',
    seed: null,
    durationMs: null,
    interrupt: new AbortController().signal,
    onAlert: ({ message }) => alerts.push(message),
    observe: () => undefined,
  })
  return { summary, alerts }
}

describe('a recording, traded to the candles of its time', () => {
  it('opens nothing before it was received or after it has ended, and plays the same twice', async () => {
    const columns = tape()
    // The second day is traded; the recording holds two hours of it, and goes on after the candles end.
    const begin = columns.openTime[0]! + DAY_MS + 6 * HOUR_MS
    record(begin, begin + 2 * HOUR_MS)
    const first = await trade(columns)
    expect(await trade(columns)).toEqual(first)
    expect(first.summary).toMatchObject({ market: 'tape', ended: 'exhausted', ledger_agrees: true })
    const entries = first.summary.entry_list.map(({ time }) => Date.parse(time))
    expect(entries.length).toBeGreaterThan(0)
    for (const time of entries) {
      expect(time).toBeGreaterThanOrEqual(begin)
      expect(time).toBeLessThanOrEqual(begin + 2 * HOUR_MS + 15 * SECOND_MS)
    }
  })

  it('opens nothing where it tells another price than the candles', async () => {
    const columns = tape()
    const begin = columns.openTime[0]! + DAY_MS + 6 * HOUR_MS
    record(begin, begin + HOUR_MS, PRICE * 1.02)
    const { summary, alerts } = await trade(columns)
    expect(summary.orders).toBe(0)
    expect(alerts[0]).toMatch(/^BTCUSDT: no entries on this heatmap: the provider’s price \d+.* is \d\.\d\d % away/)
  })

  it('is not waited for when the candles are over', async () => {
    const columns = tape()
    const end = columns.openTime[columns.length - 1]! + BAR_MS
    record(end - HOUR_MS, end + HOUR_MS)
    const { summary } = await trade(columns)
    expect(Date.parse(summary.to) - end).toBeLessThan(SECOND_MS)
  })

  it('is refused where it does not meet the candles, or is damaged', () => {
    const columns = tape()
    record(columns.openTime[0]! - DAY_MS, columns.openTime[0]! - DAY_MS + MINUTE_MS)
    expect(compose(columns)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/is of \S+ to \S+, the trading of \S+ to \S+: they do not meet/),
    })
    file = join(folder, 'none.jsonl')
    expect(compose(columns)).toMatchObject({ kind: 'refused', message: expect.stringContaining('none.jsonl') })
  })
})
