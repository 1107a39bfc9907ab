import type { Instrument } from '../../../domain/instrument.ts'
import type { Account } from './account.ts'
import type { ListenKeys } from './listen-keys.ts'
import type { Contracts } from './contracts.ts'
import type { ApiFailure } from './reject-code.ts'

export interface Call {
  readonly parameters: URLSearchParams
  readonly account: Account
  readonly listenKeys: ListenKeys
  readonly instruments: readonly Instrument[]
  /** Market time at which the request is looked at. */
  now(): number
  /** Market time at which it was sent, as far as the exchange believes it. */
  readonly sentAt: number
  /** Lets one matching latency pass from when the request was sent. */
  latency(): Promise<void>
  /** Faults that were asked for: market ms by which the order comes late, and for which nobody sees it. */
  readonly lateMs: number
  readonly hideMs: number
  readonly contracts: Contracts
  /** Tells the account's stream. */
  tell(frame: Readonly<Record<string, unknown>>): void
}

/** A body, or the failure in its place. */
export type Outcome = { readonly body: unknown } | ApiFailure

export const isFailure = (outcome: Outcome): outcome is ApiFailure => 'msg' in outcome

export interface Route {
  /** `key`: the key alone, as listen keys want it. */
  readonly access: 'signed' | 'key'
  readonly weight: number
  /** Counts as an order. */
  readonly order?: boolean
  readonly handle: (call: Call) => Outcome | Promise<Outcome>
}

export const ok = (body: unknown): Outcome => ({ body })

export const instrumentOf = (call: Call, symbol: string | null): Instrument | undefined =>
  call.instruments.find((each) => each.symbol === symbol)
