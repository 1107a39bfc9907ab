import { Dec } from '../../../domain/decimal.ts'
import { clientOrderId, parseClientOrderId } from '../../../domain/id.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { EpochMs, Price, Quantity } from '../../../domain/unit.ts'
import type { CcxtId } from '../../ccxt/environment.ts'
import { classifyPlacement } from './classification.ts'
import type { Dialect, InstrumentSettings } from './dialect.ts'
import { refuse, type VenueRefusal } from './refusal.ts'
import type { VenueAlarmText } from './venue-parts.ts'
import { CallError } from './wire.ts'

/** What is wrong with a venue as far as its stops tell; without the right to place them nothing can be guarded either. */
export async function probeVenue(options: ProbeOptions): Promise<readonly VenueAlarmText[] | VenueRefusal> {
  const alarms: VenueAlarmText[] = []
  for (const [{ symbol }, found] of await probeStops(options)) {
    switch (found.kind) {
      case 'taken':
      case 'skipped':
        break
      case 'may_not_trade':
        return refuse('KEY_RIGHTS', `this API key may not place orders of ${symbol}: ${found.message}`)
      case 'refused':
        alarms.push({
          code: 'STOPS_REFUSED',
          message: `${symbol}: the exchange does not take the stop of a trade: ${found.message}`,
        })
        break
      case 'unanswered':
        alarms.push({
          code: 'STOPS_UNPROVEN',
          message: `${symbol}: the exchange did not say whether it takes the stop of a trade: ${found.message}`,
        })
        break
    }
  }
  return alarms
}

/** What came of asking a venue whether it takes the stops that every trade needs. */
type StopProbe =
  /** It does; `skipped`: there is a position, whose own stop is the better proof. */
  | { readonly kind: 'taken' | 'skipped' }
  /** The venue takes orders of this key at all, or it does not. */
  | { readonly kind: 'may_not_trade'; readonly message: string }
  | { readonly kind: 'refused' | 'unanswered'; readonly message: string }

export interface ProbeOptions {
  readonly id: CcxtId
  readonly dialect: Dialect
  readonly instruments: readonly Instrument[]
  readonly settings: ReadonlyMap<string, InstrumentSettings>
  readonly now: () => EpochMs
}

/** The epoch of probing stops; no bot ever reaches it. One that is left behind is withdrawn as belonging to no trade. */
const PROBE_EPOCH = 36 ** 3 - 2
/** Whether an order was sent to ask a question, and for no trade. */
export const isProbe = (id: string): boolean => parseClientOrderId(id)?.epoch === PROBE_EPOCH

/** Below the last price, as far as stops of trades ever are: a venue's band for them holds for it too. */
const DISTANCE = 0.03
const ATTEMPTS = 3
/** Refusals that come after the type and the list have been accepted: without a position there is nothing to reduce. */
const UNDERSTOOD: ReadonlySet<string> = new Set(['REDUCE_ONLY', 'NO_POSITION'])
const NO_RIGHT: ReadonlySet<string> = new Set(['BAD_KEY', 'NOT_PERMITTED'])
/** The price ran away, or the venue was busy: says nothing about stops. */
const PASSING: ReadonlySet<string> = new Set([
  'WOULD_TRIGGER',
  'RATE_LIMITED',
  'OVERLOADED',
  'CLOCK_SKEW',
  'NOT_SENT',
  'UNKNOWN',
])

/**
 * Places a far stop on every instrument without a position, where the bot places its own, and cancels it: reduce-only, so
 * that it can open nothing whatever becomes of it.
 */
async function probeStops(options: ProbeOptions): Promise<ReadonlyMap<Instrument, StopProbe>> {
  const { dialect, instruments, settings } = options
  const held = new Set((await dialect.positions(settings)).map(({ instrument }) => instrument))
  const found = new Map<Instrument, StopProbe>()
  for (const instrument of instruments)
    found.set(instrument, held.has(instrument) ? { kind: 'skipped' } : await probe(instrument, options))
  return found
}

async function probe(instrument: Instrument, options: ProbeOptions): Promise<StopProbe> {
  const { id, dialect, now } = options
  let last: StopProbe = { kind: 'unanswered', message: '' }
  for (let revision = 0; revision < ATTEMPTS; revision++) {
    const ids = { strategy: 0, epoch: PROBE_EPOCH, intent: Math.floor(now()), leg: 'stop', revision } as const
    const name = clientOrderId({ ...ids, intent: ids.intent + instrument.index })
    const order = probingStop(instrument, name, await dialect.lastPrice(instrument))
    try {
      const { namespace } = await dialect.place(order)
      await withdraw(dialect, namespace, name, instrument)
      return { kind: 'taken' }
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const { code } = classifyPlacement(id, error.failure)
      const { message } = error
      if (UNDERSTOOD.has(code)) return { kind: 'taken' }
      if (NO_RIGHT.has(code)) return { kind: 'may_not_trade', message }
      if (!PASSING.has(code)) return { kind: 'refused', message }
      // It may have come into being all the same.
      if (code === 'UNKNOWN')
        await withdraw(dialect, dialect.conditionalsApart ? 'conditional' : 'regular', name, instrument)
      last = { kind: 'unanswered', message }
    }
  }
  return last
}

async function withdraw(
  dialect: Dialect,
  namespace: 'regular' | 'conditional',
  name: ClientOrderId,
  instrument: Instrument,
): Promise<void> {
  try {
    await dialect.cancel(namespace, name, instrument)
  } catch {
    // It can only reduce, and the first comparison with the venue withdraws what belongs to no trade.
  }
}

function probingStop(instrument: Instrument, name: ClientOrderId, last: Price): OrderRequest {
  const { tickSize, lotSize, minQuantity, minNotional } = instrument
  const triggerPrice = last.times(1 - DISTANCE).toNearest(tickSize, Dec.ROUND_DOWN)
  const enough = minNotional.div(triggerPrice).toNearest(lotSize, Dec.ROUND_UP)
  return {
    clientOrderId: name,
    instrument,
    side: 'sell',
    type: 'stop_market',
    quantity: Dec.max(minQuantity, enough) as Quantity,
    triggerPrice: triggerPrice as Price,
    triggerBy: 'mark',
    timeInForce: 'GTC',
    reduceOnly: true,
    leg: 'stop',
    tradeId: 'probe',
  }
}
