import type { Config } from '../config/schema.ts'
import { createScripted, type ScriptedEntry } from '../strategy/scripted.ts'
import { NO_CANDIDATES, type Strategy } from '../strategy/strategy.ts'

export type PlanBySymbol = ReadonlyMap<string, readonly ScriptedEntry[]>

/** One scripted strategy that follows each symbol's own plan. */
export function scriptedBySymbol(plans: PlanBySymbol, config: Config, confirmed: boolean): Strategy {
  const strategies = new Map([...plans].map(([symbol, plan]) => [symbol, createScripted(plan, config, confirmed)]))
  return {
    ...createScripted([], config, confirmed),
    propose: (view) => strategies.get(view.instrument.symbol)?.propose(view) ?? NO_CANDIDATES,
  }
}
