import { Dec, numberOf } from '../domain/decimal.ts'
import type { AccountSnapshot } from '../domain/event.ts'
import { alert, type EngineCore } from './core.ts'
import { note } from './correction.ts'
import { confirmed, isMoving, suspect, UNSETTLED_LOOKS, type Suspicion } from './doubt.ts'
import { guardEquity } from './guard.ts'

/** Differences that rounding makes; quote units. */
const TOLERANCE = new Dec('0.01')

/** Takes the venue's wallet over: as a transfer, or as the loss that a guessed price has left out. */
export function compareWallet(
  core: EngineCore,
  snapshot: AccountSnapshot,
  before: ReadonlyMap<string, Suspicion>,
): void {
  const { account, venue } = core
  const { books, guard } = account
  const difference = snapshot.wallet.minus(books.wallet)
  if (difference.abs().lte(TOLERANCE)) {
    venue.guessed = false
    venue.walletLooks = 0
    return
  }
  const text = difference.toFixed()
  // A position in doubt may be what the wallet has paid for.
  if (venue.suspected.size > 0 || core.states.some((state) => isMoving(core, state, snapshot.askedAt))) {
    suspect(core, before, 'wallet', text, snapshot.askedAt)
    venue.walletLooks = 0
    return
  }
  venue.walletLooks += 1
  if (venue.walletLooks < UNSETTLED_LOOKS && !confirmed(core, before, 'wallet', text, snapshot.askedAt)) return
  venue.walletLooks = 0
  note(core, 'wallet_adjusted', null, `the venue's wallet differs by ${text}: taken over`, {
    before: books.wallet.toFixed(),
    after: snapshot.wallet.toFixed(),
  })
  // What a guess leaves over may be result or transfer: it is counted as the one that allows no further loss.
  const lost = venue.guessed && difference.isNegative()
  const as = lost ? 'a loss: no record tells at what price a position was changed by others' : 'a transfer'
  alert(core, 'warning', 'WALLET_ADJUSTED', `the wallet at the venue differs by ${text}; it is taken over as ${as}`)
  venue.guessed = false
  books.adjust(difference)
  if (lost) guardEquity(core)
  else guard.transfer(numberOf(difference))
}
