import { Dec } from '../../src/domain/decimal.ts'
import { parseClientOrderId } from '../../src/domain/id.ts'
import { TERMINAL_STATES } from '../../src/domain/order.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'
import type { Evidence, Execution, JournalBooks, VenueBooks } from './evidence.ts'
import { nakedSpans, reachableMs } from './stop-cover.ts'

/** What may be wrong after a day of crashes. */
export const RULES = [
  'duplicate entry',
  'lost intent',
  'no stop',
  'books differ',
  'order left open',
  'second start acts',
  'audit broken',
  'bot failed',
] as const
export type Rule = (typeof RULES)[number]

export interface Violation {
  readonly rule: Rule
  readonly detail: string
}

type Add = (rule: Rule, detail: string) => void

const BAR_MS = 5 * MINUTE_MS
/** The longest that a position may be without a stop while there is a bot and an exchange that can be reached. */
export const MOST_NAKED_MS = 5 * SECOND_MS
const terminal: ReadonlySet<string> = TERMINAL_STATES

/** Decisions are taken at the end of a bar: two entries within one come from one signal. */
function judgeEntries({ orders }: VenueBooks, add: Add): void {
  const ids = new Set<string>()
  const entryOfBar = new Map<number, string>()
  for (const { id, state, placedAt } of orders) {
    if (state === 'refused') continue
    if (ids.has(id)) add('duplicate entry', `${id} was accepted twice`)
    ids.add(id)
    if (parseClientOrderId(id)?.leg !== 'entry') continue
    const bar = Math.floor(placedAt / BAR_MS)
    const other = entryOfBar.get(bar)
    if (other !== undefined) add('duplicate entry', `${other} and ${id} stand for one signal`)
    entryOfBar.set(bar, id)
  }
}

/** Each order has its intent; each intent has come to an end, or has proven never to have arrived. */
function judgeIntents({ venue, journal, bot }: Evidence & { readonly journal: JournalBooks }, add: Add): void {
  const intents = new Set(journal.intents)
  const atVenue = new Map(venue.orders.map((order) => [order.id, order]))
  for (const id of atVenue.keys())
    if (!intents.has(id)) add('lost intent', `the exchange has ${id}, the journal has not`)
  for (const id of bot.unresolved) add('lost intent', `what became of ${id} is not known`)
  for (const [id, state] of journal.orders)
    if (atVenue.has(id) && !terminal.has(state)) add('order left open', `${id} is ${state} in the journal`)
  for (const { id, state } of venue.orders) if (state === 'open') add('order left open', `${id} rests at the exchange`)
}

function judgeStops(venue: VenueBooks, add: Add): void {
  for (const span of nakedSpans(venue)) {
    const ms = reachableMs(span, venue.absences)
    if (ms > MOST_NAKED_MS)
      add('no stop', `${(ms / SECOND_MS).toFixed(1)} s from ${new Date(span.from).toISOString().slice(11, 23)}`)
  }
}

const textOf = (executions: readonly Execution[]): string =>
  executions
    .map(({ id, side, price, quantity, fee }) => [id, side, price, quantity, fee].join(' '))
    .toSorted()
    .join('; ')

function judgeBooks({ venue, journal, bot }: Evidence & { readonly journal: JournalBooks }, add: Add): void {
  const [ours, theirs] = [textOf(journal.executions), textOf(venue.executions)]
  if (ours !== theirs) add('books differ', `fills: ${ours} | at the exchange: ${theirs}`)
  if (!new Dec(bot.wallet).eq(venue.wallet))
    add('books differ', `wallet ${bot.wallet}, at the exchange ${venue.wallet}`)
  if (bot.ledgerAgrees !== true) add('books differ', 'the bot does not agree with the exchange')
}

/** Compares the exchange's own books with the journal and with what the last bot said. Pure. */
export function judge(evidence: Evidence): readonly Violation[] {
  const found: Violation[] = []
  const add: Add = (rule, detail) => void found.push({ rule, detail })
  const { venue, journal, bot } = evidence
  judgeEntries(venue, add)
  judgeStops(venue, add)
  if (typeof journal === 'string') add('audit broken', journal)
  else {
    if (journal.audit !== null) add('audit broken', journal.audit)
    judgeIntents({ ...evidence, journal }, add)
    judgeBooks({ ...evidence, journal }, add)
  }
  if (!venue.isFlat) add('order left open', 'a position is left')
  if (bot.openPositions > 0 || !bot.settled) add('order left open', 'the bot has not closed its day')
  return found
}
