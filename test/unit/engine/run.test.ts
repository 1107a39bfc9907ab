import { describe, expect, test } from 'vitest'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import type { Effect } from '../../../src/domain/effect.ts'
import type { EngineEvent } from '../../../src/domain/event.ts'
import type { ClientOrderId } from '../../../src/domain/order.ts'
import { epochMs, quantity, type EpochMs } from '../../../src/domain/unit.ts'
import { run, type EventProcessor, type RunEnd, type RunOptions, type RunPorts } from '../../../src/engine/run.ts'
import type { Clock } from '../../../src/port/clock.ts'
import type { EventSource } from '../../../src/port/market.ts'
import type { Venue } from '../../../src/port/venue.ts'
import { createGate } from '../../../src/risk/gate.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { snapshot } from '../heatmap/build.ts'

const t = (value: number): EpochMs => epochMs(value)

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
const accepted = (time: number, id = 'a'): EngineEvent => ({
  kind: 'order_accepted',
  time: t(time),
  venueTime: t(time),
  instrument: BTC,
  clientOrderId: id as ClientOrderId,
})
const heatmap = (time: number): EngineEvent => ({
  kind: 'heatmap',
  time: t(time),
  instrument: BTC,
  snapshot: snapshot([]),
})
const command = (time: number): EngineEvent => ({ kind: 'command', time: t(time), command: { name: 'finish' } })

const gate = createGate(toConfig(configSchema.parse({})), [BTC])

/** A market exit: the gate lets it pass without asking about the account. */
function submit(id = 'a'): Effect {
  const verdict = gate.approveProtective(
    {
      clientOrderId: id as ClientOrderId,
      instrument: BTC,
      side: 'sell',
      type: 'market',
      quantity: quantity(1),
      timeInForce: 'IOC',
      reduceOnly: true,
      leg: 'exit',
      tradeId: 't',
    },
    { signed: new Dec(1), entryPrice: new Dec(1) },
  )
  if (verdict.kind === 'refused') throw new Error(verdict.refusals.map((r) => r.message).join())
  return { kind: 'submit', order: verdict.order }
}
const schedule = (id: string, at: number): Effect => ({ kind: 'schedule', id, at: t(at) })

interface List extends EventSource {
  add(event: EngineEvent): void
}

function list(...events: EngineEvent[]): List {
  const items = [...events]
  return {
    peek: () => items[0]?.time,
    next: (until) => (items[0] && items[0].time <= until ? items.shift() : undefined),
    exhausted: () => items.length === 0,
    add(event) {
      const at = items.findIndex((e) => e.time > event.time)
      items.splice(at < 0 ? items.length : at, 0, event)
    },
  }
}

interface Played {
  readonly log: string[]
  readonly end: RunEnd
  readonly advanced: number[]
}

interface Setting {
  readonly venue?: List
  readonly sources?: readonly EventSource[]
  readonly effects?: (event: EngineEvent) => readonly Effect[]
  readonly onSubmit?: (venue: List, at: number) => void
  readonly observe?: (event: EngineEvent) => void
  readonly options?: Partial<RunOptions>
  readonly clock?: Clock
}

const name = (event: EngineEvent): string =>
  `${event.kind === 'timer' ? `timer ${event.id}` : event.kind}@${event.time}`

async function play(setting: Setting): Promise<Played> {
  const log: string[] = []
  const advanced: number[] = []
  const events = setting.venue ?? list()
  const venue: Venue = {
    instruments: [BTC],
    events,
    submit(order, at) {
      log.push(`submit ${order.clientOrderId}@${at}`)
      setting.onSubmit?.(events, at)
    },
    cancel: (id, _instrument, at) => log.push(`cancel ${id}@${at}`),
    query: (id, _instrument, at) => log.push(`query ${id}@${at}`),
    check: (id, _instrument, at) => log.push(`check ${id}@${at}`),
    snapshot: (at) => log.push(`snapshot@${at}`),
    pending: 0,
  }
  const engine: EventProcessor = {
    process(event) {
      log.push(name(event))
      return setting.effects?.(event) ?? []
    },
  }
  const clock: Clock = setting.clock ?? {
    now: () => t(0),
    paced: false,
    wait: () => undefined,
    advance: (to) => advanced.push(to),
  }
  const ports: RunPorts = {
    clock,
    venue,
    sources: setting.sources ?? [],
    journal: {
      commit(event) {
        log.push(`commit ${event.kind}`)
        return { kind: 'durable' }
      },
    },
    notifier: { alert: (alert, time) => log.push(`alert ${alert.code}@${time}`) },
    observe: (event) => setting.observe?.(event),
  }
  const end = await run(engine, ports, {
    until: null,
    interrupt: new AbortController().signal,
    lastCommand: () => null,
    ...setting.options,
  })
  return { log, end, advanced }
}

