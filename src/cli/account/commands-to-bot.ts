import { userInfo } from 'node:os'
import { latchCode } from '../../app/latch-code.ts'
import type { PositionRow, StatusReport } from '../../domain/account-report.ts'
import { normaliseSymbol } from '../../domain/instrument.ts'
import { latchName } from '../../domain/latch-name.ts'
import type { Command, OptionValue } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { ACCOUNT_OPTION } from './find-account-option.ts'

const REASON_OPTION = { flags: '--reason <text>', description: 'for the journal' } as const
const STOPPED = 'ENTRIES_STOPPED'
const DEFAULT_REASON = 'by hand'
const MAX_REASON = 500

/** One line, of what can be printed: it is shown in tables. */
const reasonOf = (value: OptionValue): string =>
  (typeof value === 'string'
    ? value
        .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
        .trim()
        .slice(0, MAX_REASON)
    : '') || DEFAULT_REASON

/** Who tells the bot: the number where the user has no name, as in a container. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

const stopEntry: Command = {
  name: 'stop-entry',
  aliases: ['stopentry'],
  description: 'Tell the running bot to enter no more; open positions are managed to their end',
  options: [REASON_OPTION, ACCOUNT_OPTION],
  examples: ['stop-entry', 'stop-entry --reason "news at 14:30"'],
  run: async (invocation) => {
    const { tellAccount } = await import('./tell.ts')
    const command = { name: 'stop_entry', reason: reasonOf(invocation.options['reason']) } as const
    return tellAccount(invocation, command, 'no more entries; resume-entry allows them again')
  },
}

const resumeEntry: Command = {
  name: 'resume-entry',
  aliases: ['resumeentry'],
  description: 'Tell the running bot that it may enter again after stop-entry; latches stay',
  options: [REASON_OPTION, ACCOUNT_OPTION],
  examples: ['resume-entry'],
  run: async (invocation) => {
    const { tellAccount } = await import('./tell.ts')
    const reason = reasonOf(invocation.options['reason'])
    const command = { name: 'resume_entry', by: userName(), reason } as const
    let held: readonly string[] = []
    let wasStopped = false
    const done = (): string => {
      const what = wasStopped ? 'stop-entry is lifted' : 'no stop-entry held entries'
      return `${what}; ${held.length === 0 ? 'entries are allowed' : `entries are still held by ${held.join(', ')}`}`
    }
    return tellAccount(invocation, command, done, {
      query: { name: 'status' },
      missing: (result) => {
        const { latches } = result as StatusReport
        held = latches.filter(({ code }) => code !== STOPPED).map(latchName)
        wasStopped = latches.some(({ code }) => code === STOPPED)
        return null
      },
    })
  },
}

const forceExit: Command = {
  name: 'force-exit',
  aliases: ['forceexit'],
  description: 'Tell the running bot to close a trade now, or all of them, with reduce-only market orders',
  arguments: [{ name: '<trade>', description: 'the trade’s id as positions shows it, or all' }],
  options: [ACCOUNT_OPTION],
  examples: ['force-exit all', 'force-exit TRADE'],
  run: async (invocation) => {
    const [tradeId = ''] = invocation.arguments
    if (!/^[\w:.-]{1,80}$/.test(tradeId)) {
      invocation.output.error(`force-exit ${tradeId}: that is no trade’s id. Look with positions.`)
      return EXIT.notFound
    }
    const { tellAccount } = await import('./tell.ts')
    let open: readonly string[] = []
    // A trade that opens meanwhile is closed as well: what was open at the look is no more than what is said.
    const done = (): string => {
      if (tradeId !== 'all') return `closing ${tradeId}`
      return open.length === 0 ? 'no trade of the bot was open' : `closing ${open.join(', ')}`
    }
    return tellAccount(invocation, { name: 'force_exit', tradeId }, done, {
      query: { name: 'positions' },
      missing: (result) => {
        open = (result as readonly PositionRow[]).flatMap(({ trade_id }) => (trade_id === null ? [] : [trade_id]))
        if (tradeId === 'all' || open.includes(tradeId)) return null
        return `There is no open trade ${tradeId}. Open: ${open.join(', ') || 'none'}.`
      },
    })
  },
}

/** A latch as a person names it, also in one word as `status` shows it; `undefined`: that is no symbol. */
function namedLatch(words: readonly string[]): { readonly code: string; readonly symbol: string | null } | undefined {
  const [code = '', ...rest] = words.flatMap((word) => word.trim().split(/\s+/))
  const symbol = rest.length === 0 ? null : normaliseSymbol(rest.join(''))
  return symbol === undefined ? undefined : { code: code.toUpperCase(), symbol }
}

const clearLatch: Command = {
  name: 'clear-latch',
  description: 'Clear a latch that holds entries, on record with your name and reason',
  arguments: [
    { name: '<code>', description: 'the latch’s code as status shows it' },
    { name: '[symbol]', description: 'only the one that holds for this symbol; without it all of the code' },
  ],
  options: [{ flags: '--reason <text>', description: 'why trading may go on; required' }, ACCOUNT_OPTION],
  examples: [
    'clear-latch ENTRY_RATE --reason "one news spike, looked at every trade"',
    'clear-latch FOREIGN ETHUSDT --reason "my own order, cancelled"',
  ],
  run: async (invocation) => {
    const given = invocation.options['reason']
    if (typeof given !== 'string' || given.trim() === '') {
      invocation.output.error('clear-latch needs --reason TEXT: a latch is cleared by a person who says why.')
      return EXIT.configuration
    }
    const named = namedLatch(invocation.arguments)
    if (named === undefined) {
      invocation.output.error(`clear-latch ${invocation.arguments.join(' ')}: write the symbol like BTCUSDT.`)
      return EXIT.notFound
    }
    const { tellAccount } = await import('./tell.ts')
    const command = { name: 'clear_latch', ...named, by: userName(), reason: reasonOf(given) } as const
    return tellAccount(invocation, command, `latch ${latchName(named)} is cleared`, {
      query: { name: 'status' },
      missing: (result) => {
        const { latches } = result as StatusReport
        const code = latchCode(named.code)
        if (latches.some((latch) => latch.code === code && (named.symbol ?? latch.symbol) === latch.symbol)) return null
        return `There is no latch ${latchName(named)}. Latches: ${latches.map(latchName).join(', ') || 'none'}.`
      },
    })
  },
}

/** The verbs that only the running bot can carry out. */
export const botCommands: readonly Command[] = [stopEntry, resumeEntry, forceExit, clearLatch]
