import type { Config } from '../config/schema.ts'
import { startControlServer, type ControlServer } from '../server/control/server.ts'
import { socketPath } from '../server/control/socket-path.ts'
import type { ControlTarget } from '../server/control/target.ts'
import { accountDirectory } from './account-directory.ts'
import type { TradingSession } from './compose/trading.ts'
import type { AccountView } from './account-view.ts'

/** What people call the latch that `panic` leaves; in the engine it is the kill switch. */
const PANIC = 'PANIC'

export type ControlStarted =
  | { readonly kind: 'ok'; readonly server: ControlServer }
  /** A sentence. */
  | { readonly kind: 'refused'; readonly message: string }

/** Lets people reach the running bot at its account's private socket. */
export function startTradingControl(
  config: Config,
  account: string,
  session: TradingSession,
  view: AccountView,
): Promise<ControlStarted> {
  const target: ControlTarget = {
    reader: view,
    submit(command) {
      if (command.name !== 'clear_latch' || command.code !== PANIC) return session.commands.submit(command)
      session.clearPanic()
      return session.commands.submit({ ...command, code: 'KILL' })
    },
  }
  return startControlServer(socketPath(accountDirectory(config, account)), target)
}
