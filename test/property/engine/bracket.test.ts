import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dec } from '../../../src/domain/decimal.ts'
import type { Effect } from '../../../src/domain/effect.ts'
import type { EngineEvent } from '../../../src/domain/event.ts'
import { epochMs, type EpochMs } from '../../../src/domain/unit.ts'
import { run } from '../../../src/engine/run.ts'
import type { Clock } from '../../../src/port/clock.ts'
import type { EventSource } from '../../../src/port/market.ts'
import { hourBar } from '../../fixture/hour-bar.ts'
import { BTC, engineScene, NOON, PRICE, unhurried, wanted, type EngineScene } from '../../fixture/engine-scene.ts'
import { createFakeVenue, type Faults, type FakeVenue } from '../../fixture/fake-venue.ts'

const STEP_MS = 30_000
const STEPS_PER_BAR = 4
/** Faults end here after the last step, and everything is closed. */
const SETTLE_MS = 10 * 60_000

interface Step {
  /** Change of the price in hundredths of a percent. */
  readonly bp: number
  readonly want: 'LONG' | 'SHORT' | null
  readonly venue: 'drop_stop' | 'drop_target' | 'force_all' | 'force_part' | null
}

interface Plan {
  readonly steps: readonly Step[]
  readonly faults: Omit<Faults, 'healedAt'>
  readonly orderType: 'ioc' | 'limit'
}

const stepArbitrary = (forced: boolean): fc.Arbitrary<Step> =>
  fc.record({
    bp: fc.integer({ min: -90, max: 90 }),
    want: fc.constantFrom<Step['want']>('LONG', 'LONG', 'SHORT', null),
    venue: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom<Step['venue']>('drop_stop', 'drop_target') },
      ...(forced ? [{ weight: 1, arbitrary: fc.constantFrom<Step['venue']>('force_all', 'force_part') }] : []),
    ),
  })

const share = fc.array(fc.constantFrom(1, 1, 1, 0.5, 0.3, 0), { minLength: 1, maxLength: 7 })
const reject = fc.array(fc.constantFrom(false, false, false, false, false, true), { maxLength: 9 })

/** News in order, at worst refusals, partial fills and closings by the venue. */
const orderly: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(stepArbitrary(true), { minLength: 8, maxLength: 60 }),
  faults: fc.record({ delayMs: fc.constant([]), repeat: fc.constant([]), reject, share }),
  orderType: fc.constantFrom('ioc', 'limit'),
})

/** News late, doubled and out of order as well. */
const disorderly: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(stepArbitrary(false), { minLength: 8, maxLength: 60 }),
  faults: fc.record({
    delayMs: fc.array(fc.constantFrom(0, 0, 0, 40, 200, 5_000, 45_000), { minLength: 1, maxLength: 11 }),
    repeat: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    reject,
    share,
  }),
  orderType: fc.constantFrom('ioc', 'limit'),
})

const clockAt = (start: number): Clock => {
  let now = epochMs(start)
  return {
    now: () => now,
    paced: false,
    wait: () => undefined,
    advance(to) {
      if (to > now) now = to
    },
  }
}

/** Commands at given times. */
function commands(list: readonly EngineEvent[]): EventSource {
  let at = 0
  return {
    peek: () => list[at]?.time,
    next: (until) => (list[at] && list[at]!.time <= until ? list[at++] : undefined),
    exhausted: () => at >= list.length,
  }
}

interface Ran {
  readonly scene: EngineScene
  readonly venue: FakeVenue
  readonly stream: string[]
}

type Observer = (scene: EngineScene, venue: FakeVenue, event: EngineEvent, effects: readonly Effect[]) => void

async function play(plan: Plan, observe: Observer): Promise<Ran> {
  const scene = engineScene({
    file: {
      entry: {
        ...unhurried,
        order_type: plan.orderType,
        limit_timeout_secs: 100,
        funding_before_secs: 0,
        funding_after_secs: 0,
      },
      risk: { entries_per_hour: 1_000, max_daily_loss_pct: 90, max_drawdown_pct: 90 },
    },
  })
  const last = NOON + plan.steps.length * STEP_MS
  const venue = createFakeVenue(BTC, 10_000, { ...plan.faults, healedAt: last })
  let level = PRICE
  plan.steps.forEach((step, i) => {
    const time = NOON + (i + 1) * STEP_MS
    level = Math.max(PRICE / 2, Math.round(level * (1 + step.bp / 10_000) * 10) / 10)
    const now = level
    venue.at(time, (t) => venue.move(now, t))
    venue.at(time + 5_000, (t) => {
      if (step.venue === 'drop_stop') venue.drop('stop', t)
      else if (step.venue === 'drop_target') venue.drop('target', t)
      else if (step.venue === 'force_all') venue.force(1, t)
      else if (step.venue === 'force_part') venue.force(0.4, t)
    })
    if (i % STEPS_PER_BAR !== STEPS_PER_BAR - 1) return
    // A closed bar, at which the next want is asked for.
    venue.at(time + 10, () => {
      const s = step.want === 'SHORT' ? -1 : 1
      scene.wants =
        step.want === null
          ? []
          : [wanted(step.want, { entry: now, stop: now * (1 - 0.01 * s), target: now * (1 + 0.015 * s) })]
    })
    const end = epochMs(time + 20)
    venue.tell({ ...hourBar(BTC, end, now), high: now + 250, low: now - 250 }, end)
    venue.at(time + 21, () => (scene.wants = []))
  })
  const stream: string[] = []
  const end = last + SETTLE_MS
  const close = epochMs(last + 60_000)
  await run(
    { process: scene.process },
    {
      clock: clockAt(NOON),
      venue,
      sources: [
        commands([
          { kind: 'command', time: close, command: { name: 'kill', reason: 'the test is over' } },
          { kind: 'command', time: close, command: { name: 'force_exit', tradeId: 'all' } },
          // Anything that news held up until now brings back.
          { kind: 'command', time: epochMs(close + 3 * 60_000), command: { name: 'force_exit', tradeId: 'all' } },
        ]),
      ],
      journal: { commit: () => ({ kind: 'durable' }) },
      notifier: { alert: () => undefined },
      observe(event, effects) {
        for (const effect of effects) stream.push(describeEffect(event.time, effect))
        observe(scene, venue, event, effects)
      },
    },
    { until: epochMs(end), interrupt: new AbortController().signal, lastCommand: () => null },
  )
  return { scene, venue, stream }
}

