import type { Elsewhere } from '../../../domain/event.ts'
import { textIn, type Fields } from '../../ccxt/wire-field.ts'

/** Is told of what the account has in contracts that are not traded; rows of which nothing is known but what they say. */
export type TellElsewhere = (what: Elsewhere) => void

/** Where a venue's rows have what a person wants to know of them. */
interface Keys {
  readonly symbol: string
  readonly quantity: string
  readonly price: string
}

const isNothing = (text: string | undefined): boolean => text === undefined || Number(text) === 0

/** In the venue's own words: nothing is reckoned with it. A position without a side has it in its sign. */
export function elsewhereIn(kind: Elsewhere['kind'], row: Fields, keys: Keys): Elsewhere {
  const quantity = textIn(row, keys.quantity) ?? '?'
  const sign =
    kind === 'position' && textIn(row, 'side') === undefined ? (quantity.startsWith('-') ? 'sell' : 'buy') : ''
  const side = sign || (textIn(row, 'side') ?? '?').toLowerCase()
  const price = textIn(row, keys.price)
  return {
    kind,
    symbol: textIn(row, keys.symbol) ?? '?',
    side: side === 'buy' || side === 'sell' ? side : null,
    quantity: quantity.replace(/^-/, ''),
    price: isNothing(price) ? null : (price ?? null),
  }
}
