import { HOUR_MS, SECOND_MS } from '../domain/time.ts'
import { exitAtMarket } from '../execution/exit.ts'
import { placePutOff } from '../execution/put-off.ts'
import {
  entryTimeoutId,
  exitRetryId,
  flush,
  isFateTimer,
  legRetryId,
  requestSnapshot,
  type EngineCore,
} from './core.ts'
import { onFateTimer } from './fate.ts'
import { isStopTimer, onStopTimer } from './guard-stop.ts'
import { isReconcileTimer } from './on-snapshot.ts'
import { handleSilentHeatmap } from './on-market.ts'
import { isWatchTimer, onWatchTimer } from './watch-resting.ts'

/** A timer is a reminder: whether there is anything to do is judged by the state it finds. */
export function handleTimer(core: EngineCore, id: string): void {
  if (isFateTimer(id)) return onFateTimer(core, id)
  if (isStopTimer(id)) return onStopTimer(core, id)
  if (isWatchTimer(id)) return onWatchTimer(core, id)
  if (isReconcileTimer(id)) return requestSnapshot(core)
  const at = id.indexOf(':')
  const symbol = id.slice(at + 1)
  const state = core.states.find((s) => s.instrument.symbol === symbol)
  if (!state) return
  const { trade, instrument } = state
  const { entry } = core.config
  const { instructions, now } = core
  if (id.startsWith('time-stop:')) {
    const due = trade && trade.openedAt > 0 && now >= trade.openedAt + entry.maxHoldingHours * HOUR_MS
    if (due) exitAtMarket(trade, 'time_stop', instructions)
  } else if (id === exitRetryId(instrument)) {
    // The timer may be that of a trade before this one.
    if (trade && trade.exitFailures > 0 && trade.exitReason !== null)
      exitAtMarket(trade, trade.exitReason, instructions)
  } else if (id === legRetryId(instrument, 'stop')) {
    if (trade) placePutOff(trade, 'stop', instructions)
  } else if (id === legRetryId(instrument, 'target')) {
    if (trade) placePutOff(trade, 'target', instructions)
  } else if (id === entryTimeoutId(instrument)) {
    const due = trade && !trade.entryDone && now >= trade.submittedAt + entry.limitTimeoutSecs * SECOND_MS
    if (due) instructions.push({ kind: 'cancel', id: trade.entryId, instrument })
  } else if (id.startsWith('heatmap-silent:')) handleSilentHeatmap(core, symbol)
  flush(core)
}
