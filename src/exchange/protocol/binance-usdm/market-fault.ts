/** What happens to the exchange as a whole, or to one of its contracts. */
export type MarketFault = MarketHappening & {
  /** Market ms from when it is added to when it happens. [0: at once] */
  readonly after_ms?: number
}

export type MarketHappening =
  | ({ readonly kind: 'change_filters' } & FilterChange)
  /** Anything but `TRADING`: nobody can place an order of the contract, and those that rest do so. */
  | { readonly kind: 'contract_status'; readonly symbol: string; readonly status: ContractStatus }
  /** Every request is refused and no stream is served for so many market ms. */
  | { readonly kind: 'maintenance'; readonly for_ms: number }

export const CONTRACT_STATUSES = [
  'PENDING_TRADING',
  'TRADING',
  'PRE_DELIVERING',
  'DELIVERING',
  'DELIVERED',
  'PRE_SETTLE',
  'SETTLING',
  'CLOSE',
  'BREAK',
] as const
export type ContractStatus = (typeof CONTRACT_STATUSES)[number]

/** New figures for a contract; what is absent stays as it is. Resting orders stay as they are. */
export interface FilterChange {
  readonly symbol: string
  readonly tick_size?: string
  readonly step_size?: string
  readonly min_quantity?: string
  readonly min_notional?: string
  /** Of the mark, for the dearest buy and the cheapest sell. */
  readonly multiplier_up?: string
  readonly multiplier_down?: string
}

const KINDS: ReadonlySet<string> = new Set<MarketFault['kind']>(['change_filters', 'contract_status', 'maintenance'])

export const isMarketFault = (fault: { readonly kind: string }): fault is MarketFault => KINDS.has(fault.kind)
