import type { Effect } from '../../domain/effect.ts'
import type { Command, CommandEvent, EngineEvent } from '../../domain/event.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { EventSource } from '../../port/market.ts'

/** Commands that wait for the loop; a loop that is this far behind takes no more. */
const CAPACITY = 64

export interface CommandOutcome {
  readonly kind: 'done'
  readonly orders: number
  readonly cancels: number
  readonly alerts: readonly string[]
}
export interface CommandRefusal {
  readonly kind: 'refused'
  readonly code: string
  readonly message: string
}

/** Commands of people, waiting for the run loop to ask. */
export interface CommandInbox extends EventSource {
  /** Resolves once the loop has processed the command and what came of it has been committed and sent. */
  submit(command: Command): Promise<CommandOutcome | CommandRefusal>
  /** Called by the run loop's `observe`: settles what `submit` promised. */
  observe(event: EngineEvent, effects: readonly Effect[]): void
  /** After this nothing more is taken, and what still waits is refused. */
  end(): void
}

/** `now` is market time; `wake` interrupts the loop's sleep, where it sleeps. */
export function createCommandInbox(now: () => EpochMs, wake: () => void = () => undefined): CommandInbox {
  const waiting: CommandEvent[] = []
  const promises = new Map<CommandEvent, (outcome: CommandOutcome | CommandRefusal) => void>()
  let lastTime = Number.NEGATIVE_INFINITY
  let ended = false

  return {
    submit(command) {
      if (ended) return Promise.resolve(refusal('stopping', 'the bot is stopping and takes no more commands'))
      if (waiting.length >= CAPACITY)
        return Promise.resolve(refusal('busy', `${CAPACITY} commands are waiting for the engine already`))
      // A wall clock may be set back; the order of arrival stays the order of events.
      lastTime = Math.max(now(), lastTime)
      const event: CommandEvent = { kind: 'command', time: epochMs(lastTime), command }
      waiting.push(event)
      const promise = new Promise<CommandOutcome | CommandRefusal>((resolve) => promises.set(event, resolve))
      wake()
      return promise
    },
    observe(event, effects) {
      if (event.kind !== 'command') return
      const settle = promises.get(event)
      if (!settle) return
      promises.delete(event)
      settle(outcomeOf(effects))
    },
    end() {
      ended = true
      waiting.length = 0
      for (const settle of promises.values()) settle(refusal('stopping', 'the bot stopped before it took the command'))
      promises.clear()
    },
    peek: () => waiting[0]?.time,
    next(until) {
      const first = waiting[0]
      return first !== undefined && first.time <= until ? waiting.shift() : undefined
    },
    exhausted: () => ended,
  }
}

function outcomeOf(effects: readonly Effect[]): CommandOutcome {
  let orders = 0
  let cancels = 0
  const alerts: string[] = []
  for (const effect of effects) {
    if (effect.kind === 'submit') orders++
    else if (effect.kind === 'cancel') cancels++
    else if (effect.kind === 'alert') alerts.push(effect.message)
  }
  return { kind: 'done', orders, cancels, alerts }
}

const refusal = (code: string, message: string): CommandRefusal => ({ kind: 'refused', code, message })
