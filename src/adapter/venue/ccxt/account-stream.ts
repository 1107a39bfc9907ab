import { setTimeout as delay } from 'node:timers/promises'
import type { AccountEvent } from '../../../domain/event.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { Dialect, News } from './dialect.ts'
import { openSocket } from './open-socket.ts'

/** The account's news, over a socket that is dialled again whenever it is gone or says nothing. */
export interface AccountStream {
  /** Resolves after the first attempt, whatever came of it. */
  start(): Promise<void>
  /** To be called now and then: prolongs the stream's key and notices silence. */
  tick(): void
  /** An order is about to be sent: the stream may tell of it before the answer does. */
  expect(clientOrderId: string): void
  /** The answer has come: the stream must tell soon what it told (`true`), or has nothing to tell. */
  answered(clientOrderId: string, exists: boolean): void
  stop(): void
  readonly isUp: boolean
}

export interface AccountStreamOptions {
  readonly exchange: Pick<OpenedExchange, 'openStream'>
  readonly dialect: Pick<Dialect, 'streams' | 'prolongStream' | 'prolongEveryMs' | 'readFrame'>
  readonly now: () => EpochMs
  readonly push: (event: AccountEvent) => void
  readonly onNews: (news: News) => void
  /** Wall ms within which the stream must have told what an answer told. */
  readonly maxSilenceMs?: number
}

const MAX_SILENCE_MS = 4_000
const BACKOFF_MIN_MS = 200
const BACKOFF_MAX_MS = 15_000
const JITTER = 0.3
/** A connection that held this long had no trouble; wall ms. */
const STABLE_MS = 30_000
const MAX_EXPECTED = 256

/** Wall ms before the next attempt after `failures` in a row, at most a quarter of a minute, never the same twice. */
export const redialDelayMs = (failures: number, chance: number): number =>
  failures === 0
    ? 0
    : Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(failures - 1, 16)) * (1 - JITTER + 2 * JITTER * chance)

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export function createAccountStream(options: AccountStreamOptions): AccountStream {
  const { exchange, dialect, now, push, onNews } = options
  const maxSilenceMs = options.maxSilenceMs ?? MAX_SILENCE_MS
  const expected = new Map<string, number>()
  const stopping = new AbortController()
  let isUp = false
  let endCurrent = (): void => undefined
  let isDialling = false
  let toldDown = false
  let failures = 0
  let upSince = 0
  let prolongAt = Number.POSITIVE_INFINITY

  const tell = (state: 'up' | 'down', message: string): void =>
    push({ kind: 'connection', time: now(), channel: 'account', state, message })

  function down(message: string): void {
    endCurrent()
    isUp = false
    expected.clear()
    if (stopping.signal.aborted) return
    if (performance.now() - upSince > STABLE_MS) failures = 0
    failures += 1
    if (!toldDown) tell('down', message)
    toldDown = true
    void dial()
  }

  function onFrame(frame: unknown): void {
    let news: readonly News[]
    try {
      news = dialect.readFrame(frame)
    } catch (error) {
      // What the frame wanted to say is lost: as if it had not come.
      down(`a frame of the account's stream makes no sense: ${textOf(error)}`)
      return
    }
    for (const each of news) {
      if (each.kind === 'expired') {
        down("the key of the account's stream has expired")
        return
      }
      if (each.kind === 'order') expected.delete(each.order.clientOrderId)
      onNews(each)
    }
  }

  /** One chain of attempts at a time, until a socket is open. */
  async function dial(): Promise<void> {
    if (isDialling) return
    isDialling = true
    try {
      while (!stopping.signal.aborted && !isUp) {
        const wait = redialDelayMs(failures, Math.random())
        if (wait > 0) await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
        if (stopping.signal.aborted) return
        const message = await attempt()
        if (message === null) return
        failures += 1
        if (!toldDown) tell('down', message)
        toldDown = true
      }
    } finally {
      isDialling = false
    }
  }

  /** `null`, or why there is no stream. */
  async function attempt(): Promise<string | null> {
    let isCurrent = true
    const closers: (() => void)[] = []
    endCurrent = () => {
      isCurrent = false
      for (const close of closers) close()
    }
    try {
      for (const target of await dialect.streams()) {
        const socket = await openSocket(exchange, target, {
          onFrame: (frame) => {
            if (isCurrent) onFrame(frame)
          },
          onDown: (message) => {
            if (!isCurrent) return
            if (isUp) down(message)
            else isCurrent = false
          },
        })
        closers.push(() => socket.close())
      }
      if (!isCurrent) {
        // Left open, it would keep its address, and no later attempt could have it.
        endCurrent()
        return "the account's stream was cut while it was opened"
      }
      if (stopping.signal.aborted) {
        endCurrent()
        return null
      }
      isUp = true
      upSince = performance.now()
      prolongAt = now() + dialect.prolongEveryMs
      toldDown = false
      tell('up', "the account's stream is open")
      return null
    } catch (error) {
      endCurrent()
      return `the account's stream cannot be opened: ${textOf(error)}`
    }
  }

  async function prolong(): Promise<void> {
    const own = endCurrent
    try {
      await dialect.prolongStream()
    } catch (error) {
      if (endCurrent === own) down(`the key of the account's stream cannot be prolonged: ${textOf(error)}`)
    }
  }

  return {
    start: async () => {
      isDialling = true
      const message = await attempt()
      isDialling = false
      if (message === null) return
      failures += 1
      toldDown = true
      tell('down', message)
      void dial()
    },
    tick() {
      if (!isUp) return
      if (now() >= prolongAt) {
        prolongAt = now() + dialect.prolongEveryMs
        void prolong()
      }
      const at = performance.now()
      for (const [clientOrderId, deadline] of expected)
        if (at > deadline) {
          down(`the account's stream is silent about order ${clientOrderId}`)
          return
        }
    },
    expect(clientOrderId) {
      if (isUp && expected.size < MAX_EXPECTED) expected.set(clientOrderId, Number.POSITIVE_INFINITY)
    },
    answered(clientOrderId, exists) {
      if (!expected.has(clientOrderId)) return
      if (exists) expected.set(clientOrderId, performance.now() + maxSilenceMs)
      else expected.delete(clientOrderId)
    },
    stop() {
      stopping.abort()
      endCurrent()
      isUp = false
    },
    get isUp() {
      return isUp
    },
  }
}
