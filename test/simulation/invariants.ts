import { Dec, ZERO, type Decimal } from '../../src/domain/decimal.ts'
import type { CorrectionKind } from '../../src/domain/effect.ts'
import type { EngineEvent } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { TERMINAL_STATES, type ClientOrderId, type OrderState } from '../../src/domain/order.ts'
import { isCovered } from '../../src/execution/protect.ts'
import { symbolKey } from '../../src/engine/saved.ts'
import type { Latch } from '../../src/risk/latch.ts'
import { SYMBOLS, type SeenEffect, type World } from './world.ts'

/** A position is wholly behind stops, or gone, within this of a venue that can be reached and does what it is asked. */
const NAKED_MS = 5_000
/** What a person did by hand only looks tell for sure: the next one, and one that confirms it, each read in pieces. */
export const LOOKS_MS = 16_000
const CENT = 0.01
const UNEXPLAINED: ReadonlySet<CorrectionKind> = new Set(['position_adjusted', 'wallet_adjusted', 'foreign_position'])

class Broken extends Error {}
const fail = (invariant: string, what: string): never => {
  throw new Broken(`${invariant}: ${what}`)
}

export interface Watch {
  /**
   * Longest time that a part of a position was without a stop: as the bot knew; in the venue's truth; and of that,
   * since the venue had last failed to do or tell what it was asked.
   */
  readonly longest: { known: number; truth: number; answered: number }
  readonly checks: number
  started(): void
  quiescent(): void
  /**
   * Of an account that only the bot and the venue act on: no figure was taken over without a record that explains it, and
   * the results of all trades are what the wallet has won.
   */
  explained(): void
  /**
   * Of an account that only the bot and the venue act on, where records come too late to explain what is guarded at once:
   * entries have stopped, an alert says so, and what was listed then was neither counted again nor closed.
   */
  stopped(): void
  /** After a restart: nothing new was sent. */
  unmoved(submittedBefore: number): void
}

/**
 * Checks the invariants of a world after each of its bot's events.
 * @param looksMs how long what a person has made naked may stay so beyond what holds for all else
 */
