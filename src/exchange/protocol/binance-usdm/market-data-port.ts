import type { MarketEvent } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'

/** A message of a market stream, by the stream's name: `btcusdt@markPrice@1s`. */
export interface StreamFrame {
  readonly stream: string
  readonly data: Readonly<Record<string, unknown>> | readonly unknown[]
}

/** Whether a contract is traded, in the exchange's word. */
export type StatusOf = (instrument: Instrument) => string

export interface MarketAnswer {
  readonly status: number
  readonly body: unknown
  /** What the request costs of the weight per minute. */
  readonly weight: number
}

/** The public half of the exchange: what it tells of its markets to whoever asks or listens. */
export interface MarketData {
  /** Takes in what happened at `now`; the messages for those of the `wanted` streams that it concerns. */
  observe(event: MarketEvent, now: number, wanted: ReadonlySet<string>): readonly StreamFrame[]
  /**
   * Answers a public request as of `now`; `undefined` where the path is none of its own.
   * @param statusOf absent: every contract is traded
   */
  answer(path: string, query: URLSearchParams, now: number, statusOf?: StatusOf): MarketAnswer | undefined
}
