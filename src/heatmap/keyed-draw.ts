/** 32-bit FNV-1a over UTF-16 code units, finished with the avalanche of MurmurHash3 (fmix32). */
function hash32(text: string, basis: number): number {
  let h = basis >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** An integer in [0, 2^53) that depends on nothing but seed and key. */
export function keyedInteger(seed: number, key: string): number {
  const text = `${seed}|${key}`
  return (hash32(text, 0x811c9dc5) >>> 5) * 0x4000000 + (hash32(text, 0x9e3779b9) >>> 6)
}

/** A draw from [0, 1) that depends on nothing but seed and key: the same whatever else was drawn before. */
export const keyedUniform = (seed: number, key: string): number => keyedInteger(seed, key) / 2 ** 53
