import type { Decimal } from '../../../domain/decimal.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { OrderSide } from '../../../domain/side.ts'
import { dec } from './order-record.ts'
import { BAD_SYMBOL, failure, invalid, missing, unread, WRONG_ENDPOINT, type ApiFailure } from './reject-code.ts'
import { instrumentOf, type Call } from './route.ts'

const SIGNED = ['timestamp', 'recvWindow', 'signature'] as const
const COMMON = ['symbol', 'side', 'positionSide', 'type', 'quantity', 'reduceOnly', 'newOrderRespType'] as const
const REGULAR: ReadonlySet<string> = new Set([
  ...SIGNED,
  ...COMMON,
  'timeInForce',
  'price',
  'newClientOrderId',
  'selfTradePreventionMode',
  'priceMatch',
])
const ALGO: ReadonlySet<string> = new Set([
  ...SIGNED,
  ...COMMON,
  'algoType',
  'clientAlgoId',
  'triggerPrice',
  'workingType',
  'priceProtect',
  'timeInForce',
  'selfTradePreventionMode',
  'priceMatch',
])
const CONDITIONAL: ReadonlySet<string> = new Set([
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
])
const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/
const BAD_CLIENT_ID = failure(-1100, "Illegal characters found in parameter 'newClientOrderId'.")
const WRONG_POSITION_SIDE = failure(-4061, "Order's position side does not match user's setting.")

export interface RegularParameters {
  readonly kind: 'regular'
  readonly instrument: Instrument
  readonly side: OrderSide
  readonly type: 'MARKET' | 'LIMIT'
  readonly timeInForce: 'GTC' | 'IOC' | 'GTX'
  readonly quantity: Decimal
  readonly price: Decimal | null
  readonly reduceOnly: boolean
  readonly clientId: string | null
}

export interface AlgoParameters {
  readonly kind: 'algo'
  readonly instrument: Instrument
  readonly side: OrderSide
  readonly type: 'STOP_MARKET' | 'TAKE_PROFIT_MARKET'
  readonly quantity: Decimal
  readonly triggerPrice: Decimal
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE'
  readonly reduceOnly: boolean
  readonly clientId: string | null
}

interface Shared {
  readonly instrument: Instrument
  readonly side: OrderSide
  readonly quantity: Decimal
  readonly reduceOnly: boolean
}

/** A parameter that is not known may be the protection somebody believes to have set: it is refused. */
function unknownIn(parameters: URLSearchParams, known: ReadonlySet<string>): ApiFailure | null {
  for (const name of parameters.keys()) if (!known.has(name)) return unread(name)
  return null
}

function shared(call: Call): Shared | ApiFailure {
  const { parameters } = call
  const instrument = instrumentOf(call, parameters.get('symbol'))
  if (!parameters.get('symbol')) return missing('symbol')
  if (!instrument) return BAD_SYMBOL
  const side = parameters.get('side')
  if (side !== 'BUY' && side !== 'SELL') return side === null ? missing('side') : failure(-1117, 'Invalid side.')
  const positionSide = parameters.get('positionSide')
  if (positionSide !== null && positionSide !== 'BOTH') return WRONG_POSITION_SIDE
  if (call.account.hedged) return WRONG_POSITION_SIDE
  const text = parameters.get('quantity')
  if (text === null) return missing('quantity')
  const quantity = dec(text)
  if (quantity === null) return failure(-1100, "Illegal characters found in parameter 'quantity'.")
  const reduceOnly = parameters.get('reduceOnly')
  if (reduceOnly !== null && reduceOnly !== 'true' && reduceOnly !== 'false') return invalid('reduceOnly')
  return { instrument, side: side === 'BUY' ? 'buy' : 'sell', quantity, reduceOnly: reduceOnly === 'true' }
}

function priceOf(parameters: URLSearchParams, name: string): Decimal | ApiFailure {
  const text = parameters.get(name)
  if (text === null || text === '') return missing(name)
  return dec(text) ?? failure(-1100, `Illegal characters found in parameter '${name}'.`)
}

const isFailed = (value: object): value is ApiFailure => 'msg' in value

export function readRegular(call: Call): RegularParameters | ApiFailure {
  const { parameters } = call
  const type = parameters.get('type')
  if (type === null) return missing('type')
  if (CONDITIONAL.has(type)) return WRONG_ENDPOINT
  if (type !== 'MARKET' && type !== 'LIMIT') return failure(-1116, 'Invalid orderType.')
  const extra = unknownIn(parameters, REGULAR)
  if (extra) return extra
  const common = shared(call)
  if (isFailed(common)) return common
  const clientId = parameters.get('newClientOrderId')
  if (clientId !== null && !CLIENT_ID.test(clientId)) return BAD_CLIENT_ID
  if (type === 'MARKET') {
    if (parameters.has('price')) return failure(-1106, "Parameter 'price' sent when not required.")
    return { kind: 'regular', ...common, type, timeInForce: 'IOC', price: null, clientId }
  }
  const price = priceOf(parameters, 'price')
  if (isFailed(price)) return price
  const timeInForce = parameters.get('timeInForce')
  if (timeInForce === null) return missing('timeInForce')
  if (timeInForce !== 'GTC' && timeInForce !== 'IOC' && timeInForce !== 'GTX')
    return failure(-1115, 'Invalid timeInForce.')
  return { kind: 'regular', ...common, type, timeInForce, price, clientId }
}

export function readAlgo(call: Call): AlgoParameters | ApiFailure {
  const { parameters } = call
  if (parameters.get('algoType') !== 'CONDITIONAL')
    return parameters.has('algoType') ? invalid('algoType') : missing('algoType')
  const type = parameters.get('type')
  if (type === null) return missing('type')
  if (type !== 'STOP_MARKET' && type !== 'TAKE_PROFIT_MARKET') return failure(-1116, 'Invalid orderType.')
  const extra = unknownIn(parameters, ALGO)
  if (extra) return extra
  const common = shared(call)
  if (isFailed(common)) return common
  const clientId = parameters.get('clientAlgoId')
  if (clientId !== null && !CLIENT_ID.test(clientId)) return BAD_CLIENT_ID
  const triggerPrice = priceOf(parameters, 'triggerPrice')
  if (isFailed(triggerPrice)) return triggerPrice
  const workingType = parameters.get('workingType') ?? 'CONTRACT_PRICE'
  if (workingType !== 'MARK_PRICE' && workingType !== 'CONTRACT_PRICE') return invalid('workingType')
  return { kind: 'algo', ...common, type, triggerPrice, workingType, clientId }
}
