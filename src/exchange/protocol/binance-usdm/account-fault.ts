import type { ForcedCause } from '../../../domain/event.ts'

/** Whose fault it is to be. */
export interface AccountChoice {
  /** The account's number, from 1. [1] */
  readonly account?: number
}

/** What happens to an account by no request of its owner. */
export type AccountFault = AccountHappening &
  AccountChoice & {
    /** Market ms from when it is added to when it happens. [0: at once] */
    readonly after_ms?: number
  }

export type AccountHappening =
  /** The listen key ends; the stream says so once and then nothing more. */
  | { readonly kind: 'expire_listen_key' }
  /** Somebody switches the account's position mode by hand. */
  | { readonly kind: 'hedge_mode'; readonly on: boolean }
  /** Open orders whose client id begins so are cancelled, and no stream tells it. */
  | { readonly kind: 'cancel_silently'; readonly client_id: string }
  /** The position is closed by force at the mark price. */
  | { readonly kind: 'force_close'; readonly symbol: string; readonly cause: ForcedCause }

const MAX_WAITING = 1_000

/** Those that wait for their market time. */
export interface WaitingFaults<F> {
  /** Market time of the next; `Infinity`: none waits. */
  readonly due: number
  add(fault: F, due: number): void
  /** Removes those whose time has come, in the order in which they were added. */
  take(now: number): readonly F[]
}

export function createWaitingFaults<F>(): WaitingFaults<F> {
  let waiting: { readonly fault: F; readonly due: number }[] = []
  return {
    get due() {
      return Math.min(Number.POSITIVE_INFINITY, ...waiting.map(({ due }) => due))
    },
    add(fault, due) {
      if (waiting.length >= MAX_WAITING) throw new RangeError(`more than ${MAX_WAITING} faults are waiting`)
      waiting.push({ fault, due })
    },
    take(now) {
      const over = waiting.filter(({ due }) => due <= now)
      if (over.length > 0) waiting = waiting.filter(({ due }) => due > now)
      return over.map(({ fault }) => fault)
    },
  }
}

const KINDS: ReadonlySet<string> = new Set<AccountFault['kind']>([
  'expire_listen_key',
  'hedge_mode',
  'cancel_silently',
  'force_close',
])

export const isAccountFault = (fault: { readonly kind: string }): fault is AccountFault => KINDS.has(fault.kind)
