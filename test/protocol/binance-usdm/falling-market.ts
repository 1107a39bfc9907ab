import type { TapeItem } from '../../../src/exchange/tape.ts'
import { tick } from '../../unit/exchange/fixture.ts'

const DEEP = { minuteVolume: 1_000_000 }
/** Liquid, from 50,000 to 49,000 between the tenth and the eleventh second. */
export const FALL: readonly TapeItem[] = [
  tick(0, 50_000, DEEP),
  tick(10_000, 50_000, DEEP),
  tick(11_000, 49_000, DEEP),
  tick(20_000, 49_000, DEEP),
  tick(90_000, 49_000, DEEP),
]
export const ORDER = '/fapi/v1/order'
export const ALGO = '/fapi/v1/algoOrder'
export const BUY = 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.010'
export const STOP =
  'symbol=BTCUSDT&side=SELL&algoType=CONDITIONAL&type=STOP_MARKET&quantity=0.010&triggerPrice=49500&reduceOnly=true&workingType=MARK_PRICE'
