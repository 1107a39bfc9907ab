import type { LatchRow } from './latch-row.ts'
import type { TradingState } from './trading-state.ts'

/**
 * What a person wants to know about an account, as the running bot or its journal tells it. Rows are ready for JSON:
 * snake_case, exact figures as text, times as ISO 8601.
 */
export interface AccountReader {
  status(): StatusReport
  orders(): readonly OrderRow[]
  positions(): readonly PositionRow[]
  trades(filter: TradeFilter): readonly TradeRow[]
}

export interface StatusReport {
  readonly account: string
  readonly mode: string
  /** Who answers; a journal tells how things stood when the bot last wrote. */
  readonly source: 'bot' | 'journal'
  /** Market time of what is told. */
  readonly as_of: string
  readonly trading_state: TradingState
  /** The way to the venue; entries wait unless it is `ready`. `null`: a journal does not know. */
  readonly venue: 'ready' | 'reconciling' | 'down' | null
  /** Why the running bot's journal takes nothing: no entries until it does. `null`: it takes what it is given. */
  readonly journal_refuses: string | null
  /** Reconciled with the venue, and since when; `null`: not yet. */
  readonly reconciled_at: string | null
  readonly equity: string | null
  readonly wallet: string | null
  readonly day_pnl: string | null
  readonly open_positions: number
  readonly open_orders: number
  /** Orders whose fate is not known yet. */
  readonly unknown_orders: number
  readonly latches: readonly LatchRow[]
  /** Symbols without a map of our own yet; a journal does not know. */
  readonly warming_up: readonly WarmUpRow[]
  readonly config_hash: string
}

export interface WarmUpRow {
  readonly symbol: string
  /** Of open interest; the first bar that has some is the beginning. */
  readonly days_known: number
  readonly days_needed: number
}

export interface OrderRow {
  readonly id: string
  readonly symbol: string
  readonly side: string
  readonly type: string
  readonly leg: string
  readonly state: string
  readonly quantity: string
  readonly filled: string
  readonly price: string | null
  readonly trigger_price: string | null
  readonly reduce_only: boolean
  /** Not placed by this bot: shown, never traded against. */
  readonly foreign: boolean
  readonly trade_id: string | null
}

export interface PositionRow {
  readonly trade_id: string | null
  readonly symbol: string
  readonly direction: string
  readonly quantity: string
  readonly entry_price: string
  readonly stop_price: string | null
  readonly target_price: string | null
  /** `null`: nowhere, or only the running bot knows. */
  readonly liquidation_price: string | null
  readonly unrealised_pnl: string | null
  /** Whether a stop of the bot's for the whole quantity rests at the venue. */
  readonly protected: boolean
  /** Of no trade of this bot: shown, never traded against. */
  readonly foreign: boolean
}

export interface TradeFilter {
  /** `BTCUSDT`; `null`: all. */
  readonly symbol: string | null
  /** Closed at or after this time, epoch ms; `null`: from the beginning. */
  readonly since: number | null
  /** The newest this many. */
  readonly limit: number
}

export interface TradeRow {
  readonly id: string
  readonly symbol: string
  readonly strategy: string
  readonly direction: string
  readonly entry_time: string
  readonly entry_price: string
  readonly quantity: string
  readonly exit_time: string
  readonly exit_price: string
  readonly exit_reason: string
  readonly fees: string
  readonly funding: string
  readonly pnl: string
  readonly r_multiple: number
}
