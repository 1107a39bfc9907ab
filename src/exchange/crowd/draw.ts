/**
 * Keyed randomness: a draw is a pure function of (seed, stream, step, k), never of how many draws came before it. That
 * is why a market does not change with what is asked of it.
 */

const GOLDEN = 0x9e3779b1
const SECOND = 0x85ebca77
const TO_UNIT = 2 ** -32

/** Bijective 32-bit mixer with low bias (C. Wellons, "Prospecting for Hash Functions", constants by TheIronBorn). */
function mix(value: number): number {
  let h = value
  h ^= h >>> 16
  h = Math.imul(h, 0x21f0aaad)
  h ^= h >>> 15
  h = Math.imul(h, 0xd35a2d97)
  h ^= h >>> 15
  return h
}

/** Key of a stream; `name` separates symbols and purposes. `seed` is any safe integer. */
export function streamKey(seed: number, name: string): number {
  let h = mix(seed | 0) ^ mix((Math.floor(seed / 2 ** 32) | 0) ^ GOLDEN)
  for (let i = 0; i < name.length; i++) h = mix((h ^ name.charCodeAt(i)) + GOLDEN)
  return h
}

/** Uniform on the open interval (0, 1). */
export function uniform(key: number, step: number, k: number): number {
  const h = mix((mix(key ^ Math.imul(step, GOLDEN)) + Math.imul(k + 1, SECOND)) | 0)
  return ((h >>> 0) + 0.5) * TO_UNIT
}

/** Standard normal. */
export const normal = (key: number, step: number, k: number): number => normalQuantile(uniform(key, step, k))

const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
] as const
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
] as const
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416] as const
const TAIL = 0.02425

/** Inverse of the normal distribution function, relative error below 1.2e-9 (P. Acklam). `p` in (0, 1). */
export function normalQuantile(p: number): number {
  if (p < TAIL) return tail(Math.sqrt(-2 * Math.log(p)))
  if (p > 1 - TAIL) return -tail(Math.sqrt(-2 * Math.log(1 - p)))
  const q = p - 0.5
  const r = q * q
  return (
    ((((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q) /
    (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1)
  )
}

const tail = (q: number): number =>
  (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5]) /
  ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1)
