/** Numbers in [0, 1) that are the same for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A share of the items, at least one of each block of 1 / share of them, in their order. */
export function sampleOf<T>(items: readonly T[], share: number, draw: () => number): readonly T[] {
  if (share >= 1) return items
  const block = Math.round(1 / share)
  const taken: T[] = []
  for (let at = 0; at < items.length; at += block) {
    const size = Math.min(block, items.length - at)
    taken.push(items[at + Math.floor(draw() * size)]!)
  }
  return taken
}