describe('order', () => {
  test('at one time the venue speaks first, then the heatmap, then the timers', async () => {
    const { log, end } = await play({
      venue: list(price(10), accepted(100), price(100), price(101)),
      sources: [list(heatmap(100))],
      effects: (event) => (event.time === 10 ? [schedule('x', 100)] : []),
    })
    expect(log).toEqual([
      'price@10',
      'commit price',
      'order_accepted@100',
      'commit order_accepted',
      'price@100',
      'heatmap@100',
      'timer x@100',
      'price@101',
    ])
    expect(end).toBe('exhausted')
  })

  test('sources speak by time, at one time in the order given', async () => {
    const { log } = await play({ sources: [list(heatmap(20), heatmap(30)), list(command(10), command(30))] })
    expect(log.filter((line) => line !== 'commit command')).toEqual([
      'command@10',
      'heatmap@20',
      'heatmap@30',
      'command@30',
    ])
  })

  test('time never goes back: what is late is handled now', async () => {
    const { log, advanced } = await play({
      venue: list(price(100), price(101)),
      effects: (event) => (event.time === 100 && event.kind === 'price' ? [schedule('past', 50)] : []),
    })
    expect(log).toEqual(['price@100', 'commit price', 'timer past@100', 'price@101'])
    expect(advanced).toEqual([...advanced].toSorted((a, b) => a - b))
  })
})

describe('effects', () => {
  test('are committed before any of them leaves, and leave in their order before the next event', async () => {
    const effects: readonly Effect[] = [
      submit('s'),
      { kind: 'cancel', clientOrderId: 'c' as ClientOrderId, instrument: BTC },
      { kind: 'query', clientOrderId: 'q' as ClientOrderId, instrument: BTC },
      { kind: 'check', clientOrderId: 'k' as ClientOrderId, instrument: BTC },
      { kind: 'alert', level: 'info', code: 'A', message: '' },
    ]
    const { log } = await play({
      venue: list(price(1), price(2)),
      effects: (event) => (event.time === 1 ? effects : []),
    })
    expect(log).toEqual([
      'price@1',
      'commit price',
      'submit s@1',
      'cancel c@1',
      'query q@1',
      'check k@1',
      'alert A@1',
      'price@2',
    ])
  })

  test('an event without consequences is not committed', async () => {
    expect((await play({ venue: list(price(1)) })).log).toEqual(['price@1'])
  })

  test('when the commit fails nothing leaves', async () => {
    const left: string[] = []
    const venue: Venue = {
      instruments: [BTC],
      events: list(price(1)),
      submit: () => left.push('submit'),
      cancel: () => left.push('cancel'),
      query: () => left.push('query'),
      check: () => left.push('check'),
      snapshot: () => left.push('snapshot'),
      pending: 0,
    }
    const failed = run(
      { process: () => [submit()] },
      {
        clock: { now: () => t(0), paced: false, wait: () => undefined, advance: () => undefined },
        venue,
        sources: [],
        notifier: { alert: () => undefined },
        observe: () => undefined,
        journal: {
          commit() {
            throw new Error('disk full')
          },
        },
      },
      { until: null, interrupt: new AbortController().signal, lastCommand: () => null },
    )
    await expect(failed).rejects.toThrow('disk full')
    expect(left).toEqual([])
  })

  test('an outcome at the same time comes before later prices', async () => {
    const { log } = await play({
      venue: list(price(1), price(2)),
      effects: (event) => (event.kind === 'price' && event.time === 1 ? [submit()] : []),
      onSubmit: (venue, at) => venue.add(accepted(at)),
    })
    expect(log).toEqual([
      'price@1',
      'commit price',
      'submit a@1',
      'order_accepted@1',
      'commit order_accepted',
      'price@2',
    ])
  })

  test('a source that speaks between the outcome and the next price is heard there', async () => {
    const { log } = await play({
      venue: list(price(1), price(9)),
      sources: [list(heatmap(5))],
      effects: (event) => (event.time === 1 ? [submit()] : []),
      onSubmit: (venue, at) => venue.add(accepted(at + 7)),
    })
    expect(log).toEqual([
      'price@1',
      'commit price',
      'submit a@1',
      'heatmap@5',
      'order_accepted@8',
      'commit order_accepted',
      'price@9',
    ])
  })
})

