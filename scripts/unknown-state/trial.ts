import type { Instrument } from '../../src/domain/instrument.ts'
import { clientOrderId } from '../../src/domain/id.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import { epochMs, price, quantity } from '../../src/domain/unit.ts'
import type { Account } from '../../src/exchange/protocol/binance-usdm/account.ts'
import type { Tape } from '../../src/exchange/tape.ts'
import { openEmbedded, startEmbedded } from '../../test/fixture/embedded-binance.ts'
import { ungated } from '../../test/fixture/ungated.ts'
import { BTC, PARAMETERS, tick, T0 } from '../../test/unit/exchange/fixture.ts'
import type { Draw, FaultKind } from './fault-kind.ts'
import { isDue, isOpenQuestion, learn, learnFromSnapshot, noteAsked, suspectOf, type Suspect } from './resolver.ts'

export interface Tally {
  readonly name: string
  placements: number
  unknown: number
  exists: number
  dead: number
  rejected: number
  returned: number
  /** Requests beyond the first for one order, and orders of one id beyond the first that the exchange took. */
  duplicates: number
  /** Fates that are not what the exchange's books say. */
  lost: number
  unresolved: number
  /** Market ms until the last was resolved, the longest of all batches. */
  longestMs: number
}

const BATCH = 20
/** Wall ms: far above what loopback takes, so that only dropped answers are dropped. */
const DEADLINE_MS = 250
const STEP_MS = 500
const MAX_ROUNDS = 200
/** What is late comes within a minute; then the books are compared. */
const AFTERMATH_MS = 75_000
const STRATEGY = 1

