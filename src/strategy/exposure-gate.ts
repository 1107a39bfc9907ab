import type { Config } from '../config/schema.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { percentText } from './wording.ts'

/** A sized entry against the account, in the quote currency. */
export interface Exposure {
  readonly equity: number
  /** Loss at the stop of this entry, costs included. */
  readonly riskAmount: number
  /** Losses at their stops of the open trades of the same direction on correlated symbols. */
  readonly correlatedRiskAmount: number
  /** Quantity × entry. */
  readonly notional: number
}

/** A size that was cut to fit a limit may miss it by the noise of a division. */
const NOISE = 1 + 1e-9

/** Loss when the price opens `gap_pct` behind the stop, as a fraction of the notional. */
const gapLossRatio = (entry: number, stop: number, gapPct: number): number =>
  Math.abs(entry - stop) / entry + (gapPct / 100) * (stop / entry)

/** Limits on what one move may cost the account. Both hold at their exact limit. */
export function exposureRefusals(
  entry: number,
  stop: number,
  exposure: Exposure,
  config: Pick<Config['entry'], 'correlatedRiskPct' | 'gapPct' | 'gapMaxLossPct'>,
): readonly Refusal[] {
  const out: Refusal[] = []
  const { equity } = exposure
  const { correlatedRiskPct } = config
  if (correlatedRiskPct !== null) {
    const risk = (exposure.correlatedRiskAmount + exposure.riskAmount) / equity
    const max = correlatedRiskPct / 100
    if (!(risk <= max * NOISE)) {
      const message = `${percentText(risk)} of equity at risk in one direction with this entry, at most ${percentText(max)}`
      out.push(refusal('CORRELATED_RISK', message, { risk, max, open: exposure.correlatedRiskAmount }))
    }
  }
  const loss = (exposure.notional * gapLossRatio(entry, stop, config.gapPct)) / equity
  const max = config.gapMaxLossPct / 100
  if (!(loss <= max * NOISE)) {
    const message = `a gap of ${config.gapPct} % through the stop costs ${percentText(loss)} of equity, at most ${percentText(max)}`
    out.push(refusal('GAP_RISK', message, { loss, max, notional: exposure.notional }))
  }
  return out
}
