import type { Config } from '../config/schema.ts'
import { startControlServer, type ControlServer } from '../server/control/server.ts'
import { socketPath } from '../server/control/socket-path.ts'
import type { ControlTarget } from '../server/control/target.ts'
import { accountDirectory } from './account-directory.ts'
import type { TradingSession } from './compose/trading.ts'
import type { AccountView } from './account-view.ts'
import { KILL, latchCode } from './latch-code.ts'

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
      if (command.name !== 'clear_latch') return session.commands.submit(command)
      const code = latchCode(command.code)
      if (code === KILL) session.clearPanic()
      return session.commands.submit({ ...command, code })
    },
  }
  return startControlServer(socketPath(accountDirectory(config, account)), target)
}
