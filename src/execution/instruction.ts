import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, OrderRequest, ProtectiveLeg } from '../domain/order.ts'

/** What the execution layer wants sent; the engine takes every submit through the gate. */
export type Instruction =
  | { readonly kind: 'submit'; readonly request: OrderRequest }
  | { readonly kind: 'cancel'; readonly id: ClientOrderId; readonly instrument: Instrument }
  /** Ask for the market exit again after this long. */
  | { readonly kind: 'retry_exit'; readonly instrument: Instrument; readonly afterMs: number }
  /** Place the leg that was put off after this long. */
  | {
      readonly kind: 'retry_leg'
      readonly instrument: Instrument
      readonly leg: ProtectiveLeg
      readonly afterMs: number
    }
  | { readonly kind: 'alert'; readonly level: 'warning' | 'critical'; readonly code: string; readonly message: string }
