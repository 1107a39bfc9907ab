import type { AccountChoice } from './account-fault.ts'

type Frame = Readonly<Record<string, unknown>>

/** What goes wrong on an account's stream. */
export type StreamFault = StreamTrouble & AccountChoice

type StreamTrouble =
  /** Of the next `count` frames, those of this event kind (absent: all). */
  | { readonly kind: 'lose' | 'repeat' | 'hold'; readonly event?: string; readonly count: number }
  /** The frames of the next `count` batches arrive in reverse. */
  | { readonly kind: 'reorder'; readonly count: number }
  /** Nothing is said any more, while pings are answered. */
  | { readonly kind: 'silence'; readonly on: boolean }

export interface StreamFaults {
  add(fault: StreamTrouble): void
  /** What of these frames is sent, in which order. Held ones go out in front of the next that are not. */
  pass(frames: readonly Frame[]): readonly Frame[]
}

const MAX_HELD = 1_000

export function createStreamFaults(): StreamFaults {
  const active: { fault: Exclude<StreamTrouble, { kind: 'silence' }>; left: number }[] = []
  const held: Frame[] = []
  let silent = false

  function take(kind: 'lose' | 'repeat' | 'hold' | 'reorder', frame: Frame | null): boolean {
    const found = active.find(
      ({ fault, left }) =>
        left > 0 &&
        fault.kind === kind &&
        (fault.kind === 'reorder' || fault.event === undefined || fault.event === frame?.['e']),
    )
    if (!found) return false
    found.left -= 1
    if (found.left === 0) active.splice(active.indexOf(found), 1)
    return true
  }

  return {
    add(fault) {
      if (fault.kind === 'silence') silent = fault.on
      else active.push({ fault, left: fault.count })
    },
    pass(frames) {
      if (silent) return []
      if (active.length === 0 && held.length === 0) return frames
      const out: Frame[] = []
      for (const frame of frames) {
        if (take('lose', frame)) continue
        if (take('hold', frame)) {
          if (held.length < MAX_HELD) held.push(frame)
          continue
        }
        out.push(...held.splice(0), frame)
        if (take('repeat', frame)) out.push(frame)
      }
      return out.length > 1 && take('reorder', null) ? out.toReversed() : out
    },
  }
}
