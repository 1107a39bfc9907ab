import type { EngineEvent } from '../domain/event.ts'
import type { Alert, Effect } from '../domain/effect.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import { isoTime } from '../domain/time.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import { run, type RunEnd } from '../engine/run.ts'
import type { PaperSession } from './compose/paper.ts'
import { createSessionLog } from './session-log.ts'
import type { EntryRow, TradeListRow } from './session-rows.ts'

/** What a paper session came to; keys as in the command's JSON. */
export interface PaperSummary {
  readonly simulated_market: true
  readonly mode: 'paper'
  readonly market: 'crowd' | 'tape'
  readonly ended: RunEnd
  readonly config_hash: string
  readonly seed: number | null
  readonly from: string
  readonly to: string
  readonly starting_balance: string
  readonly final_balance: string
  readonly trades: number
  readonly trades_won: number
  readonly orders: number
  readonly fills: number
  readonly refusals: number
  readonly rejected: Readonly<Record<string, number>>
  readonly fees: string
  readonly funding: string
  readonly pnl: string
  readonly mean_r: number | null
  readonly own_liquidations: number
  /** Of the simulated crowd during the session; `null` on a tape. */
  readonly crowd_liquidations: { readonly long: number; readonly short: number; readonly notional_usd: number } | null
  readonly alerts: number
  readonly ledger_agrees: boolean
  readonly entry_list: readonly EntryRow[]
  readonly trade_list: readonly TradeListRow[]
}

export interface PaperRunOptions {
  readonly configHash: string
  readonly seed: number | null
  readonly durationMs: number | null
  readonly interrupt: AbortSignal
  readonly onAlert: (alert: Alert, time: EpochMs) => void
  readonly observe: (event: EngineEvent, effects: readonly Effect[]) => void
}

/** Runs a session to its end, closes what is open, and sums it up. */
export async function runPaper(session: PaperSession, options: PaperRunOptions): Promise<PaperSummary> {
  const { engine, exchange, start, market } = session
  const log = createSessionLog()
  const before = crowdLiquidations(session)
  let alerts = 0
  let last = start
  const ended = await run(
    engine,
    {
      clock: session.clock,
      venue: session.venue,
      sources: session.sources,
      journal: session.journal,
      notifier: {
        alert(alert, time) {
          alerts++
          options.onAlert(alert, time)
        },
      },
      observe(event, effects) {
        last = event.time
        for (const effect of effects) {
          if (effect.kind === 'note') log.take(effect.note)
        }
        options.observe(event, effects)
      },
    },
    {
      until: options.durationMs === null ? null : epochMs(start + options.durationMs),
      interrupt: options.interrupt,
      lastCommand: (time) => ({ kind: 'command', time, command: { name: 'finish' } }),
    },
  )
  const { books } = engine.account
  const { ledger } = exchange
  const rejected: [RefusalCode, number][] = [...engine.counters.refusals].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    simulated_market: true,
    mode: 'paper',
    market,
    // The crowd is made for the session's time: where it ends, the session is over as planned.
    ended: ended === 'exhausted' && options.durationMs !== null && session.crowd ? 'finished' : ended,
    config_hash: options.configHash,
    seed: options.seed,
    from: isoTime(start),
    to: isoTime(last),
    starting_balance: ledger.startingBalance.toString(),
    final_balance: books.wallet.toString(),
    trades: log.trades,
    trades_won: log.won,
    orders: engine.counters.orders,
    fills: engine.counters.fills,
    refusals: engine.counters.refusedDecisions,
    rejected: Object.fromEntries(rejected),
    fees: books.fees.toString(),
    funding: books.funding.toString(),
    pnl: books.wallet.minus(ledger.startingBalance).toString(),
    mean_r: log.meanR,
    own_liquidations: engine.counters.forced,
    crowd_liquidations: since(before, crowdLiquidations(session)),
    alerts,
    ledger_agrees:
      books.wallet.eq(ledger.wallet) &&
      books.fees.eq(ledger.tradingFees.plus(ledger.liquidationFees)) &&
      books.funding.eq(ledger.funding),
    entry_list: log.entryList(),
    trade_list: log.tradeList(),
  }
}

function crowdLiquidations(session: PaperSession): PaperSummary['crowd_liquidations'] {
  if (!session.crowd) return null
  let long = 0
  let short = 0
  let notional = 0
  for (const instrument of session.instruments) {
    const forced = session.crowd.forcedOrders(instrument)
    long += forced.longCount
    short += forced.shortCount
    notional += forced.longNotional + forced.shortNotional
  }
  return { long, short, notional_usd: Math.round(notional) }
}

function since(
  before: PaperSummary['crowd_liquidations'],
  now: PaperSummary['crowd_liquidations'],
): PaperSummary['crowd_liquidations'] {
  if (!before || !now) return null
  return {
    long: now.long - before.long,
    short: now.short - before.short,
    notional_usd: now.notional_usd - before.notional_usd,
  }
}
