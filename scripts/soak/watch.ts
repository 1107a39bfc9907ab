import { duplicates, mostHeld, nakedTimes, type AccountRecords, type Naked } from './truth.ts'
import { SYMBOLS } from './world.ts'

/** A time in which the bot may not know what the exchange has done. Market ms. */
export interface Blind {
  readonly name: string
  readonly from: number
  readonly until: number
}

/** A position may be without a stop that long where nothing hides it from the bot. */
const MOST_NAKED_MS = 5_000
/** The bot looks at its account that often; what no stream tells it learns then. */
const LOOK_MS = 10_000
/** What happened only just is judged at the next look: an order may be hidden still. */
const SETTLE_MS = 90_000
const MOST_POSITIONS = 3
/** Of the wallet; the limit is 2 at the price of the decision. */
const MOST_GROSS = 2.1

export interface Watch {
  readonly violations: readonly string[]
  /** Times without a stop that were longer than 5 s and that a fault explains. */
  readonly explained: readonly string[]
  readonly longestNaked: number
  add(violation: string): void
  judge(wallet: number): void
}

/** Checks from outside what must hold of the account, from the exchange's own records. */
export function createWatch(truth: AccountRecords, blinds: readonly Blind[]): Watch {
  const violations: string[] = []
  const explained: string[] = []
  const told = new Set<string>()
  let longest = 0

  function add(violation: string): void {
    if (told.has(violation)) return
    told.add(violation)
    violations.push(violation)
  }

  function bare({ symbol, from, until }: Naked): void {
    const length = until - from
    if (until > truth.now - SETTLE_MS) return
    longest = Math.max(longest, length)
    if (length <= MOST_NAKED_MS) return
    const blind = blinds.filter((each) => each.from <= until && each.until >= from)
    const allowed =
      blind.length === 0 ? MOST_NAKED_MS : Math.max(...blind.map((b) => b.until)) - from + MOST_NAKED_MS + LOOK_MS
    const names = [...new Set(blind.map(({ name }) => name))].join(', ')
    const sentence = `${symbol} had no whole stop for ${(length / 1_000).toFixed(1)} s from ${new Date(from).toISOString()}`
    if (length > allowed) return add(`${sentence}${names === '' ? '' : ` (during: ${names})`}`)
    const line = `${sentence} (${names})`
    if (!explained.includes(line)) explained.push(line)
  }

  return {
    violations,
    explained,
    get longestNaked() {
      return longest
    },
    add,
    judge(wallet) {
      for (const symbol of SYMBOLS) for (const naked of nakedTimes(truth, symbol)) bare(naked)
      for (const duplicate of duplicates(truth)) add(duplicate)
      const { positions, gross } = mostHeld(truth)
      if (positions > MOST_POSITIONS) add(`${positions} positions were held at once`)
      if (gross > MOST_GROSS * wallet) add(`${gross.toFixed(0)} USDT were held on a wallet of ${wallet.toFixed(0)}`)
    },
  }
}
