import type { Candidate } from '../domain/candidate.ts'
import type { Direction } from '../domain/side.ts'
import { isoTime } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { ScriptedEntry } from '../strategy/scripted.ts'
import { createDraw, drawIndex, shuffled, type Draw } from './random.ts'

/** The signals of one symbol as they were sent, in order of time. */
export function plannedEntries(candidates: readonly Candidate[]): readonly ScriptedEntry[] {
  return candidates.map(({ time, direction, entry, stop, target }) => ({
    time,
    direction,
    stopRatio: Math.abs(entry - stop) / entry,
    targetRatio: Math.abs(target - entry) / entry,
  }))
}

/** `2024Q3`, UTC. */
function quarterOf(time: EpochMs): string {
  const iso = isoTime(time)
  return `${iso.slice(0, 4)}Q${Math.ceil(Number(iso.slice(5, 7)) / 3)}`
}

/**
 * The same times and distances with the directions shuffled within each calendar quarter, so that the share of longs in a
 * quarter, and with it the market's drift, stays what it was.
 */
export function randomDirections(real: readonly ScriptedEntry[], seed: number): readonly ScriptedEntry[] {
  const draw = createDraw(seed)
  const quarters = new Map<string, number[]>()
  real.forEach(({ time }, index) => {
    const quarter = quarterOf(time)
    const members = quarters.get(quarter)
    if (members) members.push(index)
    else quarters.set(quarter, [index])
  })
  const directions: Direction[] = real.map((entry) => entry.direction)
  for (const members of quarters.values()) {
    const mixed = shuffled(
      members.map((index) => real[index]!.direction),
      draw,
    )
    members.forEach((index, i) => (directions[index] = mixed[i]!))
  }
  return real.map((entry, index) => ({ ...entry, direction: directions[index]! }))
}

/** `count` different integers in [0, n), ascending (R. Floyd's sampling). */
function sample(n: number, count: number, draw: Draw): readonly number[] {
  const chosen = new Set<number>()
  for (let top = n - count; top < n; top++) {
    const index = drawIndex(draw, top + 1)
    chosen.add(chosen.has(index) ? top : index)
  }
  return [...chosen].sort((a, b) => a - b)
}

/**
 * Entries at random ones of `times`, with direction and distances drawn together from the real ones.
 * @param times the evaluations at which an entry could have been made, ascending
 * @param count entries wanted; as many as there are times at most
 */
export function randomTimes(
  real: readonly ScriptedEntry[],
  times: Float64Array | readonly EpochMs[],
  count: number,
  seed: number,
): readonly ScriptedEntry[] {
  if (real.length === 0) return []
  const draw = createDraw(seed)
  return sample(times.length, Math.min(count, times.length), draw).map((index) => ({
    ...real[drawIndex(draw, real.length)]!,
    time: times[index]! as EpochMs,
  }))
}
