import { ZERO } from '../../../../domain/decimal.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import type { Price, Quantity } from '../../../../domain/unit.ts'
import {
  decimalAt,
  decimalIn,
  fieldsOf,
  flagIn,
  numberAt,
  rowsOf,
  textAt,
  textIn,
  timeAt,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import type { News, VenueExecution } from '../dialect.ts'
import {
  algoStatus,
  childOf,
  forcedCause,
  orderSide,
  orderStatus,
  orderType,
  priceIn,
  quoteFee,
} from './order-answer.ts'

const NOTHING: readonly News[] = []

/**
 * Reads a frame of the user-data stream, plain or wrapped. Throws a `WireError` for a frame of a known kind that makes
 * no sense; symbols that are not traded say nothing.
 */
export function readFrame(frame: unknown, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  if (typeof frame !== 'object' || frame === null) return NOTHING
  const outer = fieldsOf(frame, 'frame')
  const body = 'stream' in outer && 'data' in outer ? fieldsOf(outer['data'], 'frame') : outer
  switch (body['e']) {
    case 'ORDER_TRADE_UPDATE':
      return orderNews(fieldsOf(body['o'], 'ORDER_TRADE_UPDATE'), listed)
    case 'ALGO_UPDATE':
      return algoNews(fieldsOf(body['o'], 'ALGO_UPDATE'), body, listed)
    case 'ACCOUNT_UPDATE':
      return accountNews(fieldsOf(body['a'], 'ACCOUNT_UPDATE'), body)
    case 'ACCOUNT_CONFIG_UPDATE':
      return configNews(body, listed)
    case 'CONDITIONAL_ORDER_TRIGGER_REJECT':
      return triggerRejection(fieldsOf(body['or'], 'CONDITIONAL_ORDER_TRIGGER_REJECT'), listed)
    case 'MARGIN_CALL':
      return [{ kind: 'alarm', code: 'MARGIN_CALL', message: `the venue calls for margin: ${positionsOf(body)}` }]
    case 'listenKeyExpired':
      return [{ kind: 'expired' }]
    default:
      return NOTHING
  }
}

function orderNews(o: Fields, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  const instrument = listed.get(textAt(o, 's'))
  if (!instrument) return NOTHING
  const clientOrderId = textIn(o, 'c') ?? ''
  const execution = textAt(o, 'x')
  return [
    {
      kind: 'order',
      execution: execution === 'TRADE' || execution === 'CALCULATED' ? executionOf(o, instrument) : null,
      order: {
        namespace: 'regular',
        venueId: textAt(o, 'i'),
        clientOrderId,
        instrument,
        side: orderSide(textAt(o, 'S')),
        type: orderType(textIn(o, 'o')),
        quantity: decimalAt(o, 'q') as Quantity,
        filled: decimalAt(o, 'z') as Quantity,
        price: priceIn(o, 'p'),
        triggerPrice: priceIn(o, 'sp'),
        reduceOnly: flagIn(o, 'R') || flagIn(o, 'cp'),
        status: orderStatus(textAt(o, 'X')),
        childId: null,
        reason: textAt(o, 'X').toLowerCase(),
        forced: forcedCause(clientOrderId),
        venueTime: timeAt(o, 'T'),
      },
    },
  ]
}

/** `null` where none is told by its trade: the venue's closings may go without, and the history knows them by theirs. */
function executionOf(o: Fields, instrument: Instrument): VenueExecution | null {
  const quantity = decimalAt(o, 'l')
  const tradeId = textIn(o, 't')
  if (!quantity.gt(0) || tradeId === undefined || tradeId === '0') return null
  return {
    instrument,
    orderId: textAt(o, 'i'),
    tradeId,
    side: orderSide(textAt(o, 'S')),
    price: decimalAt(o, 'L') as Price,
    quantity: quantity as Quantity,
    fee: quoteFee(o, 'n', textIn(o, 'N'), instrument),
    liquidity: flagIn(o, 'm') ? 'maker' : 'taker',
    // Told of its order.
    forced: null,
    venueTime: timeAt(o, 'T'),
  }
}

function algoNews(o: Fields, body: Fields, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  const instrument = listed.get(textAt(o, 's'))
  if (!instrument) return NOTHING
  const failure = textIn(o, 'rm')
  const status = textAt(o, 'X')
  return [
    {
      kind: 'order',
      execution: null,
      order: {
        namespace: 'conditional',
        venueId: textAt(o, 'aid'),
        clientOrderId: textIn(o, 'caid') ?? '',
        instrument,
        side: orderSide(textAt(o, 'S')),
        type: orderType(textIn(o, 'o')),
        quantity: (decimalIn(o, 'q') ?? ZERO) as Quantity,
        filled: (decimalIn(o, 'aq') ?? ZERO) as Quantity,
        price: priceIn(o, 'p'),
        triggerPrice: priceIn(o, 'tp'),
        reduceOnly: flagIn(o, 'R') || flagIn(o, 'cp'),
        status: algoStatus(status),
        childId: childOf(textIn(o, 'ai')),
        reason: failure ?? status.toLowerCase(),
        forced: null,
        venueTime: timeAt(body, 'T'),
      },
    },
  ]
}

function accountNews(a: Fields, body: Fields): readonly News[] {
  switch (a['m']) {
    case 'FUNDING_FEE':
      return [{ kind: 'funding', venueTime: timeAt(body, 'T') }]
    case 'MARGIN_TYPE_CHANGE':
      return [{ kind: 'alarm', code: 'MARGIN_MODE_CHANGED', message: 'the margin mode was changed at the venue' }]
    default:
      return NOTHING
  }
}

function configNews(body: Fields, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  if (body['ai'] !== undefined)
    return [{ kind: 'alarm', code: 'ACCOUNT_MODE_CHANGED', message: 'the multi-assets mode was changed at the venue' }]
  if (body['ac'] === undefined) return NOTHING
  const ac = fieldsOf(body['ac'], 'ACCOUNT_CONFIG_UPDATE')
  const instrument = listed.get(textAt(ac, 's'))
  return instrument ? [{ kind: 'leverage', instrument, leverage: numberAt(ac, 'l') }] : NOTHING
}

function triggerRejection(or: Fields, listed: ReadonlyMap<string, Instrument>): readonly News[] {
  const instrument = listed.get(textAt(or, 's'))
  if (!instrument) return NOTHING
  return [
    { kind: 'trigger_rejected', venueId: textAt(or, 'i'), instrument, message: textIn(or, 'r') ?? 'no reason given' },
  ]
}

const positionsOf = (body: Fields): string =>
  rowsOf(body['p'] ?? [], 'MARGIN_CALL')
    .map((row) => `${textIn(row, 's')} ${textIn(row, 'pa')}`)
    .join(', ')
