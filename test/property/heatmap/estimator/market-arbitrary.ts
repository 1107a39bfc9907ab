import fc from 'fast-check'
import type { BarEvent } from '../../../../src/domain/event.ts'
import { bar, type BarFigures } from '../../../unit/heatmap/estimator/market.ts'

export interface Step extends BarFigures {
  readonly openInterest: number
}

const unit = fc.double({ min: 0, max: 1, noNaN: true })
const move = fc.double({ min: -0.012, max: 0.012, noNaN: true })
const kind = fc.constantFrom('plain', 'plain', 'plain', 'flat', 'missing', 'jump', 'crash', 'mark')
const turn = fc.record({
  move,
  up: unit,
  down: unit,
  change: fc.double({ min: -0.03, max: 0.03, noNaN: true }),
  volume: unit,
  average: unit,
  kind,
})

/** Histories of a market: wicks, flat bars, missing figures, jumps of the feed, crashes, a mark range of its own. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(turn, { minLength: 2, maxLength: 60 }).map((turns) => {
  let price = 50_000
  let openInterest = 1_000
  return turns.map((t): Step => {
    const open = price
    if (t.kind === 'crash') price *= 1 + 12 * t.move
    else if (t.kind !== 'flat') price *= 1 + t.move
    openInterest *= t.kind === 'jump' ? 1.4 : 1 + t.change
    const shown = t.kind === 'missing' ? Number.NaN : openInterest
    const volume = openInterest * t.volume * 0.05
    if (t.kind === 'flat') return { openInterest: shown, close: price, volume }
    const high = Math.max(open, price) * (1 + t.up * 0.004)
    const low = Math.min(open, price) * (1 - t.down * 0.004)
    const figures = {
      openInterest: shown,
      close: price,
      high,
      low,
      volume,
      turnover: volume * (low + t.average * (high - low)),
    }
    return t.kind === 'mark' ? { ...figures, markHigh: high * 0.999, markLow: low * 1.001 } : figures
  })
})

export const barsOf = (history: readonly Step[], scale = 1): readonly BarEvent[] =>
  history.map(({ openInterest, ...figures }, i) => {
    const scaled = { ...figures, close: figures.close! * scale }
    const { high, low, markHigh, markLow, turnover } = figures
    return bar(i + 1, openInterest, {
      ...scaled,
      ...(high === undefined ? {} : { high: high * scale }),
      ...(low === undefined ? {} : { low: low * scale }),
      ...(markHigh === undefined ? {} : { markHigh: markHigh * scale }),
      ...(markLow === undefined ? {} : { markLow: markLow * scale }),
      ...(turnover === undefined ? {} : { turnover: turnover * scale }),
    })
  })
