import type { AccountReader } from '../../domain/account-report.ts'
import type { ControlCommand } from './message.ts'

/** What came of a command once the engine has taken it. */
export type CommandOutcome =
  | {
      readonly kind: 'done'
      /** Orders sent and cancels asked for because of it. */
      readonly orders: number
      readonly cancels: number
      /** What the engine said about it. */
      readonly alerts: readonly string[]
    }
  /** Not carried out, and it will not be. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

/** The bot, as the control socket needs it. Reads must not wait; submit resolves when the engine has seen the command. */
export interface ControlTarget {
  readonly reader: AccountReader
  submit(command: ControlCommand): Promise<CommandOutcome>
}
