import type { BarColumns } from '../../domain/bar-columns.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { epochMs } from '../../domain/unit.ts'
import type { Tape, TapeItem, WholePath } from '../tape.ts'
import { createBarFeed, pointOffsets, type BarFeed } from './bar-feed.ts'

export interface BarSource {
  readonly instrument: Instrument
  readonly columns: BarColumns
}

export interface BarTapeOptions {
  /** A bar whose range is at least this many trailing ATRs is wide. */
  readonly wideBarAtr: number
}

/** Stages of one step of the grid; within each, the instruments in their order. */
const BARS = 0
const OPENS = 1
const FUNDINGS = 2
const FIRST_EXTREMES = 3
const CLOSES = 5

/**
 * History as a tape. All instruments share one grid, so that their items interleave by a plain scan. Each bar's path
 * is open, nearer extreme (the low when both are equally near), other extreme, close, at 0, ⅓, ⅔ and the last
 * millisecond of the bar; the bar itself follows when its time is over, then the next open and the funding settled at it.
 * The last price stands in for the mark. Throws when the columns have different spacing or are not on one grid.
 */
export function createBarTape(sources: readonly BarSource[], options: BarTapeOptions): Tape {
  const feeds = sources.map(({ instrument, columns }) => createBarFeed(instrument, columns, options.wideBarAtr))
  const barMs = checkGrid(sources)
  const offsets = Float64Array.from([0, 0, ...pointOffsets(barMs)])
  /**
   * Instruments with a bar at the current grid time, those of them whose path is played point by point, and those with a
   * settlement at its open; so many count.
   */
  const live = [...feeds]
  const walking = [...feeds]
  const settling = [...feeds]
  let liveCount = 0
  let walkingCount = 0
  let settlingCount = 0
  let thinned = false
  // Fields of an object, because a captured variable that holds a double costs an allocation each time it is set.
  const next = { time: Infinity, gridTime: Infinity, stage: OPENS, at: 0 }

  const openBars = (): void => {
    const first = firstOpen(feeds)
    next.stage = OPENS
    next.gridTime = first
    next.time = first
    liveCount = 0
    settlingCount = 0
    thinned = false
    for (const feed of feeds) {
      if (feed.opensAt !== first || first === Infinity) continue
      feed.begin()
      walking[liveCount] = feed
      live[liveCount++] = feed
      if (feed.settlements > 0) settling[settlingCount++] = feed
    }
    walkingCount = liveCount
  }

  const skipToBars = (): void => {
    next.stage = BARS
    next.gridTime += barMs
    next.time = next.gridTime
  }

  /** Everything of this stage has been handed out. */
  const turn = (): void => {
    next.at = 0
    if (next.stage === BARS) return openBars()
    if (next.stage === CLOSES) {
      next.stage = BARS
      next.gridTime += barMs
    } else {
      next.stage += 1
      if (next.stage === FUNDINGS && settlingCount === 0) next.stage = FIRST_EXTREMES
    }
    next.time = next.gridTime + offsets[next.stage]!
  }

  const settle = (): TapeItem => {
    const feed = settling[next.at]!
    const item = feed.funding()
    if (feed.settlements === 0) next.at += 1
    if (next.at === settlingCount) turn()
    return item
  }

  openBars()
  return {
    instruments: sources.map((source) => source.instrument),
    peek: () => (next.time === Infinity ? undefined : epochMs(next.time)),
    closesBars: () => next.stage === BARS,
    next() {
      if (next.time === Infinity) throw new Error('bar tape: read beyond its end')
      const { stage } = next
      if (stage === FUNDINGS) return settle()
      const bars = stage === BARS
      const feed = bars ? live[next.at]! : walking[next.at]!
      const item = bars ? feed.close() : feed.move(stage === OPENS ? 0 : stage - FUNDINGS)
      next.at += 1
      if (next.at === (bars ? liveCount : walkingCount)) turn()
      return item
    },
    passOver(until, mayPass, isIdle, passed) {
      if (next.stage !== OPENS || next.at !== 0 || settlingCount > 0 || liveCount === 0 || thinned) return
      let all = next.gridTime + barMs <= until
      for (let i = 0; all && i < liveCount; i += 1) all = mayPass(live[i]!.path)
      if (all) {
        for (let i = 0; i < liveCount; i += 1) passed(live[i]!.path)
        skipToBars()
      } else if (liveCount > 1) {
        thinned = true
        thinOut(mayPass, isIdle, passed)
      }
    },
  }

  /** Leaves the idle ones that may pass out of the walk; at least one goes on, so that the time between is not skipped. */
  function thinOut(
    mayPass: (path: WholePath) => boolean,
    isIdle: (instrument: Instrument) => boolean,
    passed: (path: WholePath) => void,
  ): void {
    let kept = 0
    for (let i = 0; i < liveCount; i += 1) {
      const feed = live[i]!
      const last = i === liveCount - 1 && kept === 0
      const path = feed.path
      if (!last && isIdle(path.instrument) && mayPass(path)) passed(path)
      else walking[kept++] = feed
    }
    walkingCount = kept
  }
}

/** Time of the next bar of any instrument. */
function firstOpen(feeds: readonly BarFeed[]): number {
  let first = Infinity
  for (const feed of feeds) if (feed.opensAt < first) first = feed.opensAt
  return first
}

function checkGrid(sources: readonly BarSource[]): number {
  const barMs = sources[0]?.columns.barMs
  if (barMs === undefined) throw new RangeError('bar tape: no columns')
  const origin = sources[0]?.columns.openTime[0] ?? 0
  for (const { instrument, columns } of sources) {
    if (columns.barMs !== barMs)
      throw new RangeError(`bar tape: ${instrument.symbol} has bars of ${columns.barMs} ms, others of ${barMs} ms`)
    for (let row = 0; row < columns.length; row += 1) {
      const step = columns.openTime[row]! - (row > 0 ? columns.openTime[row - 1]! : origin)
      if (step === barMs) continue
      if (row > 0 && step <= 0) throw new RangeError(`bar tape: ${instrument.symbol} is out of order in row ${row}`)
      if (step % barMs !== 0) throw new RangeError(`bar tape: ${instrument.symbol} is off the grid in row ${row}`)
    }
  }
  return barMs
}
