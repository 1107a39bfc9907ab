import type { Note } from '../domain/effect.ts'
import { createRecentList } from '../domain/recent-list.ts'
import { entryOf, tradeRow, type EntryRow, type TradeListRow } from './session-rows.ts'

/** What a session entered and closed: counted in full, listed as far back as anybody reads. */
export interface SessionLog {
  take(note: Note['note']): void
  readonly trades: number
  readonly won: number
  /** `null` without trades. */
  readonly meanR: number | null
  /** The latest, oldest first. */
  entryList(): readonly EntryRow[]
  tradeList(): readonly TradeListRow[]
}

/** A session can last for months; the journal has all of it. */
const MAX_LISTED = 10_000

export function createSessionLog(limit = MAX_LISTED): SessionLog {
  const entries = createRecentList<string, EntryRow>(limit)
  const trades = createRecentList<string, TradeListRow>(limit)
  const sum = { trades: 0, won: 0, r: 0 }

  return {
    take(note) {
      if (note.kind === 'trade') {
        const { trade } = note
        trades.add(trade.id, tradeRow(trade))
        sum.trades += 1
        sum.r += trade.rMultiple
        if (trade.pnl.gt(0)) sum.won += 1
      } else if (note.kind === 'decision' && note.outcome === 'entered') {
        const entry = entryOf(note)
        entries.add(entry.signal, entry)
      }
    },
    get trades() {
      return sum.trades
    },
    get won() {
      return sum.won
    },
    get meanR() {
      return sum.trades === 0 ? null : sum.r / sum.trades
    },
    entryList: () => entries.latest(limit),
    tradeList: () => trades.latest(limit),
  }
}
