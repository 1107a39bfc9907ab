import { describe, expect, it } from 'vitest'
import type { Evidence, JournalBooks, VenueBooks, VenueOrder } from '../../../scripts/crash-points/evidence.ts'
import { nakedSpans, reachableMs } from '../../../scripts/crash-points/stop-cover.ts'
import { judge, type Rule } from '../../../scripts/crash-points/verdict.ts'

const BAR = 300_000
const ENTRY = 'l0200100000000e000'
const STOP = 'l0200100000000s001'
const TARGET = 'l0200100000000p002'

const order = (id: string, change: Partial<VenueOrder> = {}): VenueOrder => ({
  id,
  side: 'sell',
  reduceOnly: true,
  isStop: false,
  quantity: 0.02,
  state: 'ended',
  placedAt: BAR + 100_000,
  endedAt: BAR + 200_000,
  fills: 0,
  ...change,
})

const entry = order(ENTRY, { side: 'buy', reduceOnly: false, placedAt: BAR + 1_000, endedAt: BAR + 100_000, fills: 1 })
const stop = order(STOP, { isStop: true })
const target = order(TARGET, { fills: 1 })
const bought = { id: '1', side: 'buy', price: '100', quantity: '0.02', fee: '0.1' }
const sold = { id: '2', side: 'sell', price: '101', quantity: '0.02', fee: '0.1' }

const venue: VenueBooks = {
  orders: [entry, stop, target],
  executions: [
    { ...bought, time: BAR + 100_000 },
    { ...sold, time: BAR + 200_000 },
  ],
  wallet: '1000',
  isFlat: true,
  now: 4 * BAR,
  absences: [],
}
const journal: JournalBooks = {
  intents: [ENTRY, STOP, TARGET],
  orders: [
    [ENTRY, 'filled'],
    [STOP, 'canceled'],
    [TARGET, 'filled'],
  ],
  executions: [bought, sold],
  audit: null,
}
const clean: Evidence = {
  venue,
  journal,
  bot: { wallet: '1000', ledgerAgrees: true, openPositions: 0, settled: true, unresolved: [] },
}

const atVenue = (change: Partial<VenueBooks>): Evidence => ({ ...clean, venue: { ...venue, ...change } })
const inJournal = (change: Partial<JournalBooks>): Evidence => ({ ...clean, journal: { ...journal, ...change } })
const ofBot = (change: Partial<Evidence['bot']>): Evidence => ({ ...clean, bot: { ...clean.bot, ...change } })
const withStop = (change: Partial<VenueOrder>): Evidence => atVenue({ orders: [entry, { ...stop, ...change }, target] })

const rulesOf = (evidence: Evidence): readonly Rule[] => judge(evidence).map(({ rule }) => rule)

describe('the verdict on a day of crashes', () => {
  it('finds nothing on a clean day', () => {
    expect(judge(clean)).toEqual([])
  })

  const second = order('l0200100000000e001', { side: 'buy', reduceOnly: false, placedAt: BAR + 2_000 })
  const withSecond: Evidence = {
    ...atVenue({ orders: [entry, second, stop, target] }),
    journal: { ...journal, intents: [...journal.intents, second.id] },
  }
  it.each<[string, Evidence, Rule]>([
    ['a stop that was never sent', atVenue({ orders: [entry, target] }), 'no stop'],
    ['a stop that was refused', withStop({ state: 'refused' }), 'no stop'],
    ['a stop that came too late', withStop({ placedAt: BAR + 105_001 }), 'no stop'],
    ['a stop that went too early', withStop({ endedAt: BAR + 194_999 }), 'no stop'],
    ['a stop for a part of the position', withStop({ quantity: 0.019 }), 'no stop'],
    ['a stop on the wrong side', withStop({ side: 'buy' }), 'no stop'],
    ['a stop that would open a position', withStop({ reduceOnly: false }), 'no stop'],
    ['a second entry for one signal', withSecond, 'duplicate entry'],
    [
      'one id accepted twice',
      atVenue({ orders: [entry, { ...entry, placedAt: 3 * BAR }, stop, target] }),
      'duplicate entry',
    ],
    ['an order without an intent', inJournal({ intents: [STOP, TARGET] }), 'lost intent'],
    ['an intent whose fate is not known', ofBot({ unresolved: [TARGET] }), 'lost intent'],
    ['a fill that is not booked', inJournal({ executions: [bought] }), 'books differ'],
    ['a fill that is booked twice', inJournal({ executions: [bought, sold, sold] }), 'books differ'],
    ['a fill booked at another price', inJournal({ executions: [bought, { ...sold, price: '102' }] }), 'books differ'],
    ['another wallet', ofBot({ wallet: '999.99' }), 'books differ'],
    ['a bot that says so itself', ofBot({ ledgerAgrees: false }), 'books differ'],
    ['an order that rests when all is over', withStop({ state: 'open' }), 'order left open'],
    ['an order that the journal takes for open', inJournal({ orders: [[STOP, 'accepted']] }), 'order left open'],
    ['a position that is left', atVenue({ isFlat: false }), 'order left open'],
    ['a bot that is not done', ofBot({ settled: false }), 'order left open'],
    ['a broken chain of hashes', inJournal({ audit: 'row 3 does not follow from row 2' }), 'audit broken'],
    ['no journal', { ...clean, journal: 'there is no journal' }, 'audit broken'],
  ])('sees %s', (_name, evidence, rule) => {
    expect([...new Set(rulesOf(evidence))]).toEqual([rule])
  })

  it('lets a stop be late as long as it may', () => {
    expect(judge(withStop({ placedAt: BAR + 105_000 }))).toEqual([])
  })

  it('does not count the time in which no bot was running', () => {
    const late = withStop({ placedAt: BAR + 160_000 })
    const away = { from: BAR + 90_000, until: BAR + 156_000 }
    expect(judge({ ...late, venue: { ...late.venue, absences: [away] } })).toEqual([])
    const back = { ...away, until: BAR + 154_000 }
    expect(judge({ ...late, venue: { ...late.venue, absences: [back] } })).toEqual([
      { rule: 'no stop', detail: '6.0 s from 00:06:40.000' },
    ])
  })
})

describe('the time without a stop', () => {
  it('lasts until now where the position is still open', () => {
    const { orders } = atVenue({ orders: [entry] }).venue
    const executions = venue.executions.slice(0, 1)
    expect(nakedSpans({ ...venue, orders, executions })).toEqual([{ from: BAR + 100_000, until: 4 * BAR }])
  })

  it('sees a short as well as a long', () => {
    const executions = venue.executions.map((each) => ({ ...each, side: each.side === 'buy' ? 'sell' : 'buy' }))
    expect(nakedSpans({ ...venue, executions })).toHaveLength(1)
    expect(nakedSpans({ ...venue, executions, orders: [{ ...stop, side: 'buy' }] })).toEqual([])
  })

  it('leaves out what lies outside', () => {
    const span = { from: 1_000, until: 9_000 }
    expect(reachableMs(span, [])).toBe(8_000)
    expect(
      reachableMs(span, [
        { from: 0, until: 2_000 },
        { from: 4_000, until: 5_000 },
        { from: 8_500, until: 99_000 },
      ]),
    ).toBe(5_500)
    expect(reachableMs(span, [{ from: 10_000, until: 20_000 }])).toBe(8_000)
  })
})
