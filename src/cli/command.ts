import type { Override } from '../config/flag-layer.ts'
import type { ExitCode } from './exit-code.ts'
import type { Interrupt } from './interrupt.ts'
import type { Output } from './output.ts'

/** How commands are called from a clone; all help says it like this. */
export const PROGRAM = 'npx lodestone'

export interface CommandArgument {
  /** `<pair>`, `[pair]` or `[pairs...]`. */
  readonly name: string
  readonly description: string
}

export interface CommandOption {
  /** `-s, --speed <factor>`, `--plain`, `--pairs <pairs...>`. */
  readonly flags: string
  readonly description: string
  /** The configuration key that the option sets, dotted: `exchange.leverage`. */
  readonly key?: string
  readonly choices?: readonly string[]
  readonly default?: string | boolean
}

export type OptionValue = string | boolean | readonly string[] | undefined

/** One call of a command. */
export interface Invocation {
  /** Positional arguments in their order; a variadic one ends the list. */
  readonly arguments: readonly string[]
  /** The command's own options by their camelCase names. */
  readonly options: Readonly<Record<string, OptionValue>>
  /** -c, in order. */
  readonly configFiles: readonly string[]
  /** --secrets. */
  readonly envFile?: string
  /** What options with a `key` set. */
  readonly overrides: readonly Override[]
  /** Data goes out as JSON. */
  readonly json: boolean
  readonly output: Output
  /**
   * Aborts at the first Ctrl-C, SIGTERM, lost terminal or lost reader of stdout; asking for it takes over those signals,
   * so ask only when you stop in an orderly way. A second Ctrl-C ends the process at once with code 130.
   */
  readonly interrupted: Interrupt['signal']
}

/** A verb of the command line. `run` imports what it needs, so that help costs nothing. */
export interface Command {
  /** A verb, or a group and a verb: `heatmap serve`. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly description: string
  readonly arguments?: readonly CommandArgument[]
  readonly options?: readonly CommandOption[]
  /** What follows `npx lodestone`; the first one also stands in the program's help. */
  readonly examples: readonly string[]
  readonly run: (invocation: Invocation) => ExitCode | Promise<ExitCode>
}