/** Small numbers, good enough to choose faults by (mulberry32). */
export function drawing(seed: number): Draw {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One price a second, for ever. */
function endless(): Tape {
  let second = 0
  return {
    instruments: [BTC],
    peek: () => epochMs(T0 + second * 1_000),
    next: () => tick(second++ * 1_000, 50_000 + (second % 7), { minuteVolume: 1_000_000 }),
  }
}

/** Orders of every kind the bot places; those that fill take turns, so that the position stays small. */
function orderOf(instrument: Instrument, sequence: number, draw: Draw): OrderRequest {
  const kind = Math.floor(draw() * 4)
  const leg = kind === 2 ? 'stop' : 'entry'
  const base = {
    clientOrderId: clientOrderId({ strategy: STRATEGY, epoch: 1, intent: sequence, leg, revision: 0 }),
    instrument,
    side: sequence % 2 === 0 ? ('buy' as const) : ('sell' as const),
    quantity: quantity(0.004),
    reduceOnly: false,
    leg: leg as 'stop' | 'entry',
    tradeId: `t${sequence}`,
  }
  const away = base.side === 'buy' ? -2_000 : 2_000
  switch (kind) {
    case 0:
      return { ...base, type: 'limit', price: price(50_000 - away / 4), timeInForce: 'IOC' }
    case 1:
      return { ...base, type: 'limit', price: price(50_000 + away), timeInForce: 'GTC' }
    case 2:
      return { ...base, type: 'stop_market', triggerPrice: price(50_000 - away), triggerBy: 'mark', timeInForce: 'GTC' }
    default:
      return { ...base, type: 'market', timeInForce: 'GTC' }
  }
}

/** What the exchange's own books hold under a client id: orders it took, and what they filled. */
function truthOf(account: Account, clientId: string): { orders: number; filled: number } {
  let orders = 0
  let filled = 0
  for (const order of account.orders.regular.values()) {
    if (order.clientOrderId !== clientId || order.status === null || order.status === 'REJECTED') continue
    orders += 1
    filled += order.executed.toNumber()
  }
  for (const order of account.orders.algo.values()) {
    if (order.clientAlgoId !== clientId || order.status === null || order.status === 'REJECTED') continue
    orders += 1
    filled += order.child?.executed.toNumber() ?? 0
  }
  return { orders, filled }
}

/** Seeded placements under one fault, against a server over sockets, until every one has its fate. */
export async function runTrial(kind: FaultKind, count: number, seed: number): Promise<Tally> {
  const draw = drawing(seed)
  const server = await startEmbedded([], { tape: endless(), parameters: { ...PARAMETERS, startingBalance: 1_000_000 } })
  const stage = await openEmbedded(server, { deadlineMs: DEADLINE_MS })
  const { venue, events } = stage
  const instrument = venue.instruments[0]!
  const tally: Tally = {
    name: kind.name,
    placements: 0,
    unknown: 0,
    exists: 0,
    dead: 0,
    rejected: 0,
    returned: 0,
    duplicates: 0,
    lost: 0,
    unresolved: 0,
    longestMs: 0,
  }
  const suspects = new Map<string, Suspect>()

  function listen(): void {
    for (const event of events.splice(0)) {
      if (event.kind === 'account_snapshot') {
        for (const suspect of suspects.values()) learnFromSnapshot(suspect, event)
        continue
      }
      const suspect = 'clientOrderId' in event ? suspects.get(event.clientOrderId) : undefined
      if (suspect) learn(suspect, event, venue.requestLifeMs)
    }
  }

  async function pass(ms: number): Promise<void> {
    await stage.passTo(server.now - T0 + ms)
    listen()
  }

  /** Asks about every open question, and lets time pass, until there is none. */
  async function resolve(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await stage.settle()
      listen()
      if (![...suspects.values()].some(isOpenQuestion)) return
      for (const suspect of suspects.values()) {
        if (!isDue(suspect, server.now)) continue
        noteAsked(suspect, server.now)
        venue.query(suspect.order.clientOrderId, instrument, stage.now())
      }
      await stage.settle()
      listen()
      const next = Math.min(...[...suspects.values()].filter(isOpenQuestion).map(({ askAt }) => askAt))
      await pass(Number.isFinite(next) ? Math.max(STEP_MS, next - server.now) : STEP_MS)
    }
  }

  function compare(suspect: Suspect): void {
    const { orders, filled } = truthOf(server.account, suspect.order.clientOrderId)
    const sent = server.requests.filter(({ method, parameters }) => {
      const id = parameters['newClientOrderId'] ?? parameters['clientAlgoId']
      return method === 'POST' && id === suspect.order.clientOrderId
    }).length
    tally.placements += 1
    if (suspect.wasUnknown) tally.unknown += 1
    if (suspect.returned) tally.returned += 1
    tally.duplicates += Math.max(0, orders - 1) + Math.max(0, sent - 1)
    if (isOpenQuestion(suspect)) tally.unresolved += 1
    else tally[suspect.fate === 'exists' ? 'exists' : suspect.fate === 'dead' ? 'dead' : 'rejected'] += 1
    const known = [...suspect.trades.values()].reduce((sum, size) => sum + size, 0)
    if ((suspect.fate === 'exists') !== orders > 0 || Math.abs(known - filled) > 1e-9) tally.lost += 1
  }

  await pass(2_000)
  let sequence = 0
  while (sequence < count) {
    suspects.clear()
    const from = server.now
    // Every other batch the stream is mute, so that nothing but questions can tell.
    const mute = (sequence / BATCH) % 2 === 1
    if (mute) server.addFault({ kind: 'silence', on: true })
    for (let i = 0; i < BATCH && sequence < count; i++) {
      const order = orderOf(instrument, ++sequence, draw)
      for (const fault of kind.faults(order.clientOrderId, draw)) server.addFault(fault)
      suspects.set(order.clientOrderId, suspectOf(order, stage.now()))
      ungated(venue).submit(order, stage.now())
    }
    await resolve()
    tally.longestMs = Math.max(tally.longestMs, server.now - from)
    await pass(AFTERMATH_MS)
    if (mute) server.addFault({ kind: 'silence', on: false })
    venue.snapshot(stage.now())
    await stage.settle()
    listen()
    for (const suspect of suspects.values()) compare(suspect)
    for (const { order, fate } of suspects.values())
      if (fate === 'exists') venue.cancel(order.clientOrderId, instrument, stage.now())
    await stage.settle()
    listen()
  }
  await stage.close()
  return tally
}
