/** Draws from [0, 1). */
export type Draw = () => number

/** Mulberry32 (T. Ettinger): a small seeded generator, good enough for resampling and shuffling. */
export function createDraw(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** An integer in [0, n). */
export const drawIndex = (draw: Draw, n: number): number => Math.floor(draw() * n)

/** Fisher–Yates, on a copy. */
export function shuffled<T>(items: readonly T[], draw: Draw): readonly T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = drawIndex(draw, i + 1)
    const kept = out[i]!
    out[i] = out[j]!
    out[j] = kept
  }
  return out
}