describe('timers', () => {
  test('fire by time; scheduling an id again moves it', async () => {
    const { log } = await play({
      venue: list(price(1), price(2), price(40)),
      effects: (event) => {
        if (event.time === 1) return [schedule('a', 10), schedule('b', 20)]
        return event.time === 2 ? [schedule('a', 30)] : []
      },
    })
    expect(log.filter((line) => line.startsWith('timer'))).toEqual(['timer b@20', 'timer a@30'])
  })

  test('one set by a timer fires too', async () => {
    const { log } = await play({
      venue: list(price(1), price(9)),
      effects: (event) => (event.time === 1 ? [schedule('a', 5)] : event.time === 5 ? [schedule('b', 7)] : []),
    })
    expect(log.slice(2)).toEqual(['timer a@5', 'commit timer', 'timer b@7', 'price@9'])
  })

  test('do not fire in a market that has ended', async () => {
    const { log, end } = await play({ venue: list(price(1)), effects: () => [schedule('a', 5)] })
    expect(log).toEqual(['price@1', 'commit price'])
    expect(end).toBe('exhausted')
  })
})

describe('end', () => {
  test('until is inclusive; the last outcomes are awaited for a minute of market time, without timers', async () => {
    const { log, end } = await play({
      venue: list(price(100), price(101), accepted(60_100), accepted(60_101)),
      options: { until: t(100), lastCommand: (time) => command(time) },
      effects: (event) => (event.kind === 'price' ? [schedule('never', 200)] : []),
    })
    expect(end).toBe('finished')
    expect(log.filter((line) => !line.startsWith('commit'))).toEqual([
      'price@100',
      'command@100',
      'price@101',
      'order_accepted@60100',
    ])
  })

  test('the effects of the last command leave', async () => {
    const { log } = await play({
      venue: list(price(100)),
      options: { until: t(100), lastCommand: (time) => command(time) },
      effects: (event) => (event.kind === 'command' ? [submit('exit')] : []),
      onSubmit: (venue, at) => venue.add(accepted(at + 50)),
    })
    expect(log).toEqual([
      'price@100',
      'command@100',
      'commit command',
      'submit exit@100',
      'order_accepted@150',
      'commit order_accepted',
    ])
  })

  test('an interrupt that came before the start ends it at once, with the last command', async () => {
    const controller = new AbortController()
    controller.abort()
    const { log, end } = await play({
      venue: list(price(100_000)),
      options: { interrupt: controller.signal, lastCommand: (time) => command(time) },
    })
    expect(end).toBe('interrupted')
    expect(log).toEqual(['command@0', 'commit command'])
  })

  test('an interrupt in a flood of quiet prices is seen within 1024 of them', async () => {
    const controller = new AbortController()
    let seen = 0
    const { end } = await play({
      venue: list(...Array.from({ length: 3_000 }, (_, i) => price(i * 100_000))),
      options: { interrupt: controller.signal },
      observe() {
        seen++
        controller.abort()
      },
    })
    expect(end).toBe('interrupted')
    expect(seen).toBeLessThanOrEqual(1_025)
  })

  test('without anything to come it is exhausted', async () => {
    expect((await play({})).end).toBe('exhausted')
  })
})

test('a paced clock is asked to wait for what comes next, and an interrupt ends the wait', async () => {
  const waits: number[] = []
  const controller = new AbortController()
  let now = 0
  const clock: Clock = {
    now: () => t(now),
    paced: true,
    advance: () => undefined,
    wait(until) {
      if (now >= until) return undefined
      waits.push(until)
      if (waits.length === 3) controller.abort()
      else now = until
      return Promise.resolve()
    },
  }
  const { log, end } = await play({
    venue: list(price(10), price(100_000)),
    sources: [list(heatmap(5))],
    clock,
    options: { interrupt: controller.signal },
  })
  expect(waits).toEqual([5, 10, 100_000])
  expect(log).toEqual(['heatmap@5', 'price@10'])
  expect(end).toBe('interrupted')
})
