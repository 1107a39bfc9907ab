import type { Config } from '../config/schema.ts'
import { DAY_MS, utcDay } from '../domain/time.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import type { Latch } from './latch.ts'

/** What must survive a restart, or a loss before it would be forgotten. */
export interface EquityState {
  /** Start of the UTC day that `dayStart` belongs to. */
  readonly day: EpochMs
  /** The last equity known before that day began (the first ever, on the first day), or when a person accepted its loss. */
  readonly dayStart: number
  readonly highWater: number
  /** The last equity seen. */
  readonly last: number
}

export type EquityLimit = 'DAILY_LOSS' | 'MAX_DRAWDOWN'

export type EquityNotice =
  /** `sharePct` percent of the limit are used up. */
  | { readonly kind: 'warning'; readonly limit: EquityLimit; readonly sharePct: 50 | 80; readonly message: string }
  /** The limit is reached: the latch to set. */
  | { readonly kind: 'breach'; readonly limit: EquityLimit; readonly latch: Latch; readonly message: string }

/** Watches equity (wallet plus open result) against the loss of the day and the drawdown from the highest equity. */
export interface EquityGuard {
  readonly dayStart: number
  readonly highWater: number
  readonly state: EquityState
  /** Between this equity and `highWater` an update on the same day has no news. */
  readonly newsBelow: number
  /**
   * Takes the equity at `time`. Rolls the day at UTC midnight. Each warning and breach is told once a day (drawdown:
   * once a high-water mark). An equity that is not a number changes nothing; the gate refuses it by itself.
   */
  update(time: EpochMs, equity: number): readonly EquityNotice[]
  /** Money that came in (positive) or went out: neither profit nor loss. */
  transfer(amount: number): void
  /** Starts the day's loss, or the drawdown, anew from the last equity; to go with a person's lifting of its latch. */
  accept(limit: EquityLimit): void
}

const QUIET: readonly EquityNotice[] = []

/** Equity at which a loss of `pct` percent from `start` is reached. The gate and the guard agree by using this one. */
export const equityFloor = (start: number, pct: number): number => start * (1 - pct / 100)

interface Watch {
  readonly limit: EquityLimit
  readonly limitPct: number
  start: number
  /** 0 nothing told · 1 half · 2 four fifths · 3 breach. */
  told: number
  /** No news while equity is above this. */
  nextBelow: number
}

type Changing<T> = { -readonly [K in keyof T]: T[K] }

const SHARES = [0.5, 0.8, 1] as const

function restart(watch: Watch, start: number): void {
  watch.start = start
  watch.told = 0
  watch.nextBelow = equityFloor(start, watch.limitPct * SHARES[0])
}

function describe(watch: Watch, equity: number): string {
  const lost = ((watch.start - equity) / watch.start) * 100
  const since = watch.limit === 'DAILY_LOSS' ? 'since the start of the day' : 'from the highest equity'
  return `equity ${equity.toFixed(2)}, down ${lost.toFixed(2)} % ${since} (${watch.start.toFixed(2)}), limit ${watch.limitPct} %`
}

/** @param limits `null` percents are not watched here; the gate refuses every entry while one is not configured */
export function createEquityGuard(
  limits: Pick<Config['risk'], 'maxDailyLossPct' | 'maxDrawdownPct'>,
  initial: EquityState,
): EquityGuard {
  const daily: Watch = {
    limit: 'DAILY_LOSS',
    limitPct: limits.maxDailyLossPct ?? Number.POSITIVE_INFINITY,
    start: 0,
    told: 0,
    nextBelow: 0,
  }
  const drawdown: Watch = {
    limit: 'MAX_DRAWDOWN',
    limitPct: limits.maxDrawdownPct ?? Number.POSITIVE_INFINITY,
    start: 0,
    told: 0,
    nextBelow: 0,
  }
  restart(daily, initial.dayStart)
  restart(drawdown, initial.highWater)

  function look(watch: Watch, time: EpochMs, equity: number, out: EquityNotice[]): void {
    while (watch.told < SHARES.length && equity <= equityFloor(watch.start, watch.limitPct * SHARES[watch.told]!)) {
      watch.told += 1
      const message = describe(watch, equity)
      if (watch.told === SHARES.length) {
        const until = watch.limit === 'DAILY_LOSS' ? epochMs(guard.state.day + DAY_MS) : null
        const latch: Latch = { code: watch.limit, symbol: null, since: time, reason: message, until }
        out.push({ kind: 'breach', limit: watch.limit, latch, message })
      } else {
        out.push({ kind: 'warning', limit: watch.limit, sharePct: watch.told === 1 ? 50 : 80, message })
      }
    }
    watch.nextBelow =
      watch.told < SHARES.length
        ? equityFloor(watch.start, watch.limitPct * SHARES[watch.told]!)
        : Number.NEGATIVE_INFINITY
  }

  /** Brings what others read up to date; to be called after every change of a watch. */
  function show(): void {
    guard.dayStart = daily.start
    guard.highWater = drawdown.start
    guard.newsBelow = Math.max(daily.nextBelow, drawdown.nextBelow)
    guard.state.dayStart = daily.start
    guard.state.highWater = drawdown.start
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const guard: Changing<Omit<EquityGuard, 'state'>> & { readonly state: Changing<EquityState> } = {
    dayStart: daily.start,
    highWater: drawdown.start,
    newsBelow: Math.max(daily.nextBelow, drawdown.nextBelow),
    state: { ...initial },
    update(time, equity) {
      if (!Number.isFinite(equity)) return QUIET
      const { state } = guard
      if (time >= state.day + DAY_MS) {
        state.day = utcDay(time)
        // What happened over midnight, or while nobody looked, belongs to the new day.
        restart(daily, state.last)
        show()
      }
      state.last = equity
      if (equity > drawdown.start) {
        restart(drawdown, equity)
        show()
      }
      if (equity > guard.newsBelow) return QUIET
      const out: EquityNotice[] = []
      look(daily, time, equity, out)
      look(drawdown, time, equity, out)
      show()
      return out
    },
    transfer(amount) {
      const { last } = guard.state
      // Scaling keeps both losses at their percentage; subtracting would turn a withdrawal into a larger drawdown.
      const factor = last > 0 && last + amount > 0 ? (last + amount) / last : undefined
      for (const watch of [daily, drawdown]) {
        watch.start = factor === undefined ? watch.start + amount : watch.start * factor
        watch.nextBelow =
          watch.told < SHARES.length
            ? equityFloor(watch.start, watch.limitPct * SHARES[watch.told]!)
            : Number.NEGATIVE_INFINITY
      }
      guard.state.last += amount
      show()
    },
    accept(limit) {
      restart(limit === 'DAILY_LOSS' ? daily : drawdown, guard.state.last)
      show()
    },
  }
  return guard
}

/** The state of an account that starts now. */
export const freshEquity = (time: EpochMs, equity: number): EquityState => ({
  day: utcDay(time),
  dayStart: equity,
  highWater: equity,
  last: equity,
})
