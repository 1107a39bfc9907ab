import type { CorrectionKind } from '../domain/effect.ts'
import type { EngineCore } from './core.ts'

/** What was put right in the books, for the journal. */
export function note(
  core: EngineCore,
  correction: CorrectionKind,
  symbol: string | null,
  message: string,
  figures: Readonly<Record<string, string>> = {},
): void {
  core.effects.push({
    kind: 'note',
    time: core.now,
    note: { kind: 'correction', correction, symbol, message, figures },
  })
}
