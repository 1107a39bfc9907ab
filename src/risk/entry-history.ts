import type { EpochMs } from '../domain/unit.ts'

/** More entries of one symbol than this in a window are not told apart: the answer is "at least so many". */
const REMEMBERED = 64

/** An entry of an earlier process. */
export interface PastEntry {
  readonly instrumentIndex: number
  readonly time: EpochMs
}

/** When entries were sent, by symbol: the last 64 of each. */
export interface EntryHistory {
  record(instrumentIndex: number, time: EpochMs): void
  /** Entries sent after `since`, at most 64. */
  countSince(instrumentIndex: number, since: EpochMs): number
  /** What is remembered of a symbol, oldest first. */
  times(instrumentIndex: number): readonly EpochMs[]
}

/** @param past entries of an earlier process that still count, oldest first */
export function createEntryHistory(past: readonly PastEntry[] = []): EntryHistory {
  const times: EpochMs[][] = []

  function record(instrumentIndex: number, time: EpochMs): void {
    const own = (times[instrumentIndex] ??= [])
    own.push(time)
    if (own.length > REMEMBERED) own.shift()
  }

  for (const entry of past) record(entry.instrumentIndex, entry.time)
  return {
    record,
    times: (instrumentIndex) => times[instrumentIndex] ?? [],
    countSince(instrumentIndex, since) {
      const own = times[instrumentIndex]
      if (own === undefined) return 0
      let count = 0
      while (count < own.length && own[own.length - 1 - count]! > since) count++
      return count
    },
  }
}
