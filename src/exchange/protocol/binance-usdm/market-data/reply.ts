import type { MarketAnswer } from '../market-data-port.ts'

/** An error as the exchange words it. */
export interface ApiError {
  readonly code: number
  readonly msg: string
}

/** A body, or the error in its place. */
export type Reply = { readonly body: unknown } | ApiError

export const isError = (reply: object): reply is ApiError => 'msg' in reply

export const BAD_SYMBOL: ApiError = { code: -1121, msg: 'Invalid symbol.' }
export const BAD_INTERVAL: ApiError = { code: -1120, msg: 'Invalid interval.' }

export const missing = (name: string): ApiError => ({
  code: -1102,
  msg: `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
})

export const invalid = (name: string): ApiError => ({
  code: -1130,
  msg: `Data sent for parameter '${name}' is not valid.`,
})

export const answerOf = (reply: Reply, weight: number): MarketAnswer =>
  isError(reply) ? { status: 400, body: reply, weight } : { status: 200, body: reply.body, weight }
