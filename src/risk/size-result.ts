import type { Refusal } from '../domain/refusal.ts'
import type { Quantity } from '../domain/unit.ts'
import type { CapCode } from './size-caps.ts'
import type { MultiplierNote, Multipliers } from './size-multiplier.ts'

/** What shaped a size, for the decision record. */
export type SizeNote = MultiplierNote | 'RISK_CAPPED' | 'FUNDING_ASSUMED' | 'LEVERAGE_LOWERED' | `CAPPED_BY_${CapCode}`

export type SizeResult =
  | {
      readonly kind: 'sized'
      /** A multiple of the lot, rounded down. */
      readonly quantity: Quantity
      readonly leverage: number
      /** What the trade may lose at its stop, costs included. */
      readonly riskAmount: number
      /** What it would lose there with this quantity: at most `riskAmount`. */
      readonly lossAtStop: number
      /** The rate reckoned with; goes into the entry request. */
      readonly fundingRate: number
      readonly multipliers: Multipliers
      readonly notes: readonly SizeNote[]
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
