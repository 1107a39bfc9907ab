import type { CcxtEnvironment } from '../../adapter/ccxt/environment.ts'
import type { Credentials as CcxtCredentials } from '../../adapter/ccxt/open-exchange.ts'
import type { Credentials } from '../../config/credentials.ts'
import { ENVIRONMENTS } from '../../config/exchange-name.ts'
import type { Config } from '../../config/schema.ts'

/** The system of the exchange that a configuration means. */
export function environmentOf({ mode, exchange }: Config): CcxtEnvironment {
  if (exchange.name === 'embedded') return 'embedded'
  if (mode === 'live') return 'live'
  return exchange.environment ?? ENVIRONMENTS[exchange.name][0] ?? 'testnet'
}

/** The account's keys as the adapters want them; `null`: there are none. */
export const keysOf = (credentials: Credentials | null): CcxtCredentials | null =>
  credentials && {
    apiKey: credentials.key,
    secret: credentials.secret,
    ...(credentials.password !== null && { passphrase: credentials.password }),
  }
