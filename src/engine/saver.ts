import type { EngineEvent } from '../domain/event.ts'
import type { EngineCore } from './core.ts'
import { ACCOUNT_KEY, BOOKED_KEY, saveAccount, saveBooked, saveSymbol, symbolKey } from './saved.ts'
import { createEndedSaver } from './saved-ended.ts'
import { clustersOf, savedCount, saveIds, SIGNALS } from './saved-ids.ts'
import type { SymbolState } from './symbol-state.ts'

const MARKET: ReadonlySet<EngineEvent['kind']> = new Set([
  'price',
  'open_interest',
  'heatmap',
  'heatmap_failed',
  'timer',
  'order_seen',
])

/**
 * Adds to the effects of an event what it has changed of the state that the next process needs.
 * @param saved what stands in the journal already
 */
export function createSaver(core: EngineCore, saved: ReadonlyMap<string, string>): (event: EngineEvent) => void {
  const last = new Map<string, string>()
  const saveEnded = createEndedSaver(core, saved)
  let signals = savedCount(SIGNALS, core.account.risk.signals, saved)
  const clusters = core.states.map(({ instrument, history }) =>
    savedCount(clustersOf(instrument.symbol), history.usedClusters, saved),
  )
  let booked = ''

  const put = (key: string, value: string | null): void => void core.effects.push({ kind: 'save', key, value })

  function putChanged(key: string, value: string): void {
    if (last.get(key) === value) return
    last.set(key, value)
    put(key, value)
  }

  function saveState(state: SymbolState): void {
    const { instrument, history } = state
    const { symbol, index } = instrument
    putChanged(symbolKey(symbol), saveSymbol(core, state))
    clusters[index] = saveIds(clustersOf(symbol), history.usedClusters, clusters[index]!, put)
  }

  /** Closings and settlements are known for long, and hardly ever join. */
  function saveBookings(): void {
    const { forced, fundings } = core
    const now = `${forced.length} ${forced.at(-1)} ${fundings.length} ${fundings.at(-1)}`
    if (now === booked) return
    booked = now
    putChanged(BOOKED_KEY, saveBooked(core))
  }

  return (event) => {
    // A price that nothing came of has changed nothing that lasts.
    if (MARKET.has(event.kind) && core.effects.length === 0) return
    if ('instrument' in event) saveState(core.states[event.instrument.index]!)
    else for (const state of core.states) saveState(state)
    saveEnded(put)
    signals = saveIds(SIGNALS, core.account.risk.signals, signals, put)
    saveBookings()
    putChanged(ACCOUNT_KEY, saveAccount(core))
  }
}
