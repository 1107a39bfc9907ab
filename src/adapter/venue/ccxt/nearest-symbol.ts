/** Edits at most by which a symbol may be off to be offered as what was meant. */
const MAX_EDITS = 4

/** The listed symbol that is fewest edits away; `undefined` when none is near. */
export function nearestSymbol(symbol: string, listed: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = MAX_EDITS + 1
  for (const each of listed) {
    const edits = editsBetween(symbol, each, fewest)
    if (edits < fewest) {
      fewest = edits
      best = each
    }
  }
  return best
}

/** Insertions, deletions and changes from `a` to `b`; `limit` when it is not below. */
function editsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return Math.min(row[b.length]!, limit)
}
