import type { EngineEvent } from '../domain/event.ts'
import type { Alert, Effect } from '../domain/effect.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import { isoTime } from '../domain/time.ts'
import type { Trade } from '../domain/trade.ts'
import { epochMs, type EpochMs, type Money } from '../domain/unit.ts'
import { run, type RunEnd } from '../engine/run.ts'
import type { TradingSession } from './compose/trading.ts'
import { createSessionLog } from './session-log.ts'
import type { EntryRow, TradeListRow } from './session-rows.ts'

/** What a session at an exchange came to; keys as in the command's JSON. */
export interface TradingSummary {
  /** Not of a real exchange; play money and simulated money are none of it. */
  readonly simulated_market: boolean
  readonly mode: 'paper' | 'testnet' | 'live'
  readonly exchange: string
  readonly ended: RunEnd | 'exchange_gone'
  readonly config_hash: string
  readonly seed: number | null
  readonly from: string
  readonly to: string
  readonly wall_seconds: number
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
  readonly alerts: number
  /** Differences between the books and the exchange that had to be corrected. */
  readonly corrections: number
  readonly open_positions: number
  /** The wallet at the exchange and in the books; `null`: the exchange did not answer at the end. */
  readonly ledger_agrees: boolean | null
  readonly entry_list: readonly EntryRow[]
  readonly trade_list: readonly TradeListRow[]
}

export interface TradingRunOptions {
  readonly mode: TradingSummary['mode']
  readonly exchange: string
  readonly configHash: string
  readonly seed: number | null
  readonly shutdown: 'keep_protected' | 'flatten'
  readonly durationMs: number | null
  readonly interrupt: AbortSignal
  readonly onAlert: (alert: Alert, time: EpochMs) => void
  readonly observe: (event: EngineEvent, effects: readonly Effect[]) => void
  readonly onTrade: (trade: Trade) => void
}

/** Outcomes that are on their way when the process is to end get this much market time. */
const DRAIN_MS = 20_000
/** The same of wall time: where market time no longer moves, the process ends all the same, within 20 s in all. */
const DRAIN_WALL_MS = 12_000
const LAST_LOOK_MS = 5_000

/** Runs a session to its end, leaves it in order, and sums it up. */
export async function runTrading(session: TradingSession, options: TradingRunOptions): Promise<TradingSummary> {
  const { engine, clock, start, venue } = session
  const log = createSessionLog()
  const wallStart = performance.now()
  const { fees: feesBefore, funding: fundingBefore } = engine.account.books
  const seen = { alerts: 0, corrections: 0, last: start }
  const interrupt = AbortSignal.any([options.interrupt, session.ended])
  let drainStart: number | null = null
  const abandoned = (): boolean => {
    drainStart ??= performance.now()
    return session.endReason() !== null || performance.now() - drainStart > DRAIN_WALL_MS
  }

  function take(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'note') continue
      const { note } = effect
      log.take(note)
      if (note.kind === 'trade') options.onTrade(note.trade)
      else if (note.kind === 'correction') seen.corrections += 1
    }
  }

  const ended = await run(
    engine,
    {
      clock,
      venue,
      sources: session.sources,
      journal: session.journal,
      notifier: {
        alert(alert, time) {
          seen.alerts += 1
          options.onAlert(alert, time)
        },
      },
      observe(event, effects) {
        seen.last = event.time
        take(effects)
        const { refusal } = session.journal
        session.commands.observe(event, refusal === null ? effects : [...effects, notKept(refusal)])
        options.observe(event, effects)
      },
    },
    {
      until: options.durationMs === null ? null : epochMs(start + options.durationMs),
      interrupt,
      // On an exchange that ends with us nothing can be left behind a stop.
      lastCommand(time) {
        // Nobody takes one any more: whoever sends one is told so, and does not wait for a bot that seems to hang.
        session.commands.end()
        return {
          kind: 'command',
          time,
          command: session.ownsExchange ? { name: 'finish' } : { name: 'shutdown', policy: options.shutdown },
        }
      },
      drain: { settled: engine.settled, withinMs: DRAIN_MS, abandoned },
    },
  )
  const wallet = session.ended.aborted && session.endReason() !== null ? null : await lastWallet(session)
  const { books } = engine.account
  const rejected: [RefusalCode, number][] = [...engine.counters.refusals].sort(([a], [b]) => (a < b ? -1 : 1))
  const gone = session.endReason()
  return {
    simulated_market: session.simulated,
    mode: options.mode,
    exchange: options.exchange,
    ended:
      gone !== null ? 'exchange_gone' : ended === 'interrupted' && !options.interrupt.aborted ? 'exhausted' : ended,
    config_hash: options.configHash,
    seed: options.seed,
    from: isoTime(start),
    to: isoTime(seen.last),
    wall_seconds: Number(((performance.now() - wallStart) / 1_000).toFixed(2)),
    starting_balance: session.startingBalance.toFixed(),
    final_balance: books.wallet.toFixed(),
    trades: log.trades,
    trades_won: log.won,
    orders: engine.counters.orders,
    fills: engine.counters.fills,
    refusals: engine.counters.refusedDecisions,
    rejected: Object.fromEntries(rejected),
    fees: books.fees.minus(feesBefore).toFixed(),
    funding: books.funding.minus(fundingBefore).toFixed(),
    pnl: books.wallet.minus(session.startingBalance).toFixed(),
    mean_r: log.meanR,
    own_liquidations: engine.counters.forced,
    alerts: seen.alerts,
    corrections: seen.corrections,
    open_positions: engine.states.filter(({ trade }) => trade?.position.gt(0)).length,
    ledger_agrees: wallet === null ? null : wallet.eq(books.wallet),
    entry_list: log.entryList(),
    trade_list: log.tradeList(),
  }
}

/** For whoever has just ordered something. */
const notKept = (why: string): Alert => ({
  kind: 'alert',
  level: 'critical',
  code: 'JOURNAL_REFUSED',
  message: `the journal takes nothing (${why}): this holds until the process ends, and is forgotten by the next one`,
})

/** The wallet as the exchange has it after all is over. */
async function lastWallet({ venue, clock }: TradingSession): Promise<Money | null> {
  const deadline = performance.now() + LAST_LOOK_MS
  venue.snapshot(clock.now())
  while (performance.now() < deadline) {
    const event = venue.events.next(clock.now())
    if (event?.kind === 'account_snapshot') return event.wallet
    if (event?.kind === 'snapshot_failed') return null
    if (!event) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return null
}
