import type { LevelSnapshot } from '../domain/cluster.ts'
import { packLevels, unpackLevels, type PackedLevels } from '../heatmap/packed-levels.ts'
import type { Estimator } from '../heatmap/estimator/estimator.ts'
import type { EstimatorFactory } from './symbol-parts.ts'

/** Publications kept at most, over all symbols; beyond that, nothing is played back. */
const MAX_SNAPSHOTS = 200_000

interface Publication {
  /** Open of the bar that led to it. */
  readonly time: number
  /** All but the levels. */
  readonly snapshot: LevelSnapshot
  readonly levels: PackedLevels
}

/** What one estimator published. */
interface Track {
  readonly estimator: Estimator
  readonly publications: Publication[]
}

const NO_LEVELS: LevelSnapshot['levels'] = []

export interface EstimatorRecording {
  /** Estimators that also take down what they publish. */
  readonly recording: EstimatorFactory
  /** After the recorded run: estimators that publish the same without estimating, on the same bars. */
  readonly playback: () => EstimatorFactory
}

/**
 * What an estimator publishes depends on the bars alone, never on trades: it is worked out once and played back in the
 * runs that differ in nothing but trading.
 */
export function recordEstimators(fresh: EstimatorFactory): EstimatorRecording {
  const tracks = new Map<string, Track>()
  let kept = 0
  return {
    recording(instrument, barMs) {
      const estimator = fresh(instrument, barMs)
      const track: Track = { estimator, publications: [] }
      tracks.set(instrument.symbol, track)
      return {
        ...estimator,
        onBar(bar) {
          const snapshot = estimator.onBar(bar)
          if (snapshot && kept <= MAX_SNAPSHOTS) {
            kept++
            const levels = packLevels(snapshot.levels)
            track.publications.push({ time: bar.openTime, snapshot: { ...snapshot, levels: NO_LEVELS }, levels })
          }
          return snapshot
        },
      }
    },
    playback: () => (instrument, barMs) => {
      const track = tracks.get(instrument.symbol)
      return track === undefined || kept > MAX_SNAPSHOTS ? fresh(instrument, barMs) : playBack(track)
    },
  }
}

function playBack({ estimator, publications }: Track): Estimator {
  let next = 0
  return {
    ...estimator,
    onBar(bar) {
      const publication = publications[next]
      if (publication?.time !== bar.openTime) return undefined
      next++
      return { ...publication.snapshot, levels: unpackLevels(publication.levels) }
    },
  }
}