function describeEffect(time: EpochMs, effect: Effect): string {
  if (effect.kind === 'submit')
    return `${time} submit ${effect.order.clientOrderId} ${effect.order.quantity} ${effect.order.price ?? effect.order.triggerPrice ?? ''}`
  if (effect.kind === 'note') return `${time} note ${effect.note.kind}`
  return `${time} ${JSON.stringify({ ...effect, instrument: undefined })}`
}

const units = (venue: FakeVenue, leg: 'stop' | 'target'): number => {
  let total = new Dec(0)
  for (const order of venue.live.values()) if (order.request.leg === leg) total = total.plus(order.left)
  return total.toNumber()
}

/** After every event. */
function invariants(scene: EngineScene, venue: FakeVenue, _event: EngineEvent, effects: readonly Effect[]): void {
  const { trade } = scene.engine.states[0]!
  const { books } = scene.engine.account
  // Exits reduce, whatever has been heard.
  for (const effect of effects) {
    if (effect.kind !== 'submit' || effect.order.leg === 'entry') continue
    const { signed } = books.position(BTC)
    expect(effect.order.reduceOnly).toBe(true)
    expect(effect.order.side).toBe(signed.isPositive() ? 'sell' : 'buy')
    expect(effect.order.quantity.lte(signed.abs())).toBe(true)
  }
  if (!trade?.position.gt(0)) return
  // A position is behind a stop that rests or is on its way, or is being left.
  expect(trade.stop !== null || trade.exitId !== null || trade.exitFailures > 0).toBe(true)
  expect(trade.position.abs().eq(books.position(BTC).signed.abs())).toBe(true)
  // Nothing on its way in either direction: the venue's protection is the position, to the lot.
  if (venue.pending > 0 || trade.exitReason !== null || effects.length > 0) return
  expect(units(venue, 'stop')).toBe(venue.position.abs().toNumber())
  expect(units(venue, 'target')).toBe(venue.position.abs().toNumber())
}

function quiescent({ scene, venue }: Ran): void {
  const { books, exposure, openTrades } = scene.engine.account
  expect(venue.position.isZero()).toBe(true)
  expect([...venue.live.keys()]).toEqual([])
  expect(scene.engine.states[0]?.trade).toBeNull()
  expect(openTrades).toBe(0)
  expect(exposure.working).toBe(0)
  expect(books.position(BTC).signed.isZero()).toBe(true)
  expect(books.wallet.toDecimalPlaces(10).eq(venue.cash.toDecimalPlaces(10))).toBe(true)
  expect(new Set(venue.submitted.map((o) => o.clientOrderId)).size).toBe(venue.submitted.length)
  const fills = scene.engine.counters.fills + scene.engine.counters.forced
  expect(fills).toBe(venue.fills)
}

describe('the bracket against a venue that misbehaves', () => {
  test('in order: positions are protected to the lot, exits reduce, books agree', async () => {
    let trades = 0
    await fc.assert(
      fc.asyncProperty(orderly, async (plan) => {
        const ran = await play(plan, invariants)
        quiescent(ran)
        trades += ran.scene.trades.length
        const total = ran.scene.trades.reduce((sum, t) => sum.plus(t.pnl), new Dec(10_000))
        expect(total.toDecimalPlaces(10).eq(ran.venue.cash.toDecimalPlaces(10))).toBe(true)
      }),
      { numRuns: 150, seed: 7 },
    )
    expect(trades).toBeGreaterThan(150)
  })

  test('late, doubled and overtaking news: the same', async () => {
    let trades = 0
    await fc.assert(
      fc.asyncProperty(disorderly, async (plan) => {
        const ran = await play(plan, invariants)
        quiescent(ran)
        trades += ran.scene.trades.length
      }),
      { numRuns: 150, seed: 11 },
    )
    expect(trades).toBeGreaterThan(150)
  })

  test('the same inputs give the same effects', async () => {
    await fc.assert(
      fc.asyncProperty(disorderly, async (plan) => {
        const ignore = (): void => undefined
        expect((await play(plan, ignore)).stream).toEqual((await play(plan, ignore)).stream)
      }),
      { numRuns: 20, seed: 3 },
    )
  })
})
