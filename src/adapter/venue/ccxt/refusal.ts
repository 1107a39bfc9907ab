/** Why an account cannot be traded on: a stable code and a sentence without a full stop. */
export interface VenueRefusal {
  readonly kind: 'refused'
  readonly code: VenueRefusalCode
  readonly message: string
}

export type VenueRefusalCode =
  | 'UNKNOWN_SYMBOL'
  | 'SPOT_SYMBOL'
  | 'NOT_TRADING'
  | 'WRONG_KEY'
  | 'WRONG_SECRET'
  | 'KEY_RIGHTS'
  | 'HEDGE_MODE'
  | 'ACCOUNT_TAKEN'
  | 'TOO_LITTLE_BALANCE'
  | 'LEVERAGE_NOT_SET'
  | 'MARGIN_MODE_NOT_SET'
  | 'CLOCK_OFFSET'
  | 'UNREACHABLE'

export const refuse = (code: VenueRefusalCode, message: string): VenueRefusal => ({ kind: 'refused', code, message })
