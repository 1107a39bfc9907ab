import type { Instrument } from '../../domain/instrument.ts'
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts'
import type { EpochMs } from '../../domain/unit.ts'
import type { MarketDialect, NextFunding } from './ccxt/dialect.ts'
import type { Settlement } from './ccxt/history.ts'

/** Settles a contract's funding at the venue's times and rates. */
export interface FundingWatch {
  /** Settles and asks what is due. */
  look(time: EpochMs): void
  /** When it is to look; what lies in the past is due now. */
  dueAt(): number
  /** Settlements up to this time, epoch ms, are nobody's here. */
  readonly begunAt: number
  /** A settlement that was found elsewhere; false: it has been settled already. */
  settled(settlement: Settlement): boolean
}

export interface FundingWatchOptions {
  readonly instrument: Instrument
  readonly dialect: Pick<MarketDialect, 'nextFunding' | 'settlements'>
  /** What was settled before is nobody's here. */
  readonly start: EpochMs
  /** Of the last settlement that an earlier process has seen: what came since is asked for. */
  readonly settledUntil?: number
  /** Runs a request in the background. */
  readonly ask: (work: () => Promise<void>) => void
  readonly now: () => EpochMs
  readonly settle: (time: number, rate: number) => void
  readonly tell: (message: string) => void
}

/** The rate is asked for this often, and once more shortly before it is settled. */
const EVERY_MS = MINUTE_MS
const BEFORE_MS = 10 * SECOND_MS
const AGAIN_MS = 5 * SECOND_MS
/** A rate that is older than this when it is due is no longer the one that is settled: the venue is asked afterwards. */
const FRESH_MS = 5 * MINUTE_MS
/** After this long without an answer a settlement is given up, and said to be. */
const PATIENCE_MS = 15 * MINUTE_MS

export function createFundingWatch(options: FundingWatchOptions): FundingWatch {
  const { instrument, dialect, ask, settle, tell, now } = options
  /** Venues stamp a settlement some ms after the hour. */
  const begunAt = options.settledUntil ?? options.start - MINUTE_MS
  let settledUntil = begunAt
  let next: (NextFunding & { readonly askedAt: number }) | null = null
  let heardAt = options.start
  /** What has passed without a rate of ours is asked for. */
  let owes = options.settledUntil !== undefined
  let askAt = 0
  let asking = false

  function settled({ time }: Settlement): boolean {
    if (time <= settledUntil + MINUTE_MS) return false
    settledUntil = time
    if (next && next.time <= time) {
      next = null
      owes = false
    }
    return true
  }

  function askFor(time: number, work: () => Promise<void>): void {
    asking = true
    askAt = time + AGAIN_MS
    ask(async () => {
      try {
        await work()
      } catch {
        // Asked again, and told where it matters: when a settlement is given up.
      } finally {
        asking = false
      }
    })
  }

  async function askNext(): Promise<void> {
    const told = await dialect.nextFunding(instrument)
    const time = now()
    // Around a settlement the venue may still name the last one, or already the one after.
    if (told.time <= settledUntil + MINUTE_MS || (next && told.time > next.time)) return
    if (time - heardAt > FRESH_MS) owes = true
    heardAt = time
    next = { ...told, askedAt: time }
    const before = told.time - BEFORE_MS
    askAt = before > time ? Math.min(time + EVERY_MS, before) : told.time
  }

  async function askSettled(due: number | null): Promise<void> {
    const found = await dialect.settlements(instrument, settledUntil + MINUTE_MS, now() + 1)
    for (const each of found.toSorted((a, b) => a.time - b.time)) if (settled(each)) settle(each.time, each.rate)
    if (due === null) owes = false
  }

  return {
    begunAt,
    settled,
    dueAt: () => (asking ? Number.POSITIVE_INFINITY : Math.min(askAt, next?.time ?? Number.POSITIVE_INFINITY)),
    look(time) {
      if (asking) return
      const due = next && next.time <= time ? next : null
      if (due && !owes) {
        if (Number.isFinite(due.rate) && time - due.askedAt <= FRESH_MS) {
          if (settled(due)) settle(due.time, due.rate)
          next = null
          askAt = time + AGAIN_MS
          return
        }
        owes = true
        askAt = time
      }
      if (time < askAt) return
      if (!owes) return askFor(time, askNext)
      if (due && time - due.time > PATIENCE_MS) {
        tell(`${instrument.symbol}: the venue does not tell what funding it settled; it is left out of the account`)
        settled(due)
        owes = false
        next = null
        return
      }
      askFor(time, () => askSettled(due?.time ?? null))
    },
  }
}
