import type { CcxtId } from '../../ccxt/environment.ts'
import { BINANCE_OPENING } from './binanceusdm/opening.ts'
import { BYBIT_OPENING } from './bybit/opening.ts'
import { createOkxOpening } from './okx/opening.ts'
import type { Opening } from './opening.ts'

const OPENINGS: Readonly<Record<CcxtId, () => Opening>> = {
  binanceusdm: () => BINANCE_OPENING,
  bybit: () => BYBIT_OPENING,
  okx: createOkxOpening,
}

/** How an exchange is begun with; one for each account that is opened. */
export const openingOf = (id: CcxtId): Opening => OPENINGS[id]()
