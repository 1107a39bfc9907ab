import type { AccountEvent } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'

/** Has a venue cancel a symbol's resting entries when the bot falls silent. */
export interface DeadMan {
  submitted(order: OrderRequest): void
  told(event: AccountEvent): void
  /** Says what is due; at most one request a symbol is under way. */
  tick(): void
}

export interface DeadManOptions {
  readonly instruments: readonly Instrument[]
  /** Silence after which the venue acts; ms. */
  readonly afterMs: number
  /** Replaces the symbol's countdown; 0 takes it off. */
  readonly set: (instrument: Instrument, afterMs: number) => Promise<void>
  readonly now: () => number
  readonly warn: (message: string) => void
}

/** The countdown is renewed this often within its time. */
const BEATS = 3
/** After a failure; ms. */
const AGAIN_MS = 1_000

/** An order that the venue does not list so long after it was sent is none that rests; ms. */
const UNLISTED_MS = 60_000

interface Watch {
  /** Entries that may rest, and exits that must not be lost with them, with the times they were sent. */
  readonly entries: Map<ClientOrderId, number>
  readonly exits: Map<ClientOrderId, number>
  isHeld: boolean
  isArmed: boolean
  isBusy: boolean
  /** The next renewal, and the next attempt after one that failed; ms. */
  beatAt: number
  againAt: number
}

const ENDED: ReadonlySet<AccountEvent['kind']> = new Set(['order_canceled', 'order_expired', 'order_rejected'])

/**
 * A venue's countdown cancels all that rests on a symbol, and nobody says whether stops are spared: it is armed only
 * while entries rest on a symbol without position or exits, and taken off with the first sign of either.
 */
export function createDeadMan({ instruments, afterMs, set, now, warn }: DeadManOptions): DeadMan {
  const watches = new Map<Instrument, Watch>(
    instruments.map((instrument) => [
      instrument,
      // An earlier process may have left one armed: taken off or renewed with the first tick.
      { entries: new Map(), exits: new Map(), isHeld: false, isArmed: true, isBusy: false, beatAt: 0, againAt: 0 },
    ]),
  )
  let warned = false

  function say(instrument: Instrument, watch: Watch, ms: number): void {
    watch.isBusy = true
    // Whatever becomes of the request: it may have arrived.
    if (ms > 0) watch.isArmed = true
    void set(instrument, ms)
      .then(() => {
        watch.isArmed = ms > 0
        watch.beatAt = now() + afterMs / BEATS
      })
      .catch((error: unknown) => {
        watch.againAt = now() + AGAIN_MS
        if (warned) return
        warned = true
        const why = error instanceof Error ? error.message : String(error)
        warn(`${instrument.symbol}: the exchange's dead man's switch could not be set: ${why}`)
      })
      .finally(() => {
        watch.isBusy = false
      })
  }

  return {
    submitted({ instrument, clientOrderId, leg, type, timeInForce }) {
      const watch = watches.get(instrument)
      if (!watch) return
      if (leg !== 'entry') watch.exits.set(clientOrderId, now())
      else if (type === 'limit' && timeInForce !== 'IOC') watch.entries.set(clientOrderId, now())
    },
    told(event) {
      if (event.kind === 'account_snapshot') {
        const open = new Set(event.openOrders.map((order) => order.clientOrderId))
        for (const [instrument, watch] of watches) {
          watch.isHeld = event.positions.some((position) => position.instrument === instrument)
          for (const orders of [watch.entries, watch.exits])
            for (const [id, sentAt] of orders)
              if (!open.has(id) && sentAt < event.askedAt - UNLISTED_MS) orders.delete(id)
        }
        return
      }
      if (!('clientOrderId' in event)) return
      const watch = watches.get(event.instrument)
      if (!watch) return
      if (event.kind === 'order_filled') watch.isHeld = true
      if (!ENDED.has(event.kind) && !(event.kind === 'order_filled' && event.done)) return
      const id = event.clientOrderId as ClientOrderId
      watch.entries.delete(id)
      watch.exits.delete(id)
    },
    tick() {
      for (const [instrument, watch] of watches) {
        if (watch.isBusy || now() < watch.againAt) continue
        const isWanted = watch.entries.size > 0 && watch.exits.size === 0 && !watch.isHeld
        if (!isWanted && watch.isArmed) say(instrument, watch, 0)
        else if (isWanted && (!watch.isArmed || now() >= watch.beatAt)) say(instrument, watch, afterMs)
      }
    },
  }
}
