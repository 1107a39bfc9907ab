import type { EngineEvent } from '../domain/event.ts'
import type { EngineCore } from './core.ts'
import { ACCOUNT_KEY, saveAccount, saveSymbol, symbolKey } from './saved.ts'
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

  function save(key: string, value: string): void {
    if (last.get(key) === value) return
    last.set(key, value)
    core.effects.push({ kind: 'save', key, value })
  }

  const saveState = (state: SymbolState): void => save(symbolKey(state.instrument.symbol), saveSymbol(core, state))

  return (event) => {
    // A price that nothing came of has changed nothing that lasts.
    if (MARKET.has(event.kind) && core.effects.length === 0) return
    if ('instrument' in event) saveState(core.states[event.instrument.index]!)
    else for (const state of core.states) saveState(state)
    save(ACCOUNT_KEY, saveAccount(core))
  }
}
