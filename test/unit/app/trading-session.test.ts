import { afterEach, expect, it, vi } from 'vitest'
import { createSystemClock } from '../../../src/adapter/clock/system.ts'
import { createWakeup } from '../../../src/adapter/clock/wakeup.ts'
import type { TradingSession } from '../../../src/app/compose/trading.ts'
import { runTrading, type TradingRunOptions } from '../../../src/app/trading-session.ts'
import { ZERO } from '../../../src/domain/decimal.ts'

afterEach(() => void vi.useRealTimers())

const LONGEST_EXIT_MS = 20_000
/** What closing the venue takes where a switch is still to be taken off, and the process itself. */
const CLOSE_MS = 1_500
const PROCESS_MS = 1_000

it('leaves time to close within 20 s where something stays under way and the exchange does not answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  const clock = createSystemClock({ wakeup: createWakeup(), onJump: () => undefined })
  const session = {
    engine: {
      process: () => [],
      settled: () => true,
      account: { books: { wallet: ZERO, fees: ZERO, funding: ZERO } },
      counters: { refusals: [] },
      states: [],
    },
    clock,
    start: clock.now(),
    sources: [],
    journal: { commit: () => ({ kind: 'durable' }) },
    startingBalance: ZERO,
    ended: new AbortController().signal,
    endReason: () => null,
    commands: { observe: () => undefined, end: () => undefined },
    venue: {
      events: { peek: () => undefined, next: () => undefined, exhausted: () => false },
      snapshot: () => undefined,
      pending: 1,
    },
  }
  const options = { durationMs: null, interrupt: AbortSignal.abort(), observe: () => undefined }
  const begun = performance.now()
  let took = Infinity
  const whole = runTrading(session as unknown as TradingSession, options as unknown as TradingRunOptions)
  const ended = whole.then(({ ledger_agrees: agrees }) => {
    took = performance.now() - begun
    return agrees
  })
  await vi.advanceTimersByTimeAsync(LONGEST_EXIT_MS)
  expect(took).toBeGreaterThan(10_000)
  expect(took).toBeLessThan(LONGEST_EXIT_MS - CLOSE_MS - PROCESS_MS)
  expect(await ended).toBeNull()
})
