/** Offset basis and multiplier: FNV's own, and a second pair, so that the halves do not collide together. */
const PARAMETERS = [
  [0x811c9dc5, 0x01000193],
  [0x7ee3623b, 0x5bd1e995],
] as const

function fnv1a(text: string, basis: number, multiplier: number): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), multiplier)
  // A final mix: FNV's last characters reach only the low bits.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Identity of a zone from its birth: 14 characters of base 36, two 32-bit FNV-1a hashes. The same birth gives the same
 * id in every replay, and no later zone can be born at the same bar, side and bin.
 */
export function levelId(source: string, symbol: string, side: string, birthTime: number, birthBin: number): string {
  const text = `${source}|${symbol}|${side}|${birthTime}|${birthBin}`
  return PARAMETERS.map(([basis, multiplier]) => fnv1a(text, basis, multiplier).toString(36).padStart(7, '0')).join('')
}
