import type { AccountEvent } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { Countdown } from './dialect.ts'

/** Has a venue cancel a symbol's resting entries when the bot falls silent. */
export interface DeadMan {
  submitted(order: OrderRequest): void
  told(event: AccountEvent): void
  /** Says what is due. */
  tick(): void
  /** Whoever ends now waits for no pause after an attempt that failed. */
  hurry(): void
  /** Symbols with a position or exits on which it may be on: whoever ends now leaves stops to it. */
  readonly owed: number
}

export interface DeadManOptions {
  readonly instruments: readonly Instrument[]
  /** Silence after which the venue acts; ms. */
  readonly afterMs: number
  /** Replaces the symbol's countdown; 0 takes it off. */
  readonly set: Countdown
  readonly now: () => number
  readonly warn: (message: string) => void
  /** Less may be owed than before. */
  readonly wakeup: () => void
}

/** The countdown is renewed this often within its time. */
const BEATS = 3
/** After a failure; ms. */
const AGAIN_MS = 1_000
/** Longest pause between attempts to take it off: while it may still take a stop, and where it can do no harm by now; ms. */
const MAX_PAUSE_IN_DANGER_MS = 5_000
const MAX_PAUSE_MS = 60_000

/** An order that the venue does not list so long after it was sent is none that rests; ms. */
const UNLISTED_MS = 60_000

interface Watch {
  /** Entries that may rest, and exits that must not be lost with them, with the times they were sent. */
  readonly entries: Map<ClientOrderId, number>
  readonly exits: Map<ClientOrderId, number>
  isHeld: boolean
  /** It may be on. */
  isArmed: boolean
  /** One that has no answer yet, and that is still to leave or may still arrive. */
  renewal: Renewal | null
  takingOff: TakeOff | null
  /** What must not be lost has had its one request within a penalty since it was last armed. */
  isUrgencySpent: boolean
  /** Something that must not be lost has been there since the last look at it. */
  wasDangerous: boolean
  /** Attempts in a row to take it off that left and failed. */
  failures: number
  /** By then one that was armed has run out at the venue; ms. */
  firesBy: number
  /** The next renewal, and the next attempts after ones that failed; ms. */
  beatAt: number
  renewAgainAt: number
  takeOffAgainAt: number
}

interface Said {
  /** It is not to leave any more. */
  isStale: boolean
  hasLeft: boolean
}

interface TakeOff extends Said {
  readonly isUrgent: boolean
}

interface Renewal extends Said {
  /** It was taken off while this was on its way. */
  isOverridden: boolean
}

const ENDED: ReadonlySet<AccountEvent['kind']> = new Set(['order_canceled', 'order_expired', 'order_rejected'])

/**
 * A venue's countdown cancels all that rests on a symbol, and nobody says whether stops are spared: it is armed only
 * while entries rest on a symbol without position or exits, and taken off with the first sign of either.
 */
