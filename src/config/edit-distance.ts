/**
 * Fewest insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment;
 * L. Boytsov, "Indexing methods for approximate dictionary searching", 2011).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min(current[column - 1]! + 1, last[column]! + 1, last[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) best = Math.min(best, beforeLast[column - 2]! + 1)
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}

/** How many slips a word of this length may hold and still be taken for another. */
const tolerance = (word: string): number => (word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3)

/** The nearest of some words, the earlier one on a tie; `undefined` when none is near enough to be meant. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = tolerance(word) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate)
    if (distance < bestDistance && distance < Math.max(word.length, candidate.length)) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}
