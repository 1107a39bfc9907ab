import type { AccountEvent } from '../../../domain/event.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import type { EventSource } from '../../../port/market.ts'

/** The account's news from the network, waiting for the run loop to ask. */
export interface AccountInbox extends EventSource {
  push(event: AccountEvent): void
  /** After this nothing more will come. */
  end(): void
}

/** News that may wait. Beyond it they are void, and the account has to be asked instead. */
const CAPACITY = 16_384

/**
 * @param onNews something is waiting
 */
export function createAccountInbox(onNews: () => void): AccountInbox {
  let waiting: AccountEvent[] = []
  let first = 0
  let lastTime: EpochMs = epochMs(Number.NEGATIVE_INFINITY)
  let ended = false

  function add(event: AccountEvent): void {
    // A clock may be set back; the order of arrival stays the order of events.
    const time = epochMs(Math.max(event.time, lastTime))
    lastTime = time
    waiting.push(time === event.time ? event : { ...event, time })
  }

  return {
    push(event) {
      if (waiting.length - first >= CAPACITY) {
        waiting = []
        first = 0
        const message = `more than ${CAPACITY} pieces of news waited; the account is asked anew`
        add({ kind: 'connection', time: event.time, channel: 'account', state: 'down', message })
        add({ kind: 'connection', time: event.time, channel: 'account', state: 'up', message })
      }
      add(event)
      onNews()
    },
    end() {
      ended = true
    },
    peek: () => waiting[first]?.time,
    next(until) {
      const event = waiting[first]
      if (event === undefined || event.time > until) return undefined
      first += 1
      if (first === waiting.length) {
        waiting = []
        first = 0
      }
      return event
    },
    exhausted: () => ended && first === waiting.length,
  }
}
