import type { LevelSnapshot } from '../domain/cluster.ts'
import type { Estimator } from '../heatmap/estimator/estimator.ts'
import type { EstimatorFactory } from './symbol-parts.ts'

/** Publications kept at most, over all symbols; beyond that, nothing is played back. */
const MAX_SNAPSHOTS = 200_000

/** What one estimator published, by the open of the bar that made it do so. */
interface Track {
  readonly estimator: Estimator
  readonly times: number[]
  readonly snapshots: LevelSnapshot[]
}

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
      const track: Track = { estimator, times: [], snapshots: [] }
      tracks.set(instrument.symbol, track)
      return {
        ...estimator,
        onBar(bar) {
          const snapshot = estimator.onBar(bar)
          if (snapshot && kept <= MAX_SNAPSHOTS) {
            kept++
            track.times.push(bar.openTime)
            track.snapshots.push(snapshot)
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

function playBack({ estimator, times, snapshots }: Track): Estimator {
  let next = 0
  return {
    ...estimator,
    onBar(bar) {
      if (times[next] !== bar.openTime) return undefined
      return snapshots[next++]
    },
  }
}
