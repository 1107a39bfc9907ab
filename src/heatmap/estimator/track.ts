import type { EpochMs } from '../../domain/unit.ts'

/** A zone's identity across extractions. */
export interface Track {
  readonly id: string
  readonly born: EpochMs
  /** Zones it came from in its latest split or merge, itself excluded. */
  parentIds: readonly string[]
  /** Distance band at birth, which its strength is ranked in for good; −1 until volatility is known. */
  band: number
}
