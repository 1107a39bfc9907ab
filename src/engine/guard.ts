import type { EquityNotice } from '../risk/equity-guard.ts'
import { alert, withdrawEntries, type EngineCore } from './core.ts'

/** Shows the present equity to the loss limits; a breach latches entries off, and withdraws those that rest. */
export function guardEquity(core: EngineCore): void {
  // A position of today at the prices of history is no loss.
  if (core.warming) return
  const { account } = core
  const { latches } = account
  const notices = account.guard.update(core.now, account.books.equity())
  if (notices.length > 0) tell(core, notices)
  if (latches.latches.length === 0) return
  for (const over of latches.expire(core.now)) {
    alert(core, 'info', over.code, `${over.code} latch has ended its term; it was set because ${over.reason}`)
  }
}

function tell(core: EngineCore, notices: readonly EquityNotice[]): void {
  for (const notice of notices) {
    if (notice.kind === 'breach') {
      core.account.latches.trip(notice.latch)
      alert(core, 'critical', notice.limit, `${notice.message}; no more entries`)
      withdrawEntries(core)
    } else {
      alert(core, 'warning', notice.limit, `${notice.message}: ${notice.sharePct} % of the limit used`)
    }
  }
}
