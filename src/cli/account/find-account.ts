import { existsSync } from 'node:fs'
import { accountDirectory, accountOf, knownAccounts } from '../../app/account-directory.ts'
import { mayBeOf } from '../../config/credentials.ts'
import { processOf } from '../../app/compose/account-store.ts'
import { askBot } from '../../server/control/client.ts'
import { socketPath } from '../../server/control/socket-path.ts'
import { PROGRAM, type Invocation } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { loadCommandConfig } from '../load-command-config.ts'

export interface FoundAccount {
  readonly kind: 'ok'
  readonly account: string
  readonly directory: string
  readonly socket: string
  /** Of the process that has the account, whether or not it answers at the socket. `null`: none is known. */
  readonly pid: number | null
}

const PROBE_MS = 500

/** The account that a command means: the named one, that of the keys, the only one there is, or the only one running. */
export async function findAccount(
  invocation: Invocation,
): Promise<FoundAccount | { readonly kind: 'exit'; readonly code: ExitCode }> {
  const loaded = loadCommandConfig(invocation)
  if (loaded.kind === 'exit') return loaded
  const { config, credentials } = loaded
  const { output, options } = invocation
  const found = (account: string): FoundAccount => {
    const directory = accountDirectory(config, account)
    return { kind: 'ok', account, directory, socket: socketPath(directory), pid: processOf(config.dataDir, account) }
  }

  // Whoever has set a key means its account, and never that of another one.
  const known = knownAccounts(config).filter((each) => credentials === null || mayBeOf(each, credentials.key))
  const named = options['account']
  if (typeof named === 'string') {
    if (existsSync(accountDirectory(config, named)) && /^[\w-]+$/.test(named)) return found(named)
    output.error(`There is no account ${named} in ${config.dataDir}.`)
    output.error(known.length === 0 ? `  Start one: ${PROGRAM} trade` : `  Accounts there: ${known.join(', ')}`)
    return { kind: 'exit', code: EXIT.notFound }
  }
  const { name, url } = config.exchange
  if (credentials !== null && (name !== 'embedded' || url !== null)) return found(accountOf(config, credentials))
  if (known.length === 1) return found(known[0]!)
  if (known.length === 0) {
    output.error(`No bot is running, and none has left a journal in ${config.dataDir}.`)
    output.error(`  Start one: ${PROGRAM} trade`)
    return { kind: 'exit', code: EXIT.notRunning }
  }
  const answers = await Promise.all(
    known.map(async (account) => {
      const asked = await askBot(found(account).socket, { name: 'status' }, PROBE_MS)
      return asked.kind === 'not_running' ? [] : [account]
    }),
  )
  const running = answers.flat()
  if (running.length === 1) return found(running[0]!)
  output.error(`Which account? ${config.dataDir} has ${known.join(', ')}; running: ${running.join(', ') || 'none'}.`)
  output.error('  Say it with --account NAME')
  return { kind: 'exit', code: EXIT.configuration }
}
