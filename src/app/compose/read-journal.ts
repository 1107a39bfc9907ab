import { join } from 'node:path'
import { openJournalReader, type ReaderOpening } from '../../adapter/journal/sqlite/reader.ts'
import { readPanicLatch, type PanicLatch } from '../../adapter/lock/panic-latch.ts'
import type { StatusReport } from '../../domain/account-report.ts'
import { tradingState } from '../../domain/trading-state.ts'
import { KILL } from '../latch-code.ts'
import { JOURNAL_FILE } from './account-store.ts'

/**
 * The journal in an account's directory, for reading beside whoever writes it. A latch that `panic` has left beside it
 * holds, although no bot has written it down yet.
 */
export function readJournal(directory: string): ReaderOpening {
  const opened = openJournalReader(join(directory, JOURNAL_FILE))
  if (opened.kind !== 'ok') return opened
  const { reader } = opened
  return { ...opened, reader: { ...reader, status: () => withPanic(reader.status(), readPanicLatch(directory)) } }
}

function withPanic(status: StatusReport, panic: PanicLatch | null): StatusReport {
  if (panic === null || status.latches.some(({ code }) => code === KILL)) return status
  const latch = {
    code: KILL,
    symbol: null,
    since: panic.since ?? status.as_of,
    until: null,
    reason: `panic: ${panic.reason}; what the journal shows may be older`,
  }
  const latches = [...status.latches, latch]
  return { ...status, trading_state: tradingState(latches), latches }
}
