import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../src/domain/effect.ts'
import type { EngineEvent } from '../../../src/domain/event.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { run, type EventProcessor, type RunPorts } from '../../../src/engine/run.ts'
import type { Clock } from '../../../src/port/clock.ts'
import type { CommitResult } from '../../../src/port/journal.ts'
import { createGate } from '../../../src/risk/gate.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { context, order, position, request, wide } from '../risk/scene.ts'

const t = epochMs
const price = (time: number): EngineEvent => ({
  kind: 'price',
  time: t(time),
  venueTime: t(time),
  instrument: BTC,
  last: 1,
  mark: 1,
  bid: Number.NaN,
  ask: Number.NaN,
})
const canceled = (time: number): EngineEvent => ({
  kind: 'order_canceled',
  time: t(time),
  venueTime: t(time),
  instrument: BTC,
  clientOrderId: order().clientOrderId,
  reason: 'requested',
})

/** Approved orders, as only the gate makes them. */
function submits(): { entry: Effect; exit: Effect } {
  const asked = request()
  const gate = createGate(wide(), [asked.order.instrument])
  const entry = gate.approveEntry(asked, context())
  const { price: _none, ...rest } = order(
    { side: 'sell', type: 'market', reduceOnly: true, timeInForce: 'IOC' },
    'exit',
  )
  const exit = gate.approveProtective(rest, position('10'))
  if (entry.kind === 'refused' || exit.kind === 'refused') throw new Error(JSON.stringify([entry, exit]))
  return { entry: { kind: 'submit', order: entry.order }, exit: { kind: 'submit', order: exit.order } }
}

interface Setting {
  readonly events: readonly EngineEvent[]
  readonly effects: (event: EngineEvent) => readonly Effect[]
  readonly commit?: (event: EngineEvent) => CommitResult
  readonly settled?: () => boolean
  readonly pending?: () => number
  readonly withinMs?: number
  readonly lastCommand?: EngineEvent
}

/** A run whose clock jumps to whatever it is asked to wait for. */
async function play(setting: Setting): Promise<{ log: string[]; seen: string[]; now: number }> {
  const queue = [...setting.events]
  const log: string[] = []
  const seen: string[] = []
  let now = 0
  const clock: Clock = {
    now: () => t(now),
    paced: true,
    advance: () => undefined,
    wait(until) {
      const next = Math.min(until, queue[0]?.time ?? Number.POSITIVE_INFINITY)
      if (!(next > now) || next === Number.POSITIVE_INFINITY) return undefined
      now = next
      return Promise.resolve()
    },
  }
  const engine: EventProcessor = {
    process(event) {
      seen.push(
        event.kind === 'order_rejected'
          ? `order_rejected ${event.code}`
          : event.kind === 'timer'
            ? event.id
            : event.kind,
      )
      return setting.effects(event)
    },
  }
  const ports: RunPorts = {
    clock,
    venue: {
      instruments: [BTC],
      events: {
        peek: () => queue[0]?.time,
        next: (until) => (queue[0] && queue[0].time <= until ? queue.shift() : undefined),
        exhausted: () => queue.length === 0,
      },
      submit: (each) => log.push(`submit ${each.leg}`),
      cancel: () => log.push('cancel'),
      query: () => log.push('query'),
      check: () => log.push('check'),
      snapshot: () => log.push('snapshot'),
      get pending() {
        return setting.pending?.() ?? 0
      },
    },
    sources: [],
    journal: { commit: (event) => setting.commit?.(event) ?? { kind: 'durable' } },
    notifier: { alert: (alert) => log.push(alert.code) },
    observe: () => undefined,
  }
  await run(engine, ports, {
    until: t(1_000),
    interrupt: new AbortController().signal,
    lastCommand: () => setting.lastCommand ?? null,
    ...(setting.settled && { drain: { settled: setting.settled, withinMs: setting.withinMs ?? 20_000 } }),
  })
  return { log, seen, now }
}

describe('a journal that refuses', () => {
  const refused: CommitResult = { kind: 'refused', message: 'disk full' }

  test('holds back what opens a position, as rejected, and nothing else', async () => {
    const { entry, exit } = submits()
    const cancel: Effect = { kind: 'cancel', clientOrderId: order().clientOrderId, instrument: BTC }
    const { log, seen } = await play({
      events: [price(10)],
      effects: (event) => (event.kind === 'price' ? [entry, exit, cancel] : []),
      commit: () => refused,
    })
    expect(log).toEqual(['JOURNAL_REFUSED', 'submit exit', 'cancel', 'JOURNAL_REFUSED'])
    expect(seen).toEqual(['price', 'order_rejected JOURNAL_REFUSED'])
  })

  test('that takes things again lets entries out again', async () => {
    const { entry } = submits()
    const { log } = await play({
      events: [price(10), price(20)],
      effects: (event) => (event.kind === 'price' ? [entry] : []),
      commit: (event) => (event.time < 20 ? refused : { kind: 'durable' }),
    })
    expect(log.filter((line) => line.startsWith('submit'))).toEqual(['submit entry'])
  })
})

describe('the drain', () => {
  const last: EngineEvent = { kind: 'command', time: t(1_000), command: { name: 'shutdown', policy: 'keep_protected' } }

  test('goes on with news and timers until all is settled, and no longer', async () => {
    let open = true
    const { seen, now } = await play({
      events: [canceled(4_000), canceled(9_000)],
      effects(event) {
        if (event.kind === 'order_canceled') open = false
        return event.kind === 'command' ? [{ kind: 'schedule', id: 'again', at: t(3_000) }] : []
      },
      settled: () => !open,
      lastCommand: last,
    })
    expect(seen).toEqual(['command', 'again', 'order_canceled'])
    expect(now).toBe(4_000)
  })

  test('gives up after its time', async () => {
    const { seen, now } = await play({
      events: [canceled(60_000)],
      effects: () => [],
      settled: () => false,
      withinMs: 5_000,
      lastCommand: last,
    })
    expect(seen).toEqual(['command'])
    expect(now).toBe(6_000)
  })

  test('waits for requests whose outcome is still to come', async () => {
    let pending = 1
    const { seen } = await play({
      events: [canceled(2_000)],
      effects(event) {
        if (event.kind === 'order_canceled') pending = 0
        return []
      },
      pending: () => pending,
      settled: () => true,
      lastCommand: last,
    })
    expect(seen).toEqual(['command', 'order_canceled'])
  })
})
