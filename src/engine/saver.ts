import type { EngineEvent } from '../domain/event.ts'
import type { EngineCore } from './core.ts'
import { ACCOUNT_KEY, endedKey, saveAccount, saveEnded, saveSymbol, symbolKey } from './saved.ts'
import type { SymbolState } from './symbol-state.ts'

const MARKET: ReadonlySet<EngineEvent['kind']> = new Set([
  'price',
  'open_interest',
  'heatmap',
  'heatmap_failed',
  'timer',
  'order_seen',
])

/** Adds to the effects of an event what it has changed of the state that the next process needs. */
export function createSaver(core: EngineCore): (event: EngineEvent) => void {
  const last = new Map<string, string>()
  /** By symbol, the ending up to which its ended orders have been saved. */
  const endings = new Map<string, number>()

  function save(key: string, value: string): void {
    if (last.get(key) === value) return
    last.set(key, value)
    core.effects.push({ kind: 'save', key, value })
  }

  function saveState(state: SymbolState): void {
    const { instrument } = state
    const { symbol } = instrument
    save(symbolKey(symbol), saveSymbol(core, state))
    const count = core.orders.endings(instrument)
    if (count === (endings.get(symbol) ?? 0)) return
    endings.set(symbol, count)
    save(endedKey(symbol), saveEnded(core, instrument))
  }

  return (event) => {
    // A price that nothing came of has changed nothing that lasts.
    if (MARKET.has(event.kind) && core.effects.length === 0) return
    if ('instrument' in event) saveState(core.states[event.instrument.index]!)
    else for (const state of core.states) saveState(state)
    save(ACCOUNT_KEY, saveAccount(core))
  }
}
