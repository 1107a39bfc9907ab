import type { Opening } from '../opening.ts'
import { COST, LIMITER_RULES, WEIGHT } from './cost.ts'
import { createBinanceDialect, venueCodeOf } from './dialect.ts'
import { readListings } from './instrument.ts'
import { createBinancePanic } from './panic.ts'

export const BINANCE_OPENING: Opening = {
  limiter: LIMITER_RULES,
  weightBucket: WEIGHT,
  venueCodeOf,
  // Each of its codes for that comes with a status that says so.
  tooOften: () => null,
  codes: { key: ['-2014', '-2015'], secret: ['-1022'], clock: ['-1021'] },
  async listings(wire, keyless = false) {
    const [info, brackets] = await Promise.all([
      wire.ask('query', { method: 'fapiPublicGetExchangeInfo', cost: COST.one, parameters: {} }),
      keyless ? [] : wire.ask('query', { method: 'fapiPrivateGetLeverageBracket', cost: COST.one, parameters: {} }),
    ])
    return readListings(info, brackets)
  },
  dialect: ({ exchange, ...context }) =>
    createBinanceDialect({
      ...context,
      live: exchange.environment === 'live',
      streamBase: exchange.streamBase('future'),
    }),
  panic: createBinancePanic,
}