export function createDeadMan({ instruments, afterMs, set, now, warn, wakeup }: DeadManOptions): DeadMan {
  const watches = new Map<Instrument, Watch>(
    instruments.map((instrument) => [
      instrument,
      {
        entries: new Map(),
        exits: new Map(),
        isHeld: false,
        // An earlier process may have left one armed: taken off or renewed with the first tick.
        isArmed: true,
        renewal: null,
        takingOff: null,
        isUrgencySpent: false,
        wasDangerous: false,
        failures: 0,
        firesBy: now() + afterMs,
        beatAt: 0,
        renewAgainAt: 0,
        takeOffAgainAt: 0,
      },
    ]),
  )
  let warned = false

  function failed(instrument: Instrument, error: unknown): void {
    if (warned) return
    warned = true
    const why = error instanceof Error ? error.message : String(error)
    warn(`${instrument.symbol}: the exchange's dead man's switch could not be set: ${why}`)
  }

  const isDangerous = ({ exits, isHeld }: Watch): boolean => exits.size > 0 || isHeld
  const isWanted = (watch: Watch): boolean => watch.entries.size > 0 && !isDangerous(watch)

  /** To be asked as it is about to leave; `left` is called when it does. */
  const leave = (said: Said, left: () => void) => (): boolean => {
    if (said.isStale) return false
    said.hasLeft = true
    left()
    return true
  }

  function renew(instrument: Instrument, watch: Watch): void {
    if (watch.renewal !== null || watch.takingOff !== null || now() < watch.renewAgainAt) return
    if (watch.isArmed && now() < watch.beatAt) return
    const renewal: Renewal = { isStale: false, hasLeft: false, isOverridden: false }
    watch.renewal = renewal
    // Whatever becomes of the request: it may have arrived.
    watch.isArmed = true
    const isToLeave = leave(renewal, () => {
      watch.isUrgencySpent = false
      watch.firesBy = now() + afterMs
    })
    void set(instrument, afterMs, isToLeave, 'poll')
      .then(() => {
        if (!renewal.isStale) watch.beatAt = now() + afterMs / BEATS
      })
      .catch((error: unknown) => {
        if (renewal.isStale) return
        watch.renewAgainAt = now() + AGAIN_MS
        failed(instrument, error)
      })
      .finally(() => {
        if (watch.renewal === renewal) watch.renewal = null
      })
  }

  /** Each attempt costs what ten questions cost: repeated every second for good it would leave nothing to any of them. */
  function pauseAfter(watch: Watch): number {
    const most = isDangerous(watch) && now() < watch.firesBy ? MAX_PAUSE_IN_DANGER_MS : MAX_PAUSE_MS
    return Math.min(most, AGAIN_MS * 2 ** Math.max(0, watch.failures - 1))
  }

  /** A pause that nothing was in danger in ends where something is. */
  function lookForDanger(watch: Watch): void {
    const isInDanger = isDangerous(watch)
    if (isInDanger && !watch.wasDangerous) {
      watch.failures = 0
      watch.takeOffAgainAt = 0
    }
    watch.wasDangerous = isInDanger
  }

  /**
   * Waits for no renewal: one that waits for its turn never leaves, one on its way may arrive last and is taken off again.
   * Where stops or a position are in danger it does not wait for the end of a penalty either, once.
   */
  function takeOff(instrument: Instrument, watch: Watch): void {
    if (!watch.isArmed || watch.renewal?.isOverridden || now() < watch.takeOffAgainAt) return
    const isUrgent = isDangerous(watch) && !watch.isUrgencySpent
    const before = watch.takingOff
    if (before !== null && (before.hasLeft || before.isUrgent || !isUrgent)) return
    if (before !== null) before.isStale = true
    const { renewal } = watch
    if (renewal) renewal.isStale = true
    if (!renewal?.hasLeft) watch.renewal = null
    const onItsWay = watch.renewal
    const takingOff: TakeOff = { isUrgent, isStale: false, hasLeft: false }
    watch.takingOff = takingOff
    watch.beatAt = 0
    const isToLeave = leave(takingOff, () => {
      if (isUrgent) watch.isUrgencySpent = true
    })
    void set(instrument, 0, isToLeave, isUrgent ? 'protective' : 'deferred')
      .then(() => {
        watch.failures = 0
        if (onItsWay) {
          onItsWay.isOverridden = true
          watch.isUrgencySpent = false
        } else watch.isArmed = false
      })
      .catch((error: unknown) => {
        if (takingOff.isStale) return
        // What the budget held back has cost nothing.
        if (takingOff.hasLeft) watch.failures += 1
        watch.takeOffAgainAt = now() + (takingOff.hasLeft ? pauseAfter(watch) : AGAIN_MS)
        failed(instrument, error)
      })
      .finally(() => {
        if (watch.takingOff === takingOff) watch.takingOff = null
        wakeup()
      })
  }

  /** What it may take must not wait for the next tick. */
  function heed(instrument: Instrument, watch: Watch): void {
    lookForDanger(watch)
    if (!isWanted(watch)) takeOff(instrument, watch)
  }

  return {
    submitted({ instrument, clientOrderId, leg, type, timeInForce }) {
      const watch = watches.get(instrument)
      if (!watch) return
      if (leg !== 'entry') watch.exits.set(clientOrderId, now())
      else if (type === 'limit' && timeInForce !== 'IOC') watch.entries.set(clientOrderId, now())
      heed(instrument, watch)
    },
    told(event) {
      if (event.kind === 'account_snapshot') {
        const open = new Set(event.openOrders.map((order) => order.clientOrderId))
        for (const [instrument, watch] of watches) {
          watch.isHeld = event.positions.some((position) => position.instrument === instrument)
          for (const orders of [watch.entries, watch.exits])
            for (const [id, sentAt] of orders)
              if (!open.has(id) && sentAt < event.askedAt - UNLISTED_MS) orders.delete(id)
          heed(instrument, watch)
        }
        return
      }
      if (!('clientOrderId' in event)) return
      const watch = watches.get(event.instrument)
      if (!watch) return
      if (event.kind === 'order_filled') {
        watch.isHeld = true
        heed(event.instrument, watch)
      }
      if (!ENDED.has(event.kind) && !(event.kind === 'order_filled' && event.done)) return
      const id = event.clientOrderId as ClientOrderId
      watch.entries.delete(id)
      watch.exits.delete(id)
    },
    tick() {
      for (const [instrument, watch] of watches) {
        lookForDanger(watch)
        if (isWanted(watch)) renew(instrument, watch)
        else takeOff(instrument, watch)
      }
    },
    hurry() {
      for (const watch of watches.values()) watch.takeOffAgainAt = 0
    },
    get owed() {
      return [...watches.values()].filter((watch) => watch.isArmed && isDangerous(watch)).length
    },
  }
}
