import type { HistoryGap } from '../../domain/history.ts'
import { epochMs } from '../../domain/unit.ts'

/** The most common difference between neighbours, the smaller one on a tie; needs two ascending times or more. */
export function barSpacing(times: Float64Array): number {
  const runs = new Map<number, number>()
  let step = times[1]! - times[0]!
  let run = 0
  for (let index = 1; index < times.length; index++) {
    const difference = times[index]! - times[index - 1]!
    if (difference !== step) {
      runs.set(step, (runs.get(step) ?? 0) + run)
      step = difference
      run = 0
    }
    run++
  }
  runs.set(step, (runs.get(step) ?? 0) + run)
  return mostCommon(runs)
}

function mostCommon(counts: ReadonlyMap<number, number>): number {
  let best = Number.NaN
  let bestCount = 0
  for (const [value, count] of counts) {
    if (count > bestCount || (count === bestCount && value < best)) {
      best = value
      bestCount = count
    }
  }
  return best
}

/** Indexes of the times that do not lie on the grid on which most of them lie; at most `limit`. */
export function offGrid(times: Float64Array, barMs: number, limit: number): readonly number[] {
  const first = times[0]!
  if (times.every((time) => (time - first) % barMs === 0)) return []
  const phases = new Map<number, number>()
  for (const time of times) phases.set(time % barMs, (phases.get(time % barMs) ?? 0) + 1)
  const phase = mostCommon(phases)
  const found: number[] = []
  for (let index = 0; index < times.length && found.length < limit; index++) {
    if (times[index]! % barMs !== phase) found.push(index)
  }
  return found
}

/** The missing bars between ascending times on one grid. */
export function gapsOf(times: Float64Array, barMs: number): readonly HistoryGap[] {
  const gaps: HistoryGap[] = []
  for (let index = 1; index < times.length; index++) {
    const before = times[index - 1]!
    const after = times[index]!
    if (after - before === barMs) continue
    gaps.push({ from: epochMs(before + barMs), to: epochMs(after), bars: (after - before) / barMs - 1 })
  }
  return gaps
}
