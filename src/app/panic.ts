import { clientOrderId } from '../domain/id.ts'
import type { PanicOrder, PanicPosition, PanicVenue } from '../port/panic-venue.ts'

/** The epoch of orders that panic sends: no bot ever reaches it, so that a bot sees them as not its own. */
export const PANIC_EPOCH = 36 ** 3 - 1
/** The venue's answer to one call; after that it is asked anew. */
const CALL_MS = 5_000
/** Calls under way at once: quick, and far below any venue's request limit. */
const PARALLEL = 8
/** Complete looks in a row that must find nothing: an entry that was under way may still arrive after the first. */
const EMPTY_LOOKS = 2
const SETTLE_MS = 400
const DEADLINE_MS = 60_000
/** What was done is remembered up to this many rows; more would be a fight with somebody else's bot. */
const MAX_ROWS = 5_000

export interface PanicOptions {
  readonly venue: PanicVenue
  /** Leaves the latch that every bot of this account obeys. */
  readonly latch: () => void | Promise<void>
  /** Wall time in epoch ms; makes the ids of this call different from those of an earlier one. */
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly onAction?: (action: PanicAction) => void
  readonly deadlineMs?: number
}

export interface PanicAction {
  readonly what: 'latch' | 'look' | 'cancel' | 'close'
  readonly symbol: string
  readonly id: string
  readonly detail: string
  /** `null`: done. */
  readonly failure: string | null
}

export interface PanicReport {
  /** Both order lists and the positions were seen empty, twice in a row, by complete answers. */
  readonly verified: boolean
  readonly latched: boolean
  readonly rounds: number
  readonly elapsedMs: number
  /** Until the first cancel was confirmed; `null`: none was. */
  readonly firstCancelMs: number | null
  /** What the last complete look found; `null`: no look was ever complete. */
  readonly remaining: { readonly orders: number; readonly positions: number } | null
  readonly actions: readonly PanicAction[]
}

/**
 * Cancels every order and closes every position of the account, until two complete looks find neither. The latch comes
 * first; entries go before exits; a position keeps its stops until it is closed. No failure of one call stops the others,
 * and nothing is taken for done because it was asked for: only the next look counts.
 */
export async function panic(options: PanicOptions): Promise<PanicReport> {
  const { venue, now, sleep, deadlineMs = DEADLINE_MS } = options
  const begun = now()
  const actions: PanicAction[] = []
  let revision = 0
  let rounds = 0
  let emptyLooks = 0
  let remaining: PanicReport['remaining'] = null
  let firstCancelMs: number | null = null

  function tell(action: PanicAction): void {
    if (actions.length < MAX_ROWS) actions.push(action)
    options.onAction?.(action)
  }

  async function attempt(row: Omit<PanicAction, 'failure'>, call: () => void | Promise<void>): Promise<boolean> {
    try {
      await within(CALL_MS, call)
      tell({ ...row, failure: null })
      return true
    } catch (error) {
      tell({ ...row, failure: messageOf(error) })
      return false
    }
  }

  const cancelAll = (orders: readonly PanicOrder[]): Promise<void> =>
    inParallel(orders, async (order) => {
      const detail = `${order.list}${order.reduceOnly ? ', reduce-only' : ', entry'}`
      const row = { what: 'cancel', symbol: order.symbol, id: order.clientOrderId || order.id, detail } as const
      if (await attempt(row, () => venue.cancel(order))) firstCancelMs ??= now() - begun
    })

  const closeAll = (positions: readonly PanicPosition[]): Promise<void> =>
    inParallel(positions, async (position) => {
      const id = clientOrderId({ strategy: 0, epoch: PANIC_EPOCH, intent: begun, leg: 'exit', revision: revision++ })
      const row = {
        what: 'close',
        symbol: position.symbol,
        id,
        detail: `${position.direction} ${position.quantity}`,
      } as const
      await attempt(row, () => venue.closeReduceOnly(position, id))
    })

  const latched = await attempt(
    { what: 'latch', symbol: '', id: '', detail: 'no bot of this account enters' },
    options.latch,
  )

  while (emptyLooks < EMPTY_LOOKS && (rounds === 0 || now() - begun < deadlineMs)) {
    if (rounds++ > 0) await sleep(SETTLE_MS)
    // Apart, so that a venue that cannot say one thing does not keep the other from being acted on.
    const [orders, positions] = await Promise.all([
      looked('open orders', () => venue.openOrders(), tell),
      looked('positions', () => venue.positions(), tell),
    ])
    if (orders && positions) remaining = { orders: orders.length, positions: positions.length }
    emptyLooks = orders?.length === 0 && positions?.length === 0 ? emptyLooks + 1 : 0
    await cancelAll((orders ?? []).filter((order) => !order.reduceOnly))
    await closeAll(positions ?? [])
    // Only what protects no position any more: one whose closing fails keeps its stop.
    const flat = positions && new Set(positions.map((position) => position.symbol))
    if (flat) await cancelAll((orders ?? []).filter((order) => order.reduceOnly && !flat.has(order.symbol)))
  }
  return {
    verified: emptyLooks >= EMPTY_LOOKS,
    latched,
    rounds,
    elapsedMs: now() - begun,
    firstCancelMs,
    remaining,
    actions,
  }
}

async function looked<T>(
  what: string,
  ask: () => Promise<T>,
  tell: (action: PanicAction) => void,
): Promise<T | undefined> {
  try {
    return await within(CALL_MS, ask)
  } catch (error) {
    tell({ what: 'look', symbol: '', id: '', detail: what, failure: messageOf(error) })
    return undefined
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker))
}

/** The answer, or an error after `ms`: a venue that says nothing must not hold up the rest. */
async function within<T>(ms: number, call: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms)
    })
    return await Promise.race([Promise.resolve().then(call), silence])
  } finally {
    clearTimeout(timer)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
