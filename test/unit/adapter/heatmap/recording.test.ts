import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Of, type RawResponse } from '../../../../src/adapter/heatmap/http.ts'
import type { PollReport } from '../../../../src/adapter/heatmap/poller.ts'
import { openRecorder } from '../../../../src/adapter/heatmap/recorder.ts'
import { openRecording, type RecordingResult } from '../../../../src/adapter/heatmap/recording.ts'
import type { Instrument } from '../../../../src/domain/instrument.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createDoor } from '../../../../src/heatmap/door.ts'

const instrument = { symbol: 'BTCUSDT' } as Instrument
let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lodestone-'))
  path = join(folder, 'heatmap.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

function response(body: unknown, at: number, rest: Partial<RawResponse> = {}): RawResponse {
  const bytes = body instanceof Buffer ? body : Buffer.from(JSON.stringify(body))
  return {
    request: '/r',
    status: 200,
    contentType: 'application/json',
    retryAfter: null,
    body: bytes,
    receivedAt: epochMs(at),
    sha256: sha256Of(bytes),
    ...rest,
  }
}
const map = (price: number) => ({
  success: true,
  symbol: 'BTCUSDT',
  current_price: 100,
  clusters: [{ price_level: price, side: 'long', strength: 0.6 }],
  total_clusters: 1,
})
const html = Buffer.from('<html>502</html>')

function record(entries: readonly (readonly ['heatmap' | 'sentiment' | 'stats', RawResponse, string?])[]): void {
  const opened = openRecorder(path)
  if (opened.kind === 'invalid') throw new Error(opened.problem.what)
  for (const [endpoint, r, symbol] of entries) opened.recorder.record(symbol ?? 'BTCUSDT', endpoint, r)
  opened.recorder.close()
}
function replay(ownPrice: (time: number) => number | null = () => 100): {
  readonly result: RecordingResult
  readonly reports: readonly PollReport[]
} {
  const reports: PollReport[] = []
  const door = createDoor({
    source: 'heatmap-http@1',
    symbol: 'BTCUSDT',
    tick: 0.1,
    intervalMs: 5_000,
    lagMs: 0,
    priceCollarRatio: 0.005,
    assertAbsolute: true,
  })
  const result = openRecording({
    path,
    targets: [{ instrument, door, own: (time) => ({ price: ownPrice(time), openInterestUsd: null }) }],
    onReport: (r) => reports.push(r),
  })
  return { result, reports }
}
const sourceOf = ({ result }: { readonly result: RecordingResult }) => {
  if (result.kind === 'invalid') throw new Error(`${result.problem.where}: ${result.problem.what}`)
  return result.source
}

describe('a recording', () => {
  it('holds every response as it came, one a line', () => {
    record([
      ['heatmap', response(map(98), 1_700_000_000_000)],
      ['heatmap', response(html, 1_700_000_005_000, { status: 502, contentType: 'text/html' })],
      ['heatmap', response(Buffer.from([0xff, 0x00]), 1_700_000_010_000)],
    ])
    const lines = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as Record<string, unknown>)
    expect(lines.map((l) => [l['status'], l['encoding'], l['received_at']])).toEqual([
      [200, 'utf8', '2023-11-14T22:13:20.000Z'],
      [502, 'utf8', '2023-11-14T22:13:25.000Z'],
      [200, 'base64', '2023-11-14T22:13:30.000Z'],
    ])
    expect(lines[1]).toMatchObject({
      adapter: 'heatmap-http@1',
      symbol: 'BTCUSDT',
      endpoint: 'heatmap',
      request: '/r',
      body: '<html>502</html>',
      sha256: sha256Of(html),
    })
  })

  it('grows and never shrinks', () => {
    record([['heatmap', response(map(98), 1_000)]])
    const before = readFileSync(path, 'utf8')
    record([['heatmap', response(map(97), 2_000)]])
    expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true)
  })

  it('whose last line is torn is not written to', () => {
    record([['heatmap', response(map(98), 1_000)]])
    appendFileSync(path, '{"v":1')
    expect(openRecorder(path)).toMatchObject({
      kind: 'invalid',
      problem: { code: 'recording_incomplete', where: path },
    })
  })

  it.skipIf(!existsSync('/dev/full'))(
    'says why the disk does not take an answer (skipped where there is no /dev/full)',
    () => {
      const opened = openRecorder('/dev/full')
      if (opened.kind === 'invalid') throw new Error(opened.problem.what)
      expect(opened.recorder.record('BTCUSDT', 'heatmap', response(map(98), 1_000))).toMatch(/ENOSPC/)
      opened.recorder.close()
    },
  )

  it('that cannot be written is a problem, not an exception', () => {
    expect(openRecorder(join(folder, 'none', 'x.jsonl'))).toMatchObject({
      kind: 'invalid',
      problem: { code: 'recording_not_writable' },
    })
  })
})

