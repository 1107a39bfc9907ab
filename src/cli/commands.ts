import type { Command } from './command.ts'
import { schema } from './schema.ts'
import { showConfig } from './show-config.ts'
import { trade } from './trade.ts'

/** Every verb that is built, in the order of the help. */
export const commands: readonly Command[] = [trade, showConfig, schema]
