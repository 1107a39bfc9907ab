import type { Instrument } from '../../src/domain/instrument.ts'
import { clientOrderId } from '../../src/domain/id.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import type { TrackedOrder } from '../../src/execution/order-tracker.ts'
import { epochMs, price, quantity } from '../../src/domain/unit.ts'
import type { Account } from '../../src/exchange/protocol/binance-usdm/account.ts'
import type { Tape } from '../../src/exchange/tape.ts'
import { openEmbedded, startEmbedded } from '../../test/fixture/embedded-binance.ts'
import { BTC, PARAMETERS, tick, T0 } from '../../test/unit/exchange/fixture.ts'
import type { Draw, FaultKind } from './fault-kind.ts'
import { createBot } from './bot.ts'

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
  /** Taken for dead while their requests could still arrive. */
  hasty: number
  /** Market ms until the last was resolved, the longest of all batches. */
  longestMs: number
}

const BATCH = 20
/** Wall ms: far above what loopback takes, so that only dropped answers are dropped. */
const DEADLINE_MS = 250
/** Longest stretch in which nobody looks at what has been told; market ms. */
const STEP_MS = 10_000
const MAX_ROUNDS = 400
/** What is late comes within a minute; then the books are compared. */
const AFTERMATH_MS = 75_000
const STRATEGY = 1
const BALANCE = 1_000_000

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
  const server = await startEmbedded([], { tape: endless(), parameters: { ...PARAMETERS, startingBalance: BALANCE } })
  const stage = await openEmbedded(server, { deadlineMs: DEADLINE_MS })
  const instrument = stage.venue.instruments[0]!
  const bot = createBot(stage, BALANCE)
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
    hasty: 0,
    longestMs: 0,
  }
  let sent: TrackedOrder[] = []
  const isOpenQuestion = ({ state }: TrackedOrder): boolean => state === 'submitted' || state === 'unknown'

  /** Lets both live until then. */
  async function pass(until: number): Promise<void> {
    await bot.live()
    while (server.now < until) {
      const next = Math.min(until, server.now + STEP_MS, Math.max(server.now + 1, bot.nextAt))
      await stage.passTo(next - T0)
      await bot.live()
    }
  }

  /** Lets time pass until the engine has an answer to every open question. */
  async function resolve(): Promise<void> {
    await bot.live()
    for (let round = 0; round < MAX_ROUNDS && sent.some(isOpenQuestion); round++)
      await pass(Math.min(server.now + STEP_MS, Math.max(server.now + 1, bot.nextAt)))
  }

  function compare(order: TrackedOrder): void {
    const { clientOrderId } = order.request
    const { orders, filled } = truthOf(server.account, clientOrderId)
    const posted = server.requests.filter(({ method, parameters }) => {
      const id = parameters['newClientOrderId'] ?? parameters['clientAlgoId']
      return method === 'POST' && id === clientOrderId
    }).length
    const exists = !isOpenQuestion(order) && order.state !== 'rejected'
    tally.placements += 1
    if (bot.wasUnknown.has(clientOrderId)) tally.unknown += 1
    if (exists && bot.neverArrived.has(clientOrderId)) tally.returned += 1
    tally.duplicates += Math.max(0, orders - 1) + Math.max(0, posted - 1)
    const dead = bot.neverArrived.get(clientOrderId)
    if (dead !== undefined && dead < order.submittedAt + stage.venue.requestLifeMs) tally.hasty += 1
    if (isOpenQuestion(order)) tally.unresolved += 1
    else tally[exists ? 'exists' : bot.neverArrived.has(clientOrderId) ? 'dead' : 'rejected'] += 1
    if (exists !== orders > 0 || Math.abs(order.filled.toNumber() - filled) > 1e-9) tally.lost += 1
  }

  await pass(T0 + 2_000)
  let sequence = 0
  while (sequence < count) {
    sent = []
    const from = server.now
    // Every other batch the stream is mute, so that nothing but questions can tell.
    const mute = (sequence / BATCH) % 2 === 1
    if (mute) server.addFault({ kind: 'silence', on: true })
    for (let i = 0; i < BATCH && sequence < count; i++) {
      const order = orderOf(instrument, ++sequence, draw)
      for (const fault of kind.faults(order.clientOrderId, draw)) server.addFault(fault)
      sent.push(bot.send(order))
    }
    await resolve()
    tally.longestMs = Math.max(tally.longestMs, server.now - from)
    await pass(server.now + AFTERMATH_MS)
    if (mute) server.addFault({ kind: 'silence', on: false })
    for (const order of sent) compare(order)
  }
  await stage.close()
  return tally
}