describe('a replay', () => {
  it('knows at each moment what had arrived by then', () => {
    record([
      ['heatmap', response(map(98), 1_000)],
      ['stats', response({ stats: { total_oi_usd: 5e9 } }, 1_500)],
      ['heatmap', response(map(97), 2_000)],
      ['sentiment', response({ symbol: 'BTCUSDT', total_oi_usd: 6e9 }, 2_500)],
      ['heatmap', response(map(1), 2_600, {}), 'ETHUSDT'],
      ['heatmap', response(map(96), 3_000)],
    ])
    const run = replay()
    expect(run.result).toMatchObject({ info: { records: 6, from: 1_000, to: 3_000, symbols: ['BTCUSDT', 'ETHUSDT'] } })
    const source = sourceOf(run)
    expect(source.peek()).toBe(1_000)
    expect(source.next(epochMs(999))).toBeUndefined()
    const events = [1_000, 2_000, 3_000].map((at) => source.next(epochMs(at)))
    expect(
      events.map(
        (e) =>
          e?.kind === 'heatmap' && [e.time, e.snapshot.levels[0]?.priceMode, e.snapshot.openInterest?.totalUsd ?? null],
      ),
    ).toEqual([
      [1_000, 98, null],
      [2_000, 97, 5e9],
      [3_000, 96, 6e9],
    ])
    expect([source.peek(), source.next(epochMs(9_000)), source.exhausted()]).toEqual([undefined, undefined, true])
  })

  it('fails again where nothing usable was recorded, with nothing in its place', () => {
    record([
      ['heatmap', response(map(98), 1_000)],
      ['heatmap', response(html, 2_000, { status: 502, contentType: 'text/html' })],
      ['heatmap', response({ ...map(98), current_price: 120 }, 3_000)],
      ['heatmap', response(map(97), 4_000)],
    ])
    const run = replay()
    const source = sourceOf(run)
    expect(source.next(epochMs(3_500))?.time).toBe(1_000)
    expect(source.next(epochMs(3_500))).toMatchObject({ kind: 'heatmap_failed', code: 'SERVER_ERROR', time: 2_000 })
    expect(source.next(epochMs(3_500))).toMatchObject({ kind: 'heatmap_failed', code: 'PRICE_COLLAR', time: 3_000 })
    expect(source.next(epochMs(3_500))).toBeUndefined()
    expect(source.next(epochMs(4_000))?.time).toBe(4_000)
    expect(run.reports.map(({ code, time }) => [code, time])).toEqual([
      ['SERVER_ERROR', 2_000],
      ['PRICE_COLLAR', 3_000],
    ])
  })

  it('judges with our own figures of that time', () => {
    record([
      ['heatmap', response(map(98), 1_000)],
      ['heatmap', response(map(98), 2_000)],
    ])
    const source = sourceOf(replay((time) => (time === 1_000 ? 100 : 50)))
    expect(source.next(epochMs(5_000))).toMatchObject({ kind: 'heatmap', time: 1_000 })
    expect(source.next(epochMs(5_000))).toMatchObject({ kind: 'heatmap_failed', time: 2_000 })
    expect(source.next(epochMs(5_000))).toBeUndefined()
  })

  it('never goes back in time with a clock that was set back', () => {
    record([
      ['heatmap', response(map(98), 2_000)],
      ['heatmap', response(map(97), 1_000)],
    ])
    const source = sourceOf(replay())
    expect([source.next(epochMs(9_000))?.time, source.next(epochMs(9_000))?.time]).toEqual([2_000, 2_000])
  })

  it('reads lines longer than one piece of the file', () => {
    record([
      ['heatmap', response({ ...map(98), filler: 'ä'.repeat(200_000) }, 1_000)],
      ['heatmap', response(map(97), 2_000)],
    ])
    const source = sourceOf(replay())
    expect([source.next(epochMs(9_000))?.time, source.next(epochMs(9_000))?.time]).toEqual([1_000, 2_000])
  })
})

describe('a damaged recording is refused', () => {
  const refusal = (): string => {
    const { result } = replay()
    return result.kind === 'invalid'
      ? `${result.problem.where.slice(folder.length + 1)} ${result.problem.what}`
      : 'accepted'
  }
  beforeEach(() =>
    record([
      ['heatmap', response(map(98), 1_000)],
      ['heatmap', response(map(97), 2_000)],
      ['heatmap', response(map(96), 3_000)],
    ]),
  )
  const edit = (change: (line: string) => string): void => {
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, lines.map((l, i) => (i === 1 ? change(l) : l)).join('\n'))
  }

  it('when a line is not JSON', () => {
    edit((line) => line.slice(0, -5))
    expect(refusal()).toBe('heatmap.jsonl:2 not JSON')
  })
  it('when a line is empty', () => {
    edit(() => '')
    expect(refusal()).toBe('heatmap.jsonl:2 not JSON')
  })
  it('when a body was changed', () => {
    edit((line) => line.replace(':97', ':95'))
    expect(refusal()).toBe('heatmap.jsonl:2 its body does not match its SHA-256')
  })
  it('when its time was changed', () => {
    edit((line) => line.replace('"received_ms":2000', '"received_ms":2001'))
    expect(refusal()).toBe('heatmap.jsonl:2 received_at and received_ms differ')
  })
  it('when a field is missing', () => {
    edit((line) => line.replace('"status":200,', ''))
    expect(refusal()).toMatch(/^heatmap\.jsonl:2 not a record: status/)
  })
  it('when the version is another', () => {
    edit((line) => line.replace('"v":1', '"v":2'))
    expect(refusal()).toMatch(/^heatmap\.jsonl:2 not a record: v/)
  })
  it('when its end is torn', () => {
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd())
    expect(refusal()).toBe('heatmap.jsonl:3 the line is incomplete: its recorder was interrupted')
  })
  it('when there is nothing in it, or no file', () => {
    writeFileSync(path, '')
    expect(refusal()).toBe('heatmap.jsonl holds no records')
    rmSync(path)
    expect(refusal()).toContain('ENOENT')
  })
})
