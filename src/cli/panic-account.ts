import { accountOf } from '../app/account-directory.ts'
import { openPanic, type OpenedPanic } from '../app/compose/panic.ts'
import { findAccount } from './account/find-account.ts'
import { PROGRAM, type Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { LoadedConfig } from './load-command-config.ts'

/** Latches and opens the account that is meant: that of the keys, or of the bot whose embedded exchange is running. */
export async function openPanicAccount(
  loaded: LoadedConfig,
  invocation: Invocation,
  reason: string,
): Promise<OpenedPanic | { readonly kind: 'exit'; readonly code: ExitCode }> {
  const { config, credentials } = loaded
  const { name, url } = config.exchange
  if (name === 'embedded' && url === null) {
    const found = await findAccount(invocation)
    return found.kind === 'exit' ? found : await openPanic({ config, credentials, account: found.account, reason })
  }
  if (config.mode === 'paper' || config.mode === 'backtest') {
    invocation.output.error(
      `mode: ${config.mode} has nothing at ${name}. Use the configuration that the bot trades with: -c FILE, or --mode.`,
    )
    if (config.mode === 'paper' && config.market === 'ccxt')
      invocation.output.error(
        `  Simulated money is in the bot alone. To close everything there: ${PROGRAM} stop-entry, then ${PROGRAM} force-exit all`,
      )
    return { kind: 'exit', code: EXIT.configuration }
  }
  return await openPanic({ config, credentials, account: accountOf(config, credentials), reason })
}
