import { clientOrderId, PANIC_EPOCH } from '../domain/id.ts'
import type { LatchWriting } from '../port/latch-writing.ts'
import type { PanicOrder, PanicPosition, PanicVenue } from '../port/panic-venue.ts'
import { within } from './within.ts'

/** The venue's answer to one call; after that it is asked anew. */
const CALL_MS = 5_000
/** Calls under way at once: quick, and far below any venue's request limit. */
const PARALLEL = 8
/** Complete looks in a row that must find nothing: an entry that was under way may still arrive after the first. */
const EMPTY_LOOKS = 2
const SETTLE_MS = 400
const DEADLINE_MS = 60_000
/** What the first cancel waits for the latch to be seen, from the start of the first look. */
const LATCH_MS = 200
/** From when a bot can see the latch, for which it looks every 0.1 s, until what it sent before has arrived, too; ms. */
const OBEYED_MS = 250
/** What was done is remembered up to this many rows; more would be a fight with somebody else's bot. */
const MAX_ROWS = 5_000

export interface PanicOptions {
  readonly venue: PanicVenue
  /** The latch that every bot of this account obeys, on its way to the disk. */
  readonly latch: LatchWriting
  /** Wall time in epoch ms; makes the ids of this call different from those of an earlier one. */
  readonly now: () => number
  /** Monotonic ms, by which durations are measured: wall time may be set meanwhile. */
  readonly uptime: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly onAction?: (action: PanicAction) => void
  readonly deadlineMs?: number
  /** Aborted: the round in hand is finished, and no other begun. */
  readonly interrupted?: AbortSignal
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
  /** The latch is on disk. */
  readonly latched: boolean
  readonly rounds: number
  /** Until the last look. */
  readonly elapsedMs: number
  /** Until the first cancel was confirmed; `null`: none was. */
  readonly firstCancelMs: number | null
  /** What the last complete look found; `null`: no look was ever complete. */
  readonly remaining: { readonly orders: number; readonly positions: number } | null
  readonly actions: readonly PanicAction[]
}

/**
 * Cancels every order and closes every position of the account, until two complete looks find neither. The latch comes
 * first, but nothing waits long for it; entries go before exits; a position keeps its stops until it is closed. No failure
 * of one call stops the others, and nothing is taken for done because it was asked for: only the next look counts.
 */
export async function panic(options: PanicOptions): Promise<PanicReport> {
  const { venue, latch, uptime, sleep, deadlineMs = DEADLINE_MS } = options
  const intent = options.now()
  const begun = uptime()
  const elapsed = (): number => Math.round(uptime() - begun)
  const actions: PanicAction[] = []
  let revision = 0
  let rounds = 0
  let emptyLooks = 0
  let remaining: PanicReport['remaining'] = null
  let firstCancelMs: number | null = null
  let lookedAt = 0
  /** From here on no look misses what a bot adds after it; a disk that hangs is not waited for longer than an answer. */
  let obeyedFrom = CALL_MS
  latch.visible.then(
    () => (obeyedFrom = Math.min(obeyedFrom, elapsed() + OBEYED_MS)),
    () => (obeyedFrom = 0),
  )
  const isEmpty = (): boolean => emptyLooks >= EMPTY_LOOKS && lookedAt >= obeyedFrom

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
      if (await attempt(row, () => venue.cancel(order))) firstCancelMs ??= elapsed()
    })

  const closeAll = (positions: readonly PanicPosition[]): Promise<void> =>
    inParallel(positions, async (position) => {
      const id = clientOrderId({ strategy: 0, epoch: PANIC_EPOCH, intent, leg: 'exit', revision: revision++ })
      const row = {
        what: 'close',
        symbol: position.symbol,
        id,
        detail: `${position.direction} ${position.quantity}`,
      } as const
      await attempt(row, () => venue.closeReduceOnly(position, id))
    })

  const latchRow = { what: 'latch', symbol: '', id: '', detail: 'no bot of this account enters' } as const
  /** Tells of the latch when it is known how it went. */
  const latched = latch.durable.then(
    () => {
      tell({ ...latchRow, failure: null })
      return true
    },
    (error: unknown) => {
      tell({ ...latchRow, failure: messageOf(error) })
      return false
    },
  )
  const latchTurn = within(LATCH_MS, () => latch.visible.catch(() => undefined)).catch((error: unknown) =>
    tell({ ...latchRow, failure: `${messageOf(error)}; nothing waits for it` }),
  )

  const goesOn = (): boolean => elapsed() < deadlineMs && options.interrupted?.aborted !== true
  while (!isEmpty() && (rounds === 0 || goesOn())) {
    if (rounds++ > 0) await sleep(SETTLE_MS)
    lookedAt = elapsed()
    // Apart, so that a venue that cannot say one thing does not keep the other from being acted on.
    const looking = looked('positions', () => venue.positions(), tell)
    const orders = await looked('open orders', () => venue.openOrders(), tell)
    await latchTurn
    await cancelAll((orders ?? []).filter((order) => !order.reduceOnly))
    const positions = await looking
    if (orders && positions) remaining = { orders: orders.length, positions: positions.length }
    emptyLooks = orders?.length === 0 && positions?.length === 0 ? emptyLooks + 1 : 0
    await closeAll(positions ?? [])
    // Only what protects no position any more: one whose closing fails keeps its stop.
    const flat = positions && new Set(positions.map((position) => position.symbol))
    if (flat) await cancelAll((orders ?? []).filter((order) => order.reduceOnly && !flat.has(order.symbol)))
  }
  const elapsedMs = elapsed()
  return {
    verified: isEmpty(),
    latched: await onDisk(latched, (failure) => tell({ ...latchRow, failure })),
    rounds,
    elapsedMs,
    firstCancelMs,
    remaining,
    actions,
  }
}

/** Whether the latch is known to be on disk; where nothing is known even now, `tell` is told so. */
async function onDisk(latched: Promise<boolean>, tell: (failure: string) => void): Promise<boolean> {
  try {
    return await within(CALL_MS, () => latched)
  } catch (error) {
    tell(`the disk has not confirmed it: ${messageOf(error)}`)
    return false
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
