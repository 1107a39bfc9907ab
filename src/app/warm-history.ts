import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BarEvent } from '../domain/event.ts'
import type { Engine } from '../engine/engine.ts'
import { warmBar } from './warm-bar.ts'
import { warmingUp, warmUpText } from './warm-up.ts'

export interface WarmHistoryOptions {
  readonly engine: Engine
  /** In the order of their publication. */
  readonly history: readonly BarEvent[]
  readonly burnInDays: number
  /** Told what the history was too short for. */
  readonly progress: (message: string) => void
  /** Who else learns from a bar. */
  readonly onBar?: (bar: BarEvent) => void
}

/** Bars between two looks at the sockets and at signals. */
const BARS_AT_ONCE = 512

/** Feeds all of a venue's history to the engine. Streams are heard meanwhile, or they would pass for dead; so is Ctrl-C. */
export async function warmOnHistory({
  engine,
  history,
  burnInDays,
  progress,
  onBar,
}: WarmHistoryOptions): Promise<void> {
  for (const [i, bar] of history.entries()) {
    onBar?.(bar)
    warmBar(engine, bar)
    if (i % BARS_AT_ONCE === BARS_AT_ONCE - 1) await nextTurn()
  }
  for (const row of warmingUp(engine, burnInDays)) progress(warmUpText(row))
}
