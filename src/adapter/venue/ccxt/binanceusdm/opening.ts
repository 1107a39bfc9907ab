import type { Opening } from '../opening.ts'
import { COST, LIMITER_RULES, WEIGHT } from './cost.ts'
import { createBinanceDialect, venueCodeOf } from './dialect.ts'
import { readListings } from './instrument.ts'
import { createBinancePanic } from './panic.ts'

/** Ms for which a firewall that has turned a request away is asked nothing but what protects. */
const FIREWALL_MS = 5_000

export const BINANCE_OPENING: Opening = {
  limiter: LIMITER_RULES,
  weightBucket: WEIGHT,
  venueCodeOf,
  // Each of its codes for that comes with a status that says so. Its firewall speaks no JSON, and names no time.
  tooOften: ({ record: { status }, venueCode }) => (status === 403 && venueCode === null ? FIREWALL_MS : null),
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
