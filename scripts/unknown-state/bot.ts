import { symbolParts } from '../../src/app/symbol-parts.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { EngineEvent } from '../../src/domain/event.ts'
import type { ClientOrderId, OrderRequest } from '../../src/domain/order.ts'
import { epochMs, money } from '../../src/domain/unit.ts'
import { watchOrder } from '../../src/engine/core.ts'
import { createCore } from '../../src/engine/create-core.ts'
import { handle } from '../../src/engine/handle.ts'
import { createTimerQueue } from '../../src/engine/timer-queue.ts'
import type { TrackedOrder } from '../../src/execution/order-tracker.ts'
import type { EmbeddedVenue } from '../../test/fixture/embedded-binance.ts'
import { ungated } from '../../test/fixture/ungated.ts'

/** The engine at a venue, with orders put into its hands as if it had sent them of its own accord. */
export interface Bot {
  /** Sends once; from here on all that happens to the order is the engine's doing. */
  send(order: OrderRequest): TrackedOrder
  /** Orders of which the engine has concluded that they never arrived, and when. */
  readonly neverArrived: ReadonlyMap<ClientOrderId, number>
  /** Orders whose fate was open once. */
  readonly wasUnknown: ReadonlySet<ClientOrderId>
  /** Market time of the next thing that the engine wants to do of itself. */
  readonly nextAt: number
  /** Everything that has been told, and all that the engine does because of it and because of the time. */
  live(): Promise<void>
}

/** As the product is composed. */
const VENUE_LAG_MS = 5_000
const RECONCILE_MS = 10_000
const CHECK_MS = 3_000
const BAR_MS = 3_600_000

export function createBot({ venue, events, settle, now }: EmbeddedVenue, balance: number): Bot {
  const timers = createTimerQueue()
  const neverArrived = new Map<ClientOrderId, number>()
  const wasUnknown = new Set<ClientOrderId>()
  const config = toConfig(configSchema.parse({}))
  const core = createCore({
    config,
    instruments: venue.instruments,
    strategies: [],
    startingBalance: money(balance),
    start: now(),
    epoch: 1,
    stateBarMs: BAR_MS,
    feedBarMs: BAR_MS,
    ticks: true,
    lasting: {
      requestLifeMs: venue.requestLifeMs,
      venueLagMs: VENUE_LAG_MS,
      reconcileEveryMs: RECONCILE_MS,
      checkEveryMs: CHECK_MS,
      saved: new Map(),
    },
    parts: (instrument) => symbolParts(config, instrument, BAR_MS, false, null),
  })

  function hear(event: EngineEvent): void {
    core.now = epochMs(Math.max(core.now, event.time))
    if (event.kind === 'order_unknown') wasUnknown.add(event.clientOrderId)
    handle(core, event)
    dispatch()
  }

  function dispatch(): void {
    for (const effect of core.effects.splice(0)) {
      switch (effect.kind) {
        case 'cancel':
          venue.cancel(effect.clientOrderId, effect.instrument, now())
          break
        case 'query':
          venue.query(effect.clientOrderId, effect.instrument, now())
          break
        case 'check':
          venue.check(effect.clientOrderId, effect.instrument, now())
          break
        case 'snapshot':
          venue.snapshot(now())
          break
        case 'schedule':
          timers.set(effect.id, effect.at)
          break
        case 'note':
          if (effect.note.kind === 'conclusion' && effect.note.state === 'rejected')
            neverArrived.set(effect.note.clientOrderId, effect.time)
          break
        case 'submit':
          throw new Error(`the engine sends ${effect.order.clientOrderId} of its own accord`)
        case 'alert':
        case 'save':
      }
    }
  }

  return {
    neverArrived,
    wasUnknown,
    get nextAt() {
      return timers.nextAt()
    },
    send(order) {
      core.now = epochMs(Math.max(core.now, now()))
      core.orders.submitted(order, core.now)
      watchOrder(core, order.clientOrderId)
      dispatch()
      ungated(venue).submit(order, now())
      return core.orders.open.get(order.clientOrderId)!
    },
    async live() {
      do {
        await settle()
        for (const event of events.splice(0)) hear(event)
        while (timers.nextAt() <= now()) hear({ kind: 'timer', time: now(), id: timers.pop()!.id })
      } while (venue.pending > 0 || events.length > 0)
    },
  }
}
