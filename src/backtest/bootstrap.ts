import { DAY_MS } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import { createDraw, drawIndex } from './random.ts'

/** One trade's outcome in units of its risk. */
export interface Outcome {
  readonly entryTime: EpochMs
  readonly r: number
}

export interface Interval {
  readonly low: number
  readonly high: number
}

const RESAMPLES = 2_000
const TAIL = 0.025
/** Fewer blocks say nothing about their own spread. */
const MIN_DAYS = 10

interface DaySums {
  readonly sum: Float64Array
  readonly count: Float64Array
}

function sumsByDay(outcomes: readonly Outcome[], days: ReadonlyMap<number, number>): DaySums {
  const sums = { sum: new Float64Array(days.size), count: new Float64Array(days.size) }
  for (const { entryTime, r } of outcomes) {
    const day = days.get(dayOf(entryTime))!
    sums.sum[day]! += r
    sums.count[day]!++
  }
  return sums
}

const dayOf = (time: EpochMs): number => Math.floor(time / DAY_MS)

function daysOf(outcomes: readonly Outcome[]): ReadonlyMap<number, number> {
  const days = [...new Set(outcomes.map((o) => dayOf(o.entryTime)))].sort((a, b) => a - b)
  return new Map(days.map((day, index) => [day, index]))
}

function quantiles(values: Float64Array): Interval {
  values.sort()
  const at = (q: number): number => values[Math.round(q * (values.length - 1))]!
  return { low: at(TAIL), high: at(1 - TAIL) }
}

/**
 * 95 % percentile interval of the mean R, resampling whole UTC days of entry, because trades of one day share one market.
 * `null` below ten days with trades.
 */
export function meanInterval(outcomes: readonly Outcome[], seed: number): Interval | null {
  const days = daysOf(outcomes)
  const n = days.size
  if (n < MIN_DAYS) return null
  const { sum, count } = sumsByDay(outcomes, days)
  const draw = createDraw(seed)
  const means = new Float64Array(RESAMPLES)
  for (let i = 0; i < RESAMPLES; i++) {
    let total = 0
    let trades = 0
    for (let j = 0; j < n; j++) {
      const day = drawIndex(draw, n)
      total += sum[day]!
      trades += count[day]!
    }
    means[i] = total / trades
  }
  return quantiles(means)
}

/** The same for mean R of `a` minus mean R of `b`; a day is drawn for both at once. */
export function differenceInterval(a: readonly Outcome[], b: readonly Outcome[], seed: number): Interval | null {
  if (daysOf(a).size < MIN_DAYS || daysOf(b).size < MIN_DAYS) return null
  const days = daysOf([...a, ...b])
  const n = days.size
  const first = sumsByDay(a, days)
  const second = sumsByDay(b, days)
  const draw = createDraw(seed)
  const differences: number[] = []
  for (let i = 0; i < RESAMPLES; i++) {
    let [sumA, countA, sumB, countB] = [0, 0, 0, 0]
    for (let j = 0; j < n; j++) {
      const day = drawIndex(draw, n)
      sumA += first.sum[day]!
      countA += first.count[day]!
      sumB += second.sum[day]!
      countB += second.count[day]!
    }
    if (countA > 0 && countB > 0) differences.push(sumA / countA - sumB / countB)
  }
  return quantiles(Float64Array.from(differences))
}
