import type { OpenInterest } from '../domain/cluster.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'

const INTERVAL_MULTIPLE = 1.5

/** Oldest age at which data may still open a position: the configured one, or 1.5 × the source's interval + its lag where that is longer. */
export const freshnessLimit = (configuredMs: number, intervalMs: number, lagMs: number): number =>
  Math.max(configuredMs, INTERVAL_MULTIPLE * intervalMs + lagMs)

const seconds = (ms: number): string => {
  const value = ms / SECOND_MS
  return Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

/** "heatmap 214 s old, limit 120 s" */
export const tooOld = (what: string, ageMs: number, limitMs: number): string =>
  `${what} ${seconds(ageMs)} s old, limit ${seconds(limitMs)} s`

/** Refuses an own price older than `limitMs`; NaN as its time: there has been none. */
export function priceRefusal(priceTime: EpochMs, time: EpochMs, limitMs: number): Refusal | null {
  const age = time - priceTime
  if (age <= limitMs) return null
  const message = Number.isNaN(age) ? 'no price yet' : tooOld('price', age, limitMs)
  return refusal('PRICE_STALE', message, { age_ms: Number.isNaN(age) ? null : age, limit_ms: limitMs })
}

/** Refuses open interest that is missing or older than `limitMs`. */
export function openInterestRefusal(openInterest: OpenInterest | null, time: EpochMs, limitMs: number): Refusal | null {
  if (openInterest === null)
    return refusal('OPEN_INTEREST_STALE', 'no open interest yet', { age_ms: null, limit_ms: limitMs })
  const age = time - openInterest.asOf
  if (age <= limitMs) return null
  return refusal('OPEN_INTEREST_STALE', tooOld('open interest', age, limitMs), { age_ms: age, limit_ms: limitMs })
}
