import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readHistory } from '../../../../src/adapter/history/csv.ts'
import { openBarLog, type BarLog } from '../../../../src/adapter/market-data/bar-log.ts'
import type { BarEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { BTC, T0 } from '../../exchange/fixture.ts'

const BAR_MS = 300_000
let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lodestone-bars-'))
  path = join(directory, 'BTCUSDT-5m.csv')
})
afterEach(() => rmSync(directory, { recursive: true }))

const open = (): BarLog => openBarLog(path, BTC, BAR_MS, 2_500)
const bar = (n: number, openInterest = 1_000 + n): BarEvent => ({
  kind: 'bar',
  time: epochMs(T0 + (n + 1) * BAR_MS + 2_500),
  openTime: epochMs(T0 + n * BAR_MS),
  closeTime: epochMs(T0 + (n + 1) * BAR_MS),
  instrument: BTC,
  open: 50_000.1,
  high: 50_100,
  low: 49_900,
  close: 50_050.5,
  volume: 12.345,
  turnover: 617_250.5,
  markHigh: Number.NaN,
  markLow: Number.NaN,
  openInterest,
  fundingRate: 0.0001,
  longShortRatio: Number.NaN,
  takerBuyVolume: Number.NaN,
})
const all = (log: BarLog, bars: readonly BarEvent[]): readonly BarEvent[] =>
  log.complete(bars, epochMs(T0), epochMs(T0 + 100 * BAR_MS))

it('gives back what was written, to the last digit, and adds nothing twice', () => {
  const first = open()
  first.add([bar(0), bar(1)])
  first.add([bar(1), bar(2)])
  expect(all(open(), [])).toEqual([bar(0), bar(1), bar(2)])
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5)
})

it('fills what the venue does not have any more, and believes the venue in what it has', () => {
  open().add([bar(0), bar(1), bar(2)])
  const told = [{ ...bar(1, Number.NaN), markHigh: 50_101 }, bar(2, 7)]
  expect(all(open(), told)).toEqual([bar(0), { ...bar(1), markHigh: 50_101 }, bar(2, 7)])
  expect(open().complete([], epochMs(T0 + BAR_MS), epochMs(T0 + 2 * BAR_MS))).toEqual([bar(1)])
})

it('loses only the line that a dying process was writing, and goes on behind it', () => {
  open().add([bar(0), bar(1)])
  // All its columns, and still half a line: the last figure may have gone on.
  appendFileSync(path, `${T0 + 2 * BAR_MS},50000,50100,49900,50050,1,50050,1002,,,1`)
  const again = open()
  again.add([bar(2)])
  expect(all(open(), [])).toEqual([bar(0), bar(1), bar(2)])
})

it('is a file of candles like any other', () => {
  open().add(Array.from({ length: 20 }, (_, n) => bar(n)))
  const read = readHistory(path)
  expect(read).toMatchObject({ kind: 'ok', columns: { symbol: 'BTCUSDT', barMs: BAR_MS, length: 20 } })
})
