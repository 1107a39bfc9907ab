import type { Config } from '../config/schema.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign, type Direction } from '../domain/side.ts'
import { percentText, priceText } from './wording.ts'

const notWarm = (what: string): Refusal => refusal('NOT_CONFIRMED', `${what} not known yet`, { missing: what })

/**
 * Technical confirmation, each part on or off: the fast average on the trade's side of the slow one, no buying above
 * the upper nor selling below the lower RSI bound, ATR within its window of percents of the price. Bounds belong to the
 * permitted range.
 */
export function confirmationRefusals(
  view: MarketView,
  direction: Direction,
  config: Config['confirmation'],
): readonly Refusal[] {
  const out: Refusal[] = []
  const { trend, rsi, atr } = config
  if (trend.enabled) {
    const { emaFast: fast, emaSlow: slow } = view
    if (Number.isNaN(fast) || Number.isNaN(slow)) out.push(notWarm('trend averages'))
    else if (!(sign(direction) * (fast - slow) > 0)) {
      const message = `fast average ${priceText(fast)}, slow ${priceText(slow)}: the trend is not ${direction === 'LONG' ? 'up' : 'down'}`
      out.push(refusal('AGAINST_TREND', message, { fast, slow }))
    }
  }
  if (rsi.enabled) {
    if (Number.isNaN(view.rsi)) out.push(notWarm('RSI'))
    else if (direction === 'LONG' && view.rsi > rsi.high) {
      out.push(
        refusal('RSI_EXTREME', `RSI ${view.rsi.toFixed(1)}, at most ${rsi.high} for LONG`, {
          rsi: view.rsi,
          max: rsi.high,
        }),
      )
    } else if (direction === 'SHORT' && view.rsi < rsi.low) {
      out.push(
        refusal('RSI_EXTREME', `RSI ${view.rsi.toFixed(1)}, at least ${rsi.low} for SHORT`, {
          rsi: view.rsi,
          min: rsi.low,
        }),
      )
    }
  }
  if (atr.enabled) {
    const ratio = view.atr / view.price
    if (Number.isNaN(ratio)) out.push(notWarm('ATR'))
    else if (!(ratio >= atr.minPct / 100 && ratio <= atr.maxPct / 100)) {
      const message = `ATR is ${percentText(ratio)} of the price, ${atr.minPct} % to ${atr.maxPct} % asked`
      out.push(refusal('VOLATILITY_WINDOW', message, { ratio, minPct: atr.minPct, maxPct: atr.maxPct }))
    }
  }
  return out
}