export function watch(world: World, looksMs = 0): Watch {
  const { venue } = world
  /** By symbol, since when the bot knows that nothing protects its position. */
  const naked = new Map<string, number>()
  /** By instrument, since when a part of the position has no stop at the venue. */
  const bare: (number | null)[] = SYMBOLS.map(() => null)
  const own = { checks: 0, upAt: 0, received: 0, hands: 0, latches: [] as readonly Latch[], wallet: venue.wallet }
  /** By instrument, when a person last traded it by hand, whether that is in what is held, and whether all of it is a person's. */
  const hands = SYMBOLS.map(() => ({ at: Number.NEGATIVE_INFINITY, shares: false, owns: false }))
  const orders = new Map<string, { state: OrderState; filled: Decimal }>()
  const accepted = new Map<string, string>()
  const longest = { known: 0, truth: 0, answered: 0 }
  const lastPrice = new Map<Instrument, { time: number; mark: number }>()

  const units = (instrument: Instrument, leg: 'stop' | 'target'): Decimal =>
    venue.live(instrument, leg).reduce((sum, o) => sum.plus(o.left), ZERO)

  function entries(kind: EngineEvent['kind'], effects: readonly SeenEffect[], time: number): void {
    for (const effect of effects) {
      if (effect.kind !== 'submit') continue
      const { order } = effect
      const { instrument } = order
      const { at, owns } = hands[instrument.index]!
      // Until it can be known, an exit of what was there before may cross a person's trade, and an entry come beside it.
      const since = Math.max(at, venue.failedAt(instrument), own.upAt) + LOOKS_MS
      if (owns && time > since) fail('I17', `${order.clientOrderId} against what a person holds`)
      const committed = world.saved.get(symbolKey(instrument.symbol))?.includes(order.clientOrderId)
      if (world.alive && committed !== true) fail('I2', `${order.clientOrderId} was sent without a committed intent`)
      if (order.leg !== 'entry') {
        const { signed } = world.engine.account.books.position(instrument)
        if (!order.reduceOnly) fail('I5', `${order.clientOrderId} is not reduce-only`)
        // A look at the account can tell of several executions at once, each with its own consequences.
        if (kind !== 'account_snapshot' && order.side !== (signed.isPositive() ? 'sell' : 'buy'))
          fail('I5', `${order.clientOrderId} would enlarge`)
        continue
      }
      // I7: at most one position or entry a symbol, counting all whose fate is open.
      for (const other of venue.inFlight.values())
        if (other.leg === 'entry' && other.instrument === instrument && other !== order)
          fail('I7', `${order.clientOrderId} beside ${other.clientOrderId} on its way`)
      if (!world.engine.account.books.position(instrument).signed.isZero())
        fail('I7', `${order.clientOrderId} beside a position`)
      const resting = venue.live(instrument, 'entry').find((o) => o.request !== order)
      if (resting) fail('I7', `${order.clientOrderId} beside ${resting.request.clientOrderId}, which works`)
      const seen = lastPrice.get(instrument)
      if (!seen || !(seen.mark > 0) || time - seen.time > 60_000)
        fail('I13', `${order.clientOrderId} on no or stale data`)
      if (world.engine.account.latches.latches.some((l) => l.symbol === null || l.symbol === instrument.symbol))
        fail('I9', `${order.clientOrderId} in spite of a latch`)
      if (world.engine.account.venue !== 'ready') fail('I7', `${order.clientOrderId} while the venue is not ready`)
    }
  }

  /** What has reached the venue, whoever sent it. */
  function received(): void {
    for (; own.received < venue.submitted.length; own.received++) {
      const { leg, reduceOnly, clientOrderId } = venue.submitted[own.received]!
      if (leg !== 'entry' && !reduceOnly) fail('I5', `${clientOrderId} is not reduce-only`)
    }
  }

  /** Whose the positions are: what was opened by hand while the bot had nothing there is a person's until it is gone. */
  function owners(): void {
    for (; own.hands < venue.byHand.length; own.hands++) {
      const { instrument, time, before } = venue.byHand[own.hands]!
      const hand = hands[instrument.index]!
      hand.at = time
      hand.shares = true
      const { trade } = world.engine.states[instrument.index]!
      // An entry that works does not make it the bot's; one that has filled does.
      hand.owns ||= before.isZero() && !trade?.entryQuantity.gt(0)
    }
    for (const instrument of SYMBOLS) {
      const hand = hands[instrument.index]!
      // What is left when the bot's own part has been closed is a person's too, once the bot has said so.
      hand.owns ||= hand.shares && isLeftAlone(instrument)
      const entered = venue.executions.at(-1)
      const isEntry = entered !== undefined && venue.orders.get(entered.clientOrderId)?.request.leg === 'entry'
      if (isEntry && entered.instrument === instrument) hand.owns = false
      if (venue.held(instrument).signed.isZero()) hand.owns = hand.shares = false
    }
  }

  /** A position that is not the bot's, and that entries stay away from, with an alert that says so. */
  const isLeftAlone = (instrument: Instrument): boolean =>
    world.engine.account.books.position(instrument).signed.isZero() &&
    world.engine.account.latches.latches.some(
      ({ code, symbol }) => code === 'FOREIGN' && symbol === instrument.symbol,
    ) &&
    world.alerts.some(({ code, message }) => code === 'FOREIGN' && message.startsWith(instrument.symbol))

  /** I3 by the venue's own ledger, whatever the bot believes. */
  function covered(): void {
    received()
    owners()
    for (const instrument of SYMBOLS) {
      const { index, symbol } = instrument
      const { now } = world
      if (!world.alive) {
        bare[index] = null
        continue
      }
      const hand = hands[index]!
      const open = !hand.owns && venue.held(instrument).signed.abs().minus(units(instrument, 'stop')).gt(0)
      const since = bare[index]
      if (since !== null && since !== undefined) {
        // What cannot be reached does not answer either.
        const failed = world.up ? Math.max(venue.failedAt(instrument), own.upAt, hand.at + looksMs) : now
        const answered = now - Math.max(since, failed)
        longest.truth = Math.max(longest.truth, now - since)
        longest.answered = Math.max(longest.answered, answered)
        if (answered > NAKED_MS) fail('I3', `${symbol} has not been behind stops for ${answered} ms`)
      }
      bare[index] = open ? (since ?? now) : null
      if (!world.up) own.upAt = now
    }
  }

  function protection(time: number): void {
    for (const instrument of SYMBOLS) {
      const { symbol } = instrument
      const stops = venue.live(instrument, 'stop')
      const { trade } = world.engine.states[instrument.index]!
      const known =
        bare[instrument.index] !== null &&
        trade?.position.gt(0) === true &&
        !isCovered(trade) &&
        !leaving(instrument, time)
      const since = known && world.up ? (naked.get(symbol) ?? time) : null
      if (since === null) naked.delete(symbol)
      else naked.set(symbol, since)
      if (since !== null) longest.known = Math.max(longest.known, time - since)
      if (since !== null && time - since > NAKED_MS)
        fail('I3', `${symbol} has been known to be naked for ${time - since} ms`)
      // One that replaces another; besides, those not confirmed, and those whose withdrawal has been asked for.
      const kept = stops.filter(({ request }) => {
        const order = world.engine.orders.get(request.clientOrderId)
        return order?.cancelAsked === false && order.state !== 'submitted' && order.state !== 'unknown'
      })
      if (kept.length > 2 || stops.length > 4)
        fail('I4', `${stops.length} stops of ${symbol} rest: ${stops.map((s) => s.request.clientOrderId).join(' ')}`)
    }
  }

  const stored = (): readonly Latch[] => {
    const account = world.saved.get('account')
    return account === undefined ? [] : (JSON.parse(account) as { latches: readonly Latch[] }).latches
  }

  /** An exit that was sent so recently that its fate may be open. */
  function leaving(instrument: Instrument, time: number): boolean {
    const { trade } = world.engine.states[instrument.index]!
    const exit = trade?.exitId ? world.engine.orders.get(trade.exitId) : undefined
    return exit !== undefined && time - exit.submittedAt < NAKED_MS
  }

  function lifeCycles(): void {
    for (const order of world.engine.orders.values()) {
      const id = order.request.clientOrderId
      if (order.filled.gt(order.request.quantity)) fail('I10', `${id} filled ${order.filled.toString()}`)
      if (new Set(order.fills).size !== order.fills.length) fail('I11', `${id} counts a fill twice`)
      const before = orders.get(id)
      if (before && order.filled.lt(before.filled)) fail('I10', `${id} unfilled`)
      if (
        before &&
        TERMINAL_STATES.has(before.state) &&
        before.state !== 'rejected' &&
        !TERMINAL_STATES.has(order.state)
      )
        fail('I10', `${id} went from ${before.state} to ${order.state}`)
      orders.set(id, { state: order.state, filled: order.filled })
    }
    for (const id of [...orders.keys()]) if (!world.engine.orders.has(id as never)) orders.delete(id)
  }

  function latches(event: EngineEvent): void {
    const now = world.engine.account.latches.latches
    for (const before of own.latches) {
      if (now.some((l) => l.code === before.code && l.symbol === before.symbol)) continue
      if (before.until !== null && before.until <= event.time) continue
      const command = event.kind === 'command' ? event.command.name : ''
      if (command !== 'clear_latch' && command !== 'resume_entry')
        fail('I9', `${before.code} was lifted by ${event.kind}`)
    }
    own.latches = now
  }

  world.passed = covered
  world.observe = (event, effects) => {
    own.checks++
    if (event.kind === 'price') lastPrice.set(event.instrument, { time: event.time, mark: event.mark })
    if (!world.alive) {
      naked.clear()
      own.latches = stored()
      return
    }
    entries(event.kind, effects, event.time)
    protection(event.time)
    lifeCycles()
    latches(event)
    for (const order of venue.orders.values()) {
      if (order.foreign || order.request.leg !== 'entry') continue
      const known = accepted.get(order.request.tradeId)
      if (known !== undefined && known !== order.request.clientOrderId)
        fail('I1', `${order.request.tradeId} was entered twice`)
      accepted.set(order.request.tradeId, order.request.clientOrderId)
    }
  }

  return {
    longest,
    get checks() {
      return own.checks
    },
    started() {
      orders.clear()
      naked.clear()
      // The process died between tripping a latch and saving it at most once; what was saved must hold.
      const held = world.engine.account.latches.latches
      for (const latch of stored())
        if (!held.some((l) => l.code === latch.code) && !(latch.reason === 'the process ends'))
          fail('I9', `${latch.code} was lost at the restart`)
      own.latches = held
    },
    quiescent() {
      const { books, exposure } = world.engine.account
      for (const order of world.engine.orders.values())
        if (
          order.state === 'submitted' ||
          order.state === 'unknown' ||
          order.state === 'triggered' ||
          order.cancelAsked
        )
          fail('I16', `${order.request.clientOrderId} is still ${order.state}`)
      // The journal is what people and the next process see: it knows of an end whenever the engine does.
      for (const [id, state] of world.records)
        if (TERMINAL_STATES.has(state as OrderState) === world.engine.orders.has(id as ClientOrderId))
          fail(
            'I6',
            `${id} is ${state} in the journal and ${world.engine.orders.get(id as ClientOrderId)?.state ?? 'over'}`,
          )
      for (const instrument of SYMBOLS) {
        const { symbol } = instrument
        const { signed } = venue.held(instrument)
        const mine = books.position(instrument).signed
        const isOthers = !signed.isZero() && isLeftAlone(instrument)
        if (!mine.eq(signed) && !isOthers)
          fail('I6', `${symbol}: ${mine.toString()} in the books, ${signed.toString()} at the venue`)
        const known = [...world.engine.orders.values()]
          .filter((o) => o.request.instrument === instrument)
          .map((o) => o.request.clientOrderId)
        const there = venue
          .live(instrument)
          .filter((o) => !o.foreign)
          .map((o) => o.request.clientOrderId)
        if (known.toSorted().join() !== there.toSorted().join())
          fail('I6', `${symbol}: orders ${known.join()} in the books, ${there.join()} at the venue`)
        const { trade } = world.engine.states[instrument.index]!
        if (!signed.isZero() && trade === null && !isOthers)
          fail('I6', `${symbol}: a position of ${signed.toString()} without a trade`)
        for (const leg of ['stop', 'target'] as const)
          if (trade !== null && trade.exitId === null && !units(instrument, leg).eq(signed.abs()))
            fail('I4', `${symbol}: ${leg} of ${units(instrument, leg).toString()}, position ${signed.toString()}`)
        if (trade === null && there.length > 0) fail('I6', `${symbol}: ${there.join()} without a trade`)
        if (trade !== null && !trade.position.eq(signed.abs()))
          fail('I6', `${symbol}: the trade holds ${trade.position.toString()}, the venue ${signed.toString()}`)
      }
      if (books.wallet.minus(venue.wallet).abs().gt(new Dec(CENT)))
        fail('I6', `wallet ${books.wallet.toFixed(4)} in the books, ${venue.wallet.toFixed(4)} at the venue`)
      const working = [...world.engine.orders.values()].filter((o) => o.request.leg === 'entry').length
      if (exposure.working !== working) fail('I7', `${exposure.working} entries reserve exposure, ${working} work`)
      if (world.engine.account.venue !== 'ready') fail('I16', `the venue is ${world.engine.account.venue}`)
      if (world.engine.account.openTrades !== world.engine.states.filter((s) => s.trade !== null).length)
        fail('I16', 'open trades are miscounted')
    },
    explained() {
      for (const correction of world.corrections)
        if (UNEXPLAINED.has(correction)) fail('I14', `${correction}, and nobody had touched the account`)
      if (SYMBOLS.some((instrument) => !venue.held(instrument).signed.isZero())) return
      const results = world.trades.reduce((sum, { pnl }) => sum.plus(pnl), ZERO as Decimal)
      const won = venue.wallet.minus(own.wallet)
      if (results.minus(won).abs().gt(CENT))
        fail('I14', `trades of ${results.toFixed(4)}, a wallet of ${won.toFixed(4)}`)
    },
    stopped() {
      const orphan = world.alerts.find(({ code }) => code === 'ORPHAN')
      if (orphan) fail('I14', `${orphan.message}, and nobody had touched the account`)
      for (const { symbol } of SYMBOLS)
        if (world.alerts.filter((a) => a.code === 'POSITION_ADJUSTED' && a.message.startsWith(symbol)).length > 1)
          fail('I14', `the position of ${symbol} was taken over twice`)
      if (!world.corrections.includes('position_adjusted')) return
      const { latches } = world.engine.account.latches
      if (
        !latches.some(({ code }) => code === 'RECONCILE') ||
        !world.alerts.some((a) => a.code === 'POSITION_ADJUSTED')
      )
        fail('I14', 'a position was taken over, and entries go on')
    },
    unmoved(before) {
      if (venue.submitted.length !== before)
        fail(
          'I16',
          `a restart sent ${venue.submitted
            .slice(before)
            .map((o) => o.clientOrderId)
            .join()}`,
        )
      this.quiescent()
    },
  }
}
