import { isoTime } from '../domain/time.ts'
import { priceText } from '../strategy/wording.ts'
import type { Look } from './look.ts'

const NAMES: Readonly<Record<Look['source'], string>> = {
  api: 'a heatmap service',
  estimator: 'our estimator',
  recording: 'a recording',
}

/** Where a look's figures come from, in one line. */
export function sourceSentence({ symbol, source, view, time, state }: Look): string {
  const levels = state.snapshot?.levels.length ?? 0
  const bad = state.snapshot?.quarantined.reduce((sum, { count }) => sum + count, 0) ?? 0
  const quarantined =
    bad === 0 ? '' : `, ${bad} quarantined (${state.snapshot?.quarantined.map((q) => q.code).join(', ')})`
  return `${symbol} at ${priceText(view.price)} on ${isoTime(time)}: ${levels} modelled levels from ${NAMES[source]}${quarantined}; ${view.health}, levels ${view.anchoring.replace('_', ' ')}.`
}
