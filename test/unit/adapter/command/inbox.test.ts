import { describe, expect, it } from 'vitest'
import { createCommandInbox } from '../../../../src/adapter/command/inbox.ts'
import { createMemoryJournal } from '../../../../src/adapter/journal/memory.ts'
import { createVirtualClock } from '../../../../src/adapter/clock/virtual.ts'
import type { EngineEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { run } from '../../../../src/engine/run.ts'

const at = (n: number) => epochMs(1_767_571_200_000 + n)

describe('commands of people', () => {
  it('reach the loop in their order, wake it, and are answered with what came of them', async () => {
    let now = 5
    let woken = 0
    const inbox = createCommandInbox(
      () => at(now),
      () => woken++,
    )
    const first = inbox.submit({ name: 'stop_entry', reason: 'lunch' })
    now = 2
    const second = inbox.submit({ name: 'force_exit', tradeId: 'all' })
    expect(woken).toBe(2)
    const seen: EngineEvent[] = []
    const stop = new AbortController()
    await run(
      {
        process: (event) => {
          seen.push(event)
          if (seen.length === 2) stop.abort()
          return seen.length === 1 ? [{ kind: 'alert', level: 'info', code: 'X', message: 'no entries any more' }] : []
        },
      },
      {
        clock: createVirtualClock(at(0)),
        venue: {
          instruments: [],
          events: { peek: () => undefined, next: () => undefined, exhausted: () => false },
          submit: () => undefined,
          cancel: () => undefined,
          query: () => undefined,
          check: () => undefined,
          snapshot: () => undefined,
          pending: 0,
        },
        sources: [inbox],
        journal: createMemoryJournal(),
        notifier: { alert: () => undefined },
        observe: inbox.observe,
      },
      { until: null, interrupt: stop.signal, lastCommand: () => null },
    )
    expect(seen.map((event) => [event.time, event.kind === 'command' && event.command.name])).toEqual([
      [at(5), 'stop_entry'],
      [at(5), 'force_exit'],
    ])
    expect(await first).toEqual({ kind: 'done', orders: 0, cancels: 0, alerts: ['no entries any more'] })
    expect(await second).toEqual({ kind: 'done', orders: 0, cancels: 0, alerts: [] })
  })

  it('are refused when too many wait, and when the bot stops', async () => {
    const inbox = createCommandInbox(() => at(0))
    const waiting = Array.from({ length: 64 }, () => inbox.submit({ name: 'kill', reason: 'x' }))
    expect(await inbox.submit({ name: 'kill', reason: 'x' })).toMatchObject({ kind: 'refused', code: 'busy' })
    inbox.end()
    for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject({ code: 'stopping' })
    expect(await inbox.submit({ name: 'kill', reason: 'x' })).toMatchObject({ code: 'stopping' })
    expect([inbox.peek(), inbox.next(at(9)), inbox.exhausted()]).toEqual([undefined, undefined, true])
  })
})
