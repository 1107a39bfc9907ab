import { setTimeout } from 'node:timers/promises'
import { PROGRAM, type Command } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { ACCOUNT_OPTION } from './find-account-option.ts'
import type { OpenJournal } from './open-journal.ts'

const WATCH_MS = 2_000
const HOME_AND_CLEAR = '\u001B[H\u001B[J'

/** The verbs that only look: at the running bot, or at the journal where none runs. */
export function readCommands(openJournal: OpenJournal): readonly Command[] {
  const status: Command = {
    name: 'status',
    description: 'Show how the bot stands: state, equity, open positions and orders, latches',
    options: [{ flags: '-w, --watch', description: 'again and again until Ctrl-C' }, ACCOUNT_OPTION],
    examples: ['status', 'status --watch', 'status --json'],
    run: async (invocation) => {
      const { readAccount } = await import('./read.ts')
      const { statusTable } = await import('./table.ts')
      const { output, json, options } = invocation
      const watch = options['watch'] === true
      const interrupt = watch ? invocation.interrupted() : undefined
      const clear = watch && !json && process.stdout.isTTY === true ? HOME_AND_CLEAR : ''
      for (;;) {
        const read = await readAccount(invocation, openJournal, { name: 'status' }, (reader) => reader.status())
        if (read.kind === 'exit') return read.code
        if (json) output.json(read.value)
        else output.data(`${clear}${statusTable(read.value)}`)
        if (!interrupt) {
          // The journal of a bot that has ended says that its entries are stopped: the next one clears that by itself.
          if (read.value.latches.some(({ code }) => read.source === 'bot' || code !== 'ENTRIES_STOPPED'))
            output.message(
              `A latch holds entries until a person clears it: ${PROGRAM} clear-latch CODE [SYMBOL] --reason TEXT`,
            )
          return EXIT.ok
        }
        await setTimeout(WATCH_MS, undefined, { signal: interrupt }).catch(() => undefined)
        if (interrupt.aborted) return EXIT.ok
      }
    },
  }

  const orders: Command = {
    name: 'orders',
    description: 'List the open orders in both of the venue’s lists; others’ than the bot’s only while it runs',
    options: [ACCOUNT_OPTION],
    examples: ['orders', 'orders --json'],
    run: async (invocation) => {
      const { readAccount } = await import('./read.ts')
      const { ordersTable } = await import('./table.ts')
      const read = await readAccount(invocation, openJournal, { name: 'orders' }, (reader) => reader.orders())
      if (read.kind === 'exit') return read.code
      const { output, json } = invocation
      if (json) output.json(read.value)
      else output.data(read.value.length === 0 ? 'No open orders.' : ordersTable(read.value))
      return EXIT.ok
    },
  }

  const positions: Command = {
    name: 'positions',
    description:
      'List the open positions with their stops, targets and liquidation prices; others’ only while the bot runs',
    options: [ACCOUNT_OPTION],
    examples: ['positions', 'positions --json'],
    run: async (invocation) => {
      const { readAccount } = await import('./read.ts')
      const { positionsTable } = await import('./table.ts')
      const read = await readAccount(invocation, openJournal, { name: 'positions' }, (reader) => reader.positions())
      if (read.kind === 'exit') return read.code
      const { output, json } = invocation
      if (json) output.json(read.value)
      else output.data(read.value.length === 0 ? 'No open positions.' : positionsTable(read.value))
      if (read.source === 'bot' && read.value.some(({ foreign }) => !foreign))
        output.message(`Close one: ${PROGRAM} force-exit TRADE`)
      return EXIT.ok
    },
  }

  const showTrades: Command = {
    name: 'show-trades',
    description: 'List closed trades, the newest last',
    options: [
      { flags: '--symbol <symbol>', description: 'only this one, like BTCUSDT' },
      { flags: '--since <time>', description: 'closed since: a date like 2026-01-31, or a time back like 7d' },
      { flags: '--limit <number>', description: 'the newest this many', default: '20' },
      ACCOUNT_OPTION,
    ],
    examples: ['show-trades', 'show-trades --symbol BTCUSDT --since 7d --limit 100', 'show-trades --json'],
    run: async (invocation) => {
      const { tradeFilter } = await import('./trade-filter.ts')
      const { output, json, options } = invocation
      const parsed = tradeFilter(options, Date.now())
      if (parsed.kind === 'invalid') {
        output.error(parsed.message)
        return EXIT.configuration
      }
      const { filter } = parsed
      const { readAccount } = await import('./read.ts')
      const { tradesTable } = await import('./table.ts')
      const query = { name: 'trades', ...filter } as const
      const read = await readAccount(invocation, openJournal, query, (reader) => reader.trades(filter))
      if (read.kind === 'exit') return read.code
      if (json) output.json(read.value)
      else output.data(read.value.length === 0 ? 'No closed trades.' : tradesTable(read.value))
      return EXIT.ok
    },
  }

  return [status, orders, positions, showTrades]
}
