import type { WarmUpRow } from '../domain/account-report.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Engine } from '../engine/engine.ts'

/** The symbols whose map our own estimator does not publish yet, and how much of what it needs it has seen. */
export function warmingUp(engine: Pick<Engine, 'states'>, burnInDays: number): readonly WarmUpRow[] {
  return engine.states.flatMap(({ instrument, estimator, snapshot, lastBarClose }): readonly WarmUpRow[] => {
    if (!estimator || snapshot) return []
    const from = estimator.diagnostics().openInterestFrom
    const days = Number.isNaN(from) ? 0 : (lastBarClose - from) / DAY_MS
    return [{ symbol: instrument.symbol, days_known: Number(days.toFixed(2)), days_needed: burnInDays }]
  })
}

export const warmUpText = ({ symbol, days_known, days_needed }: WarmUpRow): string =>
  `${symbol}: ${days_known} of ${days_needed} days of open interest; no map, and no trade on one, before that`
