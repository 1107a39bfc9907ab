import { alert, type EngineCore } from './core.ts'

/** Shows the present equity to the loss limits; a breach latches entries off. */
export function guardEquity(core: EngineCore): void {
  const { account } = core
  const notices = account.guard.update(core.now, account.books.equity())
  for (const notice of notices) {
    if (notice.kind === 'breach') {
      account.latches.trip(notice.latch)
      alert(core, 'critical', notice.limit, `${notice.message}; no more entries`)
    } else {
      alert(core, 'warning', notice.limit, `${notice.message}: ${notice.sharePct} % of the limit used`)
    }
  }
  for (const over of account.latches.expire(core.now)) {
    alert(core, 'info', over.code, `${over.code} latch of ${over.reason} has ended its term`)
  }
}
