import type { HeatmapFailed } from '../domain/event.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { alert, stateOf, type EngineCore } from './core.ts'
import type { SymbolState } from './symbol-state.ts'

/** What has been said of a heatmap from outside that cannot be used. */
export interface HeatmapTrouble {
  told: boolean
  toldAt: number
}

export const noTrouble = (): HeatmapTrouble => ({ told: false, toldAt: Number.NEGATIVE_INFINITY })

/** A feed that comes and goes is told of this often. */
const TELL_AGAIN_MS = 10 * MINUTE_MS

/** Says once in an episode that nothing is entered on this heatmap, and why. */
export function tellTrouble(core: EngineCore, state: SymbolState, why: string): void {
  const { trouble, instrument } = state
  if (trouble.told || core.now - trouble.toldAt < TELL_AGAIN_MS) return
  trouble.told = true
  trouble.toldAt = core.now
  alert(
    core,
    'warning',
    'HEATMAP_UNUSABLE',
    `${instrument.symbol}: no entries on this heatmap: ${why}; stops and targets stay as they are`,
  )
}

/** Says that the heatmap is good again, where it had been said that it was not. */
export function tellRecovery(core: EngineCore, { trouble, instrument, health }: SymbolState): void {
  if (!trouble.told || health.health(core.now) !== 'HEALTHY') return
  trouble.told = false
  const state =
    health.anchoring === 'spot_anchored'
      ? 'the heatmap answers again, with levels that follow the price'
      : 'the heatmap is usable again'
  alert(core, 'info', 'HEATMAP_RECOVERED', `${instrument.symbol}: ${state}`)
}

/** A poll that brought nothing: the feed owes good maps before it may open positions again. */
export function handleHeatmapFailed(core: EngineCore, event: HeatmapFailed): void {
  const state = stateOf(core, event.instrument)
  state.health.onFailure(event.failure, core.now)
  const why = event.failure === 'permanent' ? `${event.message}, and it is not asked again` : event.message
  tellTrouble(core, state, why)
}
