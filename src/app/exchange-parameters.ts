import type { Config } from '../config/schema.ts'
import type { ExchangeParameters } from '../exchange/parameters.ts'

/** The embedded exchange's own parameters, from the configuration. */
export const exchangeParameters = (config: Config): ExchangeParameters => ({
  ...config.simulation,
  marginMode: config.exchange.marginMode,
  leverage: config.exchange.leverage,
  startingBalance: config.dryRunWallet,
})
