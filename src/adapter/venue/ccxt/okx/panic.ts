import type { PanicOrder, PanicPosition, PanicVenue } from '../../../../port/panic-venue.ts'
import { decimalIn, flagIn, textAt, textIn, WireError, type Fields } from '../../../ccxt/wire-field.ts'
import { ended } from '../panic-answer.ts'
import type { Parameters, Wire } from '../wire.ts'
import { dataOf } from './contract.ts'
import { COST } from './cost.ts'

/** Cancel: gone or unknown. Close: there is no position left in this direction. */
const GONE = ['51400', '51401', '51402', '51410', '51603'] as const
const NOTHING_TO_REDUCE = ['51169', '51112'] as const
const ALGO_TYPES = ['conditional', 'oco', 'trigger', 'move_order_stop'] as const
const SWAP = 'SWAP'
const ONE_WAY = 'net'
const PAGE = 100
const MAX_PAGES = 20

interface Held {
  readonly tdMode: string
  readonly posSide: string
}

/** Every swap of an account, counted in contracts. */
export function createOkxPanic(wire: Wire): PanicVenue {
  /** How what was seen last is held: an order that closes it must say the same. */
  let held: ReadonlyMap<string, Held> = new Map()
  const keyOf = ({ symbol, direction }: PanicPosition): string => `${symbol} ${direction}`

  const get = (method: string, parameters: Parameters) =>
    wire.ask('protective', { method, cost: COST.one, parameters: { instType: SWAP, ...parameters } })

  async function pages(method: string, key: string, parameters: Parameters): Promise<readonly Fields[]> {
    const rows: Fields[] = []
    let after: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await get(method, { ...parameters, limit: PAGE, ...(after !== undefined && { after }) })
      const data = dataOf(answer, method)
      rows.push(...data)
      if (data.length < PAGE) return rows
      after = textAt(data.at(-1)!, key)
    }
    throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
  }

  return {
    async openOrders() {
      const [regular, ...conditional] = await Promise.all([
        pages('privateGetTradeOrdersPending', 'ordId', {}),
        ...ALGO_TYPES.map((ordType) => pages('privateGetTradeOrdersAlgoPending', 'algoId', { ordType })),
      ])
      return [
        ...regular.map((row): PanicOrder => ({
          symbol: textAt(row, 'instId'),
          id: textAt(row, 'ordId'),
          clientOrderId: textIn(row, 'clOrdId') ?? '',
          list: 'regular',
          reduceOnly: flagIn(row, 'reduceOnly'),
        })),
        ...conditional.flat().map((row): PanicOrder => ({
          symbol: textAt(row, 'instId'),
          id: textAt(row, 'algoId'),
          clientOrderId: textIn(row, 'algoClOrdId') ?? '',
          list: 'conditional',
          reduceOnly: flagIn(row, 'reduceOnly') || textIn(row, 'closeFraction') !== undefined,
        })),
      ]
    },

    async positions() {
      const seen = new Map<string, Held>()
      const positions: PanicPosition[] = []
      for (const row of dataOf(await get('privateGetAccountPositions', {}), 'positions')) {
        const amount = decimalIn(row, 'pos')
        if (!amount || amount.isZero()) continue
        const posSide = textIn(row, 'posSide') ?? ONE_WAY
        const position: PanicPosition = {
          symbol: textAt(row, 'instId'),
          // In hedge mode both sides have positive amounts.
          direction: posSide === 'short' || amount.lt(0) ? 'SHORT' : 'LONG',
          quantity: amount.abs().toFixed(),
        }
        positions.push(position)
        seen.set(keyOf(position), { tdMode: textAt(row, 'mgnMode'), posSide })
      }
      held = seen
      return positions
    },

    cancel: ({ symbol, id, list }) =>
      ended(
        wire.ask(
          'protective',
          list === 'regular'
            ? { method: 'privatePostTradeCancelOrder', cost: COST.one, parameters: { instId: symbol, ordId: id } }
            : {
                method: 'privatePostTradeCancelAlgos',
                cost: COST.cancelAlgo,
                parameters: [{ instId: symbol, algoId: id }],
              },
        ),
        ...GONE,
      ),

    async closeReduceOnly(position, id) {
      const how = held.get(keyOf(position))
      if (!how) throw new WireError(`no position of ${position.symbol} was seen`)
      const { tdMode, posSide } = how
      await ended(
        wire.send('protective', {
          method: 'privatePostTradeOrder',
          cost: COST.order,
          parameters: {
            instId: position.symbol,
            tdMode,
            side: position.direction === 'LONG' ? 'sell' : 'buy',
            ...(posSide !== ONE_WAY && { posSide }),
            ordType: 'market',
            sz: position.quantity,
            reduceOnly: true,
            clOrdId: id,
          },
        }),
        ...NOTHING_TO_REDUCE,
      )
    },
  }
}
