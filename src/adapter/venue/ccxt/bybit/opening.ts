import type { Opening } from '../opening.ts'
import { LIMITER_RULES, tooOften } from './cost.ts'
import { createBybitDialect, venueCodeOf } from './dialect.ts'
import { readListings } from './instrument.ts'
import { createBybitPanic } from './panic.ts'

export const BYBIT_OPENING: Opening = {
  limiter: LIMITER_RULES,
  weightBucket: 0,
  venueCodeOf,
  tooOften,
  // 33004: expired; 10010: this address is not among those the key allows
  codes: { key: ['10003', '10005', '10010', '33004'], secret: ['10004'], clock: ['10002'] },
  listings: readListings,
  dialect: createBybitDialect,
  panic: createBybitPanic,
}
