import type { PanicOrder, PanicPosition, PanicVenue } from '../../../../port/panic-venue.ts'
import { decimalAt, flagIn, rowsOf, textAt, textIn } from '../../../ccxt/wire-field.ts'
import { ended } from '../panic-answer.ts'
import type { Request, Wire } from '../wire.ts'
import { COST } from './cost.ts'

/** Cancel: unknown order. Close: the reduce-only order was rejected, because nothing is left to reduce. */
const UNKNOWN_ORDER = '-2011'
const NOTHING_TO_REDUCE = '-2022'
const ONE_WAY = 'BOTH'

/** Everything of an account on USDⓈ-M futures, symbols that no bot knows included; positions in hedge mode too. */
export function createBinancePanic(wire: Wire): PanicVenue {
  const get = (method: string, cost: Request['cost']) => wire.ask('protective', { method, cost, parameters: {} })
  /** `positionSide` of what was seen last. */
  let sides: ReadonlyMap<string, string> = new Map()
  const keyOf = ({ symbol, direction }: PanicPosition): string => `${symbol} ${direction}`

  return {
    async openOrders() {
      const [regular, conditional] = await Promise.all([
        get('fapiPrivateGetOpenOrders', COST.allOpen),
        get('fapiPrivateGetOpenAlgoOrders', COST.allOpen),
      ])
      return [
        ...rowsOf(regular, 'openOrders').map((row): PanicOrder => ({
          symbol: textAt(row, 'symbol'),
          id: textAt(row, 'orderId'),
          clientOrderId: textIn(row, 'clientOrderId') ?? '',
          list: 'regular',
          reduceOnly: flagIn(row, 'reduceOnly') || flagIn(row, 'closePosition'),
        })),
        ...rowsOf(conditional, 'openAlgoOrders').map((row): PanicOrder => ({
          symbol: textAt(row, 'symbol'),
          id: textAt(row, 'algoId'),
          clientOrderId: textIn(row, 'clientAlgoId') ?? '',
          list: 'conditional',
          reduceOnly: flagIn(row, 'reduceOnly') || flagIn(row, 'closePosition'),
        })),
      ]
    },

    async positions() {
      const seen = new Map<string, string>()
      const positions: PanicPosition[] = []
      for (const row of rowsOf(await get('fapiPrivateV3GetPositionRisk', COST.account), 'positionRisk')) {
        const amount = decimalAt(row, 'positionAmt')
        if (amount.isZero()) continue
        const position: PanicPosition = {
          symbol: textAt(row, 'symbol'),
          direction: amount.gt(0) ? 'LONG' : 'SHORT',
          quantity: amount.abs().toFixed(),
        }
        positions.push(position)
        seen.set(keyOf(position), textIn(row, 'positionSide') ?? ONE_WAY)
      }
      sides = seen
      return positions
    },

    cancel: ({ symbol, id, list }) =>
      ended(
        wire.ask(
          'protective',
          list === 'regular'
            ? { method: 'fapiPrivateDeleteOrder', cost: COST.one, parameters: { symbol, orderId: id } }
            : { method: 'fapiPrivateDeleteAlgoOrder', cost: COST.one, parameters: { symbol, algoId: id } },
        ),
        UNKNOWN_ORDER,
      ),

    closeReduceOnly(position, id) {
      const { symbol, direction, quantity } = position
      const positionSide = sides.get(keyOf(position)) ?? ONE_WAY
      // In hedge mode the side says which position it is, closes nothing else, and forbids the flag.
      const reducing = positionSide === ONE_WAY ? { reduceOnly: 'true' } : { positionSide }
      return ended(
        wire.send('protective', {
          method: 'fapiPrivatePostOrder',
          cost: COST.placeOrder,
          parameters: {
            symbol,
            side: direction === 'LONG' ? 'SELL' : 'BUY',
            type: 'MARKET',
            quantity,
            ...reducing,
            newClientOrderId: id,
            newOrderRespType: 'RESULT',
          },
        }),
        NOTHING_TO_REDUCE,
      )
    },
  }
}
