import type { PanicOrder, PanicPosition, PanicVenue } from '../../../../port/panic-venue.ts'
import {
  decimalIn,
  flagIn,
  numberAt,
  rowsOf,
  textAt,
  textIn,
  WireError,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import { ended } from '../panic-answer.ts'
import type { Parameters, Wire } from '../wire.ts'
import { COST } from './cost.ts'
import { resultOf } from './instrument.ts'

/** Cancel: gone or unknown. Close: the position is flat, or smaller already. */
const GONE = ['110001', '110008', '110010', '170142', '170213'] as const
const NOTHING_TO_REDUCE = '110017'
const SETTLE_COINS = ['USDT', 'USDC'] as const
const ORDER_PAGE = 50
const POSITION_PAGE = 200
const MAX_PAGES = 20

/** Every linear contract of a unified account; conditional orders stand in the same list there. */
export function createBybitPanic(wire: Wire): PanicVenue {
  /** `positionIdx` of what was seen last: 0 one-way, 1 and 2 the sides of hedge mode. */
  let sides: ReadonlyMap<string, number> = new Map()
  const keyOf = ({ symbol, direction }: PanicPosition): string => `${symbol} ${direction}`

  async function pages(method: string, limit: number, parameters: Parameters): Promise<readonly Fields[]> {
    const rows: Fields[] = []
    let cursor: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await wire.ask('protective', {
        method,
        cost: COST.one,
        parameters: { category: 'linear', ...parameters, limit, ...(cursor !== undefined && { cursor }) },
      })
      const result = resultOf(answer, method)
      rows.push(...rowsOf(result['list'], method))
      cursor = textIn(result, 'nextPageCursor')
      if (cursor === undefined) return rows
    }
    throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
  }

  const ofEveryCoin = async (method: string, limit: number): Promise<readonly Fields[]> =>
    (await Promise.all(SETTLE_COINS.map((settleCoin) => pages(method, limit, { settleCoin })))).flat()

  return {
    openOrders: async () =>
      (await ofEveryCoin('privateGetV5OrderRealtime', ORDER_PAGE)).map((row): PanicOrder => ({
        symbol: textAt(row, 'symbol'),
        id: textAt(row, 'orderId'),
        clientOrderId: textIn(row, 'orderLinkId') ?? '',
        list: textIn(row, 'stopOrderType') === undefined ? 'regular' : 'conditional',
        reduceOnly: flagIn(row, 'reduceOnly') || flagIn(row, 'closeOnTrigger'),
      })),

    async positions() {
      const seen = new Map<string, number>()
      const positions: PanicPosition[] = []
      for (const row of await ofEveryCoin('privateGetV5PositionList', POSITION_PAGE)) {
        const size = decimalIn(row, 'size')
        if (!size || size.isZero()) continue
        const position: PanicPosition = {
          symbol: textAt(row, 'symbol'),
          direction: row['side'] === 'Buy' ? 'LONG' : 'SHORT',
          quantity: size.toFixed(),
        }
        positions.push(position)
        seen.set(keyOf(position), numberAt(row, 'positionIdx'))
      }
      sides = seen
      return positions
    },

    cancel: ({ symbol, id }) =>
      ended(
        wire.ask('protective', {
          method: 'privatePostV5OrderCancel',
          cost: COST.cancel,
          parameters: { category: 'linear', symbol, orderId: id },
        }),
        ...GONE,
      ),

    closeReduceOnly(position, id) {
      const { symbol, direction, quantity } = position
      return ended(
        wire.send('protective', {
          method: 'privatePostV5OrderCreate',
          cost: COST.order,
          parameters: {
            category: 'linear',
            symbol,
            side: direction === 'LONG' ? 'Sell' : 'Buy',
            orderType: 'Market',
            qty: quantity,
            reduceOnly: true,
            positionIdx: sides.get(keyOf(position)) ?? 0,
            orderLinkId: id,
          },
        }),
        NOTHING_TO_REDUCE,
      )
    },
  }
}
