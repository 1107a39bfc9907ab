import type { RejectCode } from '../../admission.ts'

/** An error as the exchange answers it. */
export interface ApiFailure {
  readonly status: number
  readonly code: number
  readonly msg: string
}

export const failure = (code: number, msg: string, status = 400): ApiFailure => ({ status, code, msg })

export const ORDER_NOT_FOUND = failure(-2013, 'Order does not exist.')
export const CANCEL_REJECTED = failure(-2011, 'Unknown order sent.')
export const BAD_SYMBOL = failure(-1121, 'Invalid symbol.')
export const DUPLICATE_ID = failure(-4116, 'ClientOrderId is duplicated.')
export const DUPLICATE_ALGO_ID = failure(-20132, 'Client algo id is duplicated.')
export const WRONG_ENDPOINT = failure(
  -4120,
  'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
)
export const NO_OPENING = failure(-4140, 'Invalid symbol status for opening position.')
export const CLOSED_SYMBOL = failure(-4141, 'Symbol is closed.')
export const OUT_OF_BAND = failure(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.")
export const MAINTENANCE = failure(-1016, 'This service is no longer available.', 503)
export const UNKNOWN_PATH = failure(-5000, 'Path not found.', 404)

export const missing = (name: string): ApiFailure =>
  failure(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
export const unread = (name: string): ApiFailure =>
  failure(-1104, `Not all sent parameters were read; parameter '${name}' is not known here.`)
export const invalid = (name: string): ApiFailure => failure(-1130, `Data sent for parameter '${name}' is not valid.`)

/** What the matching core's refusals are called here: the one table of them. */
const REJECTIONS: Readonly<Record<RejectCode, ApiFailure>> = {
  NO_PRICE: OUT_OF_BAND,
  BAD_ORDER: failure(-1106, 'Parameter sent when not required.'),
  TICK_SIZE: failure(-4014, 'Price not increased by tick size.'),
  LOT_SIZE: failure(-1111, 'Precision is over the maximum defined for this asset.'),
  MIN_QUANTITY: failure(-4003, 'Quantity less than or equal to zero.'),
  MAX_QUANTITY: failure(-4005, 'Quantity greater than max quantity.'),
  DUPLICATE_ID: DUPLICATE_ID,
  TOO_MANY_ORDERS: failure(-2025, 'Reach max open order limit.'),
  REDUCE_ONLY: failure(-2022, 'ReduceOnly Order is rejected.'),
  MIN_NOTIONAL: failure(-4164, "Order's notional must be no smaller than the minimum (unless you choose reduce only)."),
  MAX_LEVERAGE: failure(-2027, 'Exceeded the maximum allowable position at current leverage.'),
  INSUFFICIENT_MARGIN: failure(-2019, 'Margin is insufficient.'),
  WOULD_TRIGGER: failure(-2021, 'Order would immediately trigger.'),
  POST_ONLY: failure(-5022, 'Due to the order could not be executed as maker, the Post Only order will be rejected.'),
  NEVER_ACCEPTED: ORDER_NOT_FOUND,
}

/** The failure for a code the core has given with an event. */
export const rejection = (code: string): ApiFailure =>
  Object.hasOwn(REJECTIONS, code) ? REJECTIONS[code as RejectCode] : failure(-2010, 'NEW_ORDER_REJECTED')
