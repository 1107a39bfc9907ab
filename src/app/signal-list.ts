import { signalKey } from '../domain/candidate.ts'
import { priceText } from '../strategy/wording.ts'
import { signalDocument, type SignalDocument } from '../strategy/signal-document.ts'
import { anchoringRefusal } from '../heatmap/feed-health.ts'
import type { Look } from './look.ts'

/** What one look came to. */
export interface SignalList {
  /** What would trade. */
  readonly signals: readonly SignalDocument[]
  /** Wants that something stood against, in the order of the strategies. */
  readonly refused: readonly SignalDocument[]
  /** Sentences about the whole map; empty where nothing is wrong with it. */
  readonly notes: readonly string[]
}

/** The decisions of a look as documents. */
export function signalList(look: Look): SignalList {
  const { view, config, symbol, flags } = look
  const signals: SignalDocument[] = []
  const refused: SignalDocument[] = []
  for (const effect of look.effects) {
    if (effect.kind !== 'note' || effect.note.kind !== 'decision') continue
    const { candidate, outcome, quantity, refusals } = effect.note
    const document = signalDocument({
      id: `${symbol}:${signalKey(candidate)}:${candidate.time}`,
      candidate: { ...candidate, flags: [...candidate.flags, ...flags] },
      view,
      quantity,
      refusals,
      minLevelStrength: config.heatmap.minStrength,
    })
    if (outcome === 'entered') signals.push(document)
    else refused.push(document)
  }
  return { signals, refused, notes: feedNotes(look) }
}

function feedNotes({ state, view, time, config, flags, candlesTo }: Look): readonly string[] {
  const notes = state.health.refusals(time).map((r) => r.message)
  const { anchoring } = view
  const excused = config.heatmap.tradeAnchored ? ' (heatmap.trade_anchored lets hunt and support/resistance act)' : ''
  const anchored = state.snapshot === null ? null : anchoringRefusal(anchoring)
  if (anchored) notes.push(anchored.message + excused)
  if (view.longClusters.length + view.shortClusters.length === 0 && state.snapshot !== null)
    notes.push('no usable cluster on either side of the price')
  if (flags.includes('confirmation_skipped'))
    notes.push('technical confirmation skipped: it needs candles (--data FILE)')
  if (flags.includes('candles_old') && candlesTo !== null) {
    notes.push(
      `the candles end ${Math.abs((time - candlesTo) / 3_600_000).toFixed(1)} h ${candlesTo < time ? 'before' : 'after'} the map: averages and ranges are of that time`,
    )
  }
  return notes
}

/** One signal as a sentence. */
export function signalSentence(signal: SignalDocument): string {
  const { symbol, strategy, entry_price, stop_loss, take_profit, risk_reward, net_risk_reward, decision, reason } =
    signal
  const price = (value: number | null): string => (value === null ? 'none' : priceText(value))
  const head = `${symbol} ${signal.signal} ${strategy}: ${reason}`
  if (decision.status === 'NO_TRADE') {
    return `no trade: ${head}\n${decision.reasons.map(({ code, message }) => `  ${code}  ${message}`).join('\n')}`
  }
  const net = net_risk_reward === null ? '' : `, ${net_risk_reward} after costs`
  return `${head}\n  entry ${price(entry_price)}, stop ${price(stop_loss)}, target ${price(take_profit)}; reward/risk ${risk_reward ?? 'unknown'}${net}; quantity ${signal.quantity ?? 'none'}`
}
