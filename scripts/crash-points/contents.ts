import { parseClientOrderId } from '../../src/domain/id.ts'
import type { BotReport } from './bot.ts'
import { isOnWire } from './boundary.ts'
import type { VenueBooks } from './evidence.ts'

/** The strategy of breakouts, by its number in order ids. */
const BREAKOUT = 3

/** What a day has contained, and how much of each there must be. */
export const LEAST = {
  entries: 2,
  'entries filled in parts': 1,
  'stop replacements': 2,
  'targets hit': 1,
  'breakouts entered': 1,
  'exits after a break': 1,
  reconciliations: 5,
  commits: 80,
  'sends and receives': 120,
} as const
export type Contents = Readonly<Record<keyof typeof LEAST, number>>

export function contentsOf(venue: VenueBooks, report: BotReport): Contents {
  const orders = venue.orders.map(({ id, fills }) => ({ fills, parts: parseClientOrderId(id) }))
  const of = (leg: string): typeof orders => orders.filter(({ parts }) => parts?.leg === leg)
  const tradesWithStop = new Set(of('stop').map(({ parts }) => `${parts?.epoch} ${parts?.intent}`))
  return {
    entries: of('entry').length,
    'entries filled in parts': of('entry').filter((order) => order.fills > 1).length,
    'stop replacements': of('stop').length - tradesWithStop.size,
    'targets hit': of('target').filter((order) => order.fills > 0).length,
    'breakouts entered': of('entry').filter((order) => order.parts?.strategy === BREAKOUT && order.fills > 0).length,
    'exits after a break': report.exits.filter((reason) => reason === 'anchor_broken').length,
    reconciliations: report.reconciliations,
    commits: report.reached.filter((boundary) => !isOnWire(boundary)).length,
    'sends and receives': report.reached.filter(isOnWire).length,
  }
}

/** What a day lacks, in words. */
export const missing = (contents: Contents): readonly string[] =>
  Object.entries(LEAST)
    .filter(([name, least]) => contents[name as keyof Contents] < least)
    .map(([name, least]) => `${name}: ${contents[name as keyof Contents]}, at least ${least} wanted`)
