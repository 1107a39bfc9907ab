import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { accountName, type Credentials } from '../config/credentials.ts'
import { ENVIRONMENTS } from '../config/exchange-name.ts'
import type { Config } from '../config/schema.ts'

/** The name of the account that this configuration trades, with these keys. */
export function accountOf(config: Config, credentials: Credentials | null): string {
  const { name, environment, url } = config.exchange
  // An embedded exchange of our own gives us the key of its one account.
  const ours = name === 'embedded' && url === null
  const key = ours || config.mode === 'paper' ? null : (credentials?.key ?? null)
  if (config.mode !== 'testnet') return accountName(name, config.mode, key)
  return accountName(name, environment ?? ENVIRONMENTS[name][0] ?? 'testnet', key)
}

/** Where everything of an account lies: journal, log, latch and control socket. */
export const accountDirectory = (config: Config, account: string): string => join(config.dataDir, account)

const NAME = /^[a-z0-9]+(-[a-z0-9]+)+$/
/** More accounts than anybody has in one place; the others are not looked at. */
const MAX_ACCOUNTS = 100

/** The accounts that have a directory, those of one exchange where the configuration names a real one. */
export function knownAccounts(config: Config): readonly string[] {
  if (!existsSync(config.dataDir)) return []
  const { name } = config.exchange
  return readdirSync(config.dataDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map((entry) => entry.name)
    .filter((account) => name === 'embedded' || account.startsWith(`${name}-`))
    .toSorted()
    .slice(0, MAX_ACCOUNTS)
}
