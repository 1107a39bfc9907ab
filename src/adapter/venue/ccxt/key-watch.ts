import { DAY_MS, MINUTE_MS } from '../../../domain/time.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import { keyRefusal, type KeyPolicy, type KeyRights } from './key-rights.ts'

/** Asks every day whether the key may still do no more than it must. */
export interface KeyWatch {
  readonly isDue: boolean
  /** Tells what is wrong by now. Rejects where the venue cannot be asked. */
  look(): Promise<void>
}

const AGAIN_MS = 5 * MINUTE_MS

/** @param tell `null`: nothing is wrong */
export function createKeyWatch(
  rights: () => Promise<KeyRights | null>,
  policy: KeyPolicy,
  now: () => EpochMs,
  tell: (wrong: string | null) => void,
): KeyWatch {
  let dueAt = now() + DAY_MS
  return {
    get isDue() {
      return now() >= dueAt
    },
    async look() {
      dueAt = now() + AGAIN_MS
      const refused = keyRefusal(await rights(), policy)
      dueAt = now() + DAY_MS
      tell(refused?.message ?? null)
    },
  }
}
