import { Session } from 'node:inspector'

/** Wall ms: a start's first decisions come before its tidying up. */
const SOON_MS = 2_000

/**
 * Gives memory back at a quiet moment, in some 100 ms. What a start reads and parses leaves twice as much behind as the bot
 * needs, and V8 would come back for it hours later. Through the inspector, which unlike a flag may be used at any time.
 */
export async function collectGarbage(): Promise<void> {
  const session = new Session()
  session.connect()
  await new Promise((resolve) => session.post('HeapProfiler.collectGarbage', resolve))
  // Not in the answer itself: V8 waits for it to return.
  session.disconnect()
}

/** Gives memory back when the start is over; returns how to call it off. */
export function collectSoon(): () => void {
  const timer = setTimeout(() => void collectGarbage(), SOON_MS)
  return () => clearTimeout(timer)
}
