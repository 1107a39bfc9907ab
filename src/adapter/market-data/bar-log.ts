import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'

/** Bars of one symbol in a file of candles, as `backtesting --data` reads them too. */
export interface BarLog {
  /** What the venue has, and of the same stretch what it has not, or not any more; oldest first. */
  complete(bars: readonly BarEvent[], from: EpochMs, until: EpochMs): readonly BarEvent[]
  /** Adds those that are later than all that is there. Throws what the disk says. */
  add(bars: readonly BarEvent[]): void
}

const HEADER =
  'timestamp,open,high,low,close,volume,turnover,open_interest,funding_rate,long_short_ratio,taker_buy_volume'
const COLUMNS = HEADER.split(',').length
const OWN_USER_ONLY = 0o600
/** A year of bars of five minutes; what is older is dropped when the file is opened. */
const MAX_BARS = 105_120

const cell = (value: number): string => (Number.isNaN(value) ? '' : String(value))
const lineOf = (bar: BarEvent): string =>
  [
    ...[bar.openTime, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.turnover],
    ...[bar.openInterest, bar.fundingRate, bar.longShortRatio, bar.takerBuyVolume],
  ]
    .map(cell)
    .join(',')

/** Figures of a line; `null` for one that was torn or is none of ours. */
function figuresOf(line: string): readonly number[] | null {
  const cells = line.split(',')
  if (cells.length !== COLUMNS) return null
  const figures = cells.map((text) => (text === '' ? Number.NaN : Number(text)))
  return figures.slice(0, 6).every(Number.isFinite) ? figures : null
}

/**
 * Opens the file of a symbol, or begins it: a venue tells its open interest for so long and no longer.
 * @param barLagMs stamps what is read, as the venue's own history is
 */
export function openBarLog(path: string, instrument: Instrument, barMs: number, barLagMs: number): BarLog {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  // A process that died while it wrote leaves half a line, which is not one.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  const kept = new Map<number, readonly number[]>()
  let last = Number.NEGATIVE_INFINITY
  for (const line of lines) {
    const figures = figuresOf(line)
    if (!figures || figures[0]! <= last) continue
    last = figures[0]!
    kept.set(last, figures)
  }
  for (const openTime of [...kept.keys()].slice(0, Math.max(0, kept.size - MAX_BARS))) kept.delete(openTime)
  const whole = [HEADER, ...[...kept.values()].map((figures) => figures.map(cell).join(','))].join('\n') + '\n'
  if (whole !== text) {
    writeFileSync(`${path}.new`, whole, { mode: OWN_USER_ONLY })
    renameSync(`${path}.new`, path)
  }

  const barOf = (figures: readonly number[]): BarEvent => {
    const [openTime, open, high, low, close, volume, turnover, openInterest, fundingRate, ratio, bought] = figures
    const closeTime = openTime! + barMs
    return {
      kind: 'bar',
      time: epochMs(closeTime + barLagMs),
      openTime: epochMs(openTime!),
      closeTime: epochMs(closeTime),
      instrument,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
      turnover: turnover!,
      markHigh: Number.NaN,
      markLow: Number.NaN,
      openInterest: openInterest!,
      fundingRate: fundingRate!,
      longShortRatio: ratio!,
      takerBuyVolume: bought!,
    }
  }

  return {
    complete(bars, from, until) {
      const found = new Map(bars.map((bar) => [bar.openTime as number, bar]))
      for (const [openTime, figures] of kept) {
        if (openTime < from || openTime + barMs > until) continue
        const own = barOf(figures)
        const told = found.get(openTime)
        if (!told) found.set(openTime, own)
        else if (Number.isNaN(told.openInterest)) found.set(openTime, { ...told, openInterest: own.openInterest })
      }
      return [...found.values()].toSorted((a, b) => a.openTime - b.openTime)
    },
    add(bars) {
      const fresh = bars.filter(({ openTime }) => openTime > last)
      if (fresh.length === 0) return
      appendFileSync(path, fresh.map((bar) => `${lineOf(bar)}\n`).join(''))
      last = fresh.at(-1)!.openTime
    },
  }
}
