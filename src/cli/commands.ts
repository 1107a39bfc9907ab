import { botCommands } from './account/commands-to-bot.ts'
import { readCommands } from './account/reads.ts'
import { arm } from './arm.ts'
import { auditVerify } from './audit-verify.ts'
import { backtesting } from './backtesting.ts'
import type { Command } from './command.ts'
import { exchangeServe } from './exchange-serve.ts'
import { heatmapServe } from './heatmap-serve.ts'
import { levels } from './levels.ts'
import { record } from './record.ts'
import { panicCommand } from './panic.ts'
import { schema } from './schema.ts'
import { showConfig } from './show-config.ts'
import { signal } from './signal.ts'
import { stats } from './stats.ts'
import { trade } from './trade.ts'

/** Every verb that is built, in the order of the help. */
export const commands: readonly Command[] = [
  trade,
  ...readCommands(async (directory) => (await import('../app/compose/read-journal.ts')).readJournal(directory)),
  ...botCommands,
  panicCommand(async (...asked) => (await import('./panic-account.ts')).openPanicAccount(...asked)),
  arm,
  auditVerify,
  backtesting,
  signal,
  levels,
  stats,
  record,
  heatmapServe,
  exchangeServe,
  showConfig,
  schema,
]
