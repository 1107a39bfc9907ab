import { simulate, type SimulationOptions } from '../../src/app/compose/simulate.ts'
import type { Config } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import type { Effect } from '../../src/domain/effect.ts'
import type { EngineEvent } from '../../src/domain/event.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { normal, streamKey, uniform } from '../../src/exchange/crowd/draw.ts'
import type { Strategy } from '../../src/strategy/strategy.ts'

/** Everything a run decided and everything that happened to its account, in order. */
export interface Recording {
  readonly times: readonly number[]
  readonly lines: readonly string[]
  /** Closed trades, every field, with the time of their exit. */
  readonly trades: readonly { readonly exitTime: number; readonly text: string }[]
  readonly submits: number
  readonly fills: number
}

export interface Run {
  readonly config: Config
  readonly columns: readonly BarColumns[]
  /** Made anew for each run, from the data of that run. */
  readonly strategies: (columns: readonly BarColumns[]) => readonly Strategy[]
}

export interface Difference {
  readonly check: 'prefix' | 'prefix_trades' | 'scramble'
  /** Open of the bar from which on the data were cut or replaced. */
  readonly cut: number
  readonly time: number
  readonly whole: string
  readonly other: string
}

const MARKET: ReadonlySet<EngineEvent['kind']> = new Set([
  'price',
  'bar',
  'open_interest',
  'heatmap',
  'timer',
  'command',
])

/** An instrument is named, not spelt out; JSON knows neither NaN nor infinities. */
const plain = (key: string, value: unknown): unknown =>
  key === 'instrument' && typeof value === 'object' && value !== null && 'symbol' in value
    ? value.symbol
    : typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : value

/** Runs over the data and keeps every effect and every account event. */
export async function record({ config, columns, strategies }: Run): Promise<Recording> {
  const times: number[] = []
  const lines: string[] = []
  let submits = 0
  const keep = (time: number, what: EngineEvent | Effect): void => {
    times.push(time)
    lines.push(JSON.stringify(what, plain))
  }
  const options: SimulationOptions = {
    config,
    columns,
    strategies: strategies(columns),
    from: null,
    to: null,
    observe(event, effects) {
      if (!MARKET.has(event.kind)) keep(event.time, event)
      for (const effect of effects) {
        keep(event.time, effect)
        if (effect.kind === 'submit') submits++
      }
    },
  }
  const { result } = await simulate(options)
  const trades = result.trades.map((trade) => ({ exitTime: trade.exitTime, text: JSON.stringify(trade, plain) }))
  return { times, lines, trades, submits, fills: result.fills }
}

/** The rows that open before `cut`. */
export function prefix(columns: BarColumns, cut: number): BarColumns {
  const found = columns.openTime.findIndex((time) => time >= cut)
  const length = found < 0 ? columns.length : found
  return mapColumns(columns, length, (column) => column.slice(0, length))
}

/** The rows that open at `from` or later. */
export function rowsFrom(columns: BarColumns, from: number): BarColumns {
  const found = columns.openTime.findIndex((time) => time >= from)
  const first = found < 0 ? columns.length : found
  return mapColumns(columns, columns.length - first, (column) => column.slice(first))
}

/**
 * Another future: from the bar that opens at `cut` on every figure is replaced by a wilder random walk. Of that bar itself
 * stay what is known at its open: the open, the open interest, the funding rate.
 */
export function scramble(columns: BarColumns, cut: number, seed: number): BarColumns {
  const copy = mapColumns(columns, columns.length, (column) => column.slice())
  const key = streamKey(seed, `scramble ${columns.symbol}`)
  const first = columns.openTime.findIndex((time) => time >= cut)
  if (first < 0) return copy
  let price = columns.open[first]!
  for (let row = first; row < columns.length; row++) {
    const draw = (k: number): number => normal(key, row, k)
    if (row > first) {
      price *= Math.exp(0.002 * draw(0))
      copy.openInterest[row] = copy.openInterest[row - 1]! * Math.exp(0.05 * draw(1))
      copy.fundingRate[row] = 0.0005 * draw(2)
    }
    copy.open[row] = price
    const close = price * Math.exp(0.02 * draw(3))
    copy.high[row] = Math.max(price, close) * (1 + 0.01 * Math.abs(draw(4)))
    copy.low[row] = Math.min(price, close) * (1 - 0.01 * Math.abs(draw(5)))
    copy.close[row] = close
    copy.volume[row] = 5_000 * uniform(key, row, 6)
    copy.turnover[row] = copy.volume[row]! * close
    copy.takerBuyVolume[row] = copy.volume[row]! * uniform(key, row, 7)
    copy.longShortRatio[row] = 0.5 + 2 * uniform(key, row, 8)
    price = close
  }
  return copy
}

function mapColumns(c: BarColumns, length: number, of: (column: Float64Array) => Float64Array): BarColumns {
  return {
    symbol: c.symbol,
    barMs: c.barMs,
    length,
    openTime: of(c.openTime),
    open: of(c.open),
    high: of(c.high),
    low: of(c.low),
    close: of(c.close),
    volume: of(c.volume),
    turnover: of(c.turnover),
    openInterest: of(c.openInterest),
    fundingRate: of(c.fundingRate),
    longShortRatio: of(c.longShortRatio),
    takerBuyVolume: of(c.takerBuyVolume),
  }
}

const NOTHING = '(nothing)'

/** The first place at which two recordings part among what happened up to `limit`. */
function firstDifference(
  check: Difference['check'],
  cut: number,
  whole: Recording,
  other: Recording,
  limit: number,
): Difference | null {
  for (let i = 0; ; i++) {
    const a = i < whole.lines.length && whole.times[i]! <= limit
    const b = i < other.lines.length && other.times[i]! <= limit
    if (!a && !b) return null
    const left = a ? whole.lines[i]! : NOTHING
    const right = b ? other.lines[i]! : NOTHING
    const time = a ? whole.times[i]! : other.times[i]!
    if (left !== right || (a && b && whole.times[i] !== other.times[i]))
      return { check, cut, time, whole: left, other: right }
  }
}

/** A run that ends before `cut` must have decided, traded and been filled exactly as the whole run had by then. */
export async function checkPrefix(run: Run, whole: Recording, cut: number): Promise<Difference | null> {
  const columns = run.columns.map((each) => prefix(each, cut)).filter((each) => each.length > 0)
  const part = await record({ ...run, columns })
  const closed = (recording: Recording): readonly string[] =>
    recording.trades.filter((trade) => trade.exitTime < cut).map((trade) => trade.text)
  const left = closed(whole)
  const right = closed(part)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    if (left[i] !== right[i])
      return { check: 'prefix_trades', cut, time: cut, whole: left[i] ?? NOTHING, other: right[i] ?? NOTHING }
  }
  return firstDifference('prefix', cut, whole, part, cut - 1)
}

/** Whatever comes after the open of the bar at `cut` must not have changed anything up to that open. */
export async function checkScramble(run: Run, whole: Recording, cut: number, seed: number): Promise<Difference | null> {
  const other = await record({ ...run, columns: run.columns.map((each) => scramble(each, cut, seed)) })
  return firstDifference('scramble', cut, whole, other, cut)
}

/** Opens of bars to cut at, drawn without order from the rows after the first one. */
export function drawCuts(columns: BarColumns, count: number, seed: number): readonly number[] {
  const key = streamKey(seed, 'cuts')
  const rows = Array.from({ length: count }, (_, i) => 1 + Math.floor(uniform(key, i, 0) * (columns.length - 1)))
  return rows.map((row) => epochMs(columns.openTime[row]!))
}
