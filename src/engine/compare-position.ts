import type { Decimal } from '../domain/decimal.ts'
import type { AccountSnapshot } from '../domain/event.ts'
import { adopt, executionsBehind } from './adopt.ts'
import { align } from './align.ts'
import { accountForOthers, heldAtVenue } from './by-others.ts'
import { alert, haltEntries, type EngineCore } from './core.ts'
import { note } from './correction.ts'
import { APART_MS, confirmed, isMoving, suspect, type Suspicion } from './doubt.ts'
import { seeForeignPosition } from './foreign.ts'
import type { SymbolState } from './symbol-state.ts'

/** Brings the books' position in line with the venue's, once a second look has confirmed the difference. */
export function comparePosition(
  core: EngineCore,
  state: SymbolState,
  snapshot: AccountSnapshot,
  before: ReadonlyMap<string, Suspicion>,
): void {
  const { instrument } = state
  const report = snapshot.positions.find((each) => each.instrument === instrument)
  const theirs = heldAtVenue(snapshot, instrument)
  const ours = core.account.books.position(instrument).signed
  if (theirs.eq(ours)) {
    // What the books and the venue agree on, the trade must have: no more, no less, and no other way round.
    if (isMoving(core, state, snapshot.askedAt)) return
    accountForOthers(core, state, snapshot.askedAt)
    if (ours.isZero()) state.unclosed = false
    align(core, state, ours.times(core.account.books.position(instrument).entryPrice))
    return
  }
  const difference = `${ours.toFixed()} here, ${theirs.toFixed()} at the venue`
  const known = `position ${instrument.symbol} ${theirs.toFixed()}`
  const change = theirs.minus(ours)
  const executions = executionsBehind(core, state, change)
  const isForeign = report !== undefined && ours.isZero() && !isOfBot(state, theirs, executions !== null)
  if (isForeign && core.venue.told.has(known)) return seeForeignPosition(core, report, known)
  const beyond = theirs.times(ours).lt(0) || theirs.abs().gt(ours.abs())
  if (isMoving(core, state, snapshot.askedAt, beyond)) {
    suspect(core, before, instrument.symbol, difference, snapshot.askedAt)
    return
  }
  // What has made the position smaller may be listed later than the position shows it; more of it needs a stop at once.
  const apartMs = executions === null && !beyond ? Math.max(APART_MS, core.options.venueLagMs) : APART_MS
  if (!confirmed(core, before, instrument.symbol, difference, snapshot.askedAt, apartMs)) return
  if (isForeign) {
    state.unclosed = false
    return seeForeignPosition(core, report, known)
  }
  const from = executions === null ? 'the mark, no executions explain it' : `${executions.length} executions by others`
  note(core, 'position_adjusted', instrument.symbol, `position ${difference}: taken over from the venue`, {
    before: ours.toFixed(),
    after: theirs.toFixed(),
    price_from: from,
  })
  const reason = `${instrument.symbol}: position ${difference}`
  alert(
    core,
    'critical',
    'POSITION_ADJUSTED',
    `${reason}; the venue's figure holds now, entries stop until somebody has looked`,
  )
  haltEntries(core, 'RECONCILE', reason)
  adopt(core, state, snapshot, report, change, executions)
}

/** Whether a position that the books do not have may be the bot's: its working entry's, or what it has lost sight of. */
function isOfBot(state: SymbolState, theirs: Decimal, isByOthers: boolean): boolean {
  const { trade } = state
  if (trade && !trade.entryQuantity.isZero()) return true
  if (isByOthers) return false
  return trade ? theirs.isPositive() === (trade.direction === 'LONG') : isLeftBehind(state, theirs)
}

/** What went out of the books by none of the bot's orders may still be there: it is the bot's, and has no stop. */
const isLeftBehind = ({ ended, unclosed }: SymbolState, theirs: Decimal): boolean =>
  unclosed &&
  ended !== null &&
  theirs.isPositive() === (ended.direction === 'LONG') &&
  theirs.abs().lte(ended.entryQuantity)
