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

/** What is missing of the account's keys: a sentence without a full stop. `null`: nothing. */
export function missingKeys({ exchange }: Config, credentials: Credentials | null): string | null {
  const { name, url } = exchange
  if (name === 'embedded') {
    if (url === null || credentials) return null
    return `exchange.url: the exchange at ${url} wants the key that it made: set LODESTONE__EXCHANGE__KEY and _SECRET`
  }
  if (!credentials) return `no keys for ${name}: set LODESTONE__EXCHANGE__KEY and _SECRET, or use --secrets`
  if (name === 'okx' && credentials.password === null)
    return 'okx signs with a passphrase as well: set LODESTONE__EXCHANGE__PASSWORD'
  return null
}
