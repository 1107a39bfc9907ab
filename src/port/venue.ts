import type { Approved } from '../domain/approved.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { EventSource } from './market.ts'

/** Where orders go. Nothing is returned: outcomes arrive only as account events of `events`. */
export interface Venue {
  readonly instruments: readonly Instrument[]
  readonly events: EventSource
  submit(order: Approved<OrderRequest>, at: EpochMs): void
  cancel(id: ClientOrderId, instrument: Instrument, at: EpochMs): void
  query(id: ClientOrderId, instrument: Instrument, at: EpochMs): void
  /** Looks whether an order still rests, when nothing more urgent is waiting; a look that fails says nothing. */
  check(id: ClientOrderId, instrument: Instrument, at: EpochMs): void
  /**
   * Asks for the whole account: `account_snapshot` or `snapshot_failed` answers.
   * @param afresh what is wrong with the account is alarmed of again, also where it has been before [no]
   */
  snapshot(at: EpochMs, afresh?: boolean): void
  /** Requests whose outcome is still to come. */
  readonly pending: number
}
