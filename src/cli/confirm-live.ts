import { createInterface } from 'node:readline/promises'
import { tokenRefusal } from '../app/arm-token.ts'
import { confirmationText, liveTerms, type LiveTerms } from '../app/live-terms.ts'
import { aligned } from './aligned.ts'
import { PROGRAM, type Invocation } from './command.ts'
import type { LoadedConfig } from './load-command-config.ts'
import type { Output } from './output.ts'
import { printProblems } from './print-problems.ts'

export interface Confirmation {
  /** --live was given. */
  readonly live: boolean
  /** --confirm, for a start without a person. */
  readonly token: string | undefined
  /** Asks the person at the terminal for a line; `null` where there is none. */
  readonly ask: ((question: string) => Promise<string>) | null
  readonly now: () => number
}

/** A line from the terminal; `null` where nobody can type. */
export const terminalPrompt = (): Confirmation['ask'] =>
  process.stdin.isTTY !== true || process.stderr.isTTY !== true
    ? null
    : async (question) => {
        const reader = createInterface({ input: process.stdin, output: process.stderr })
        try {
          return await reader.question(question)
        } finally {
          reader.close()
        }
      }

/** `confirmLive` for one call of trade, at its terminal. */
export function confirmTrade(loaded: LoadedConfig, { options, output }: Invocation): Promise<boolean> {
  const { live, confirm } = options
  const token = typeof confirm === 'string' ? confirm : undefined
  return confirmLive(loaded, { live: live === true, token, ask: terminalPrompt(), now: Date.now }, output)
}

/**
 * Whether trading live is armed: mode, --live, every limit, keys, and a confirmation that was typed or carried by a token.
 * Anything missing is said on stderr and is false; nothing has been connected to by then.
 */
export async function confirmLive(loaded: LoadedConfig, given: Confirmation, output: Output): Promise<boolean> {
  const refuse = (what: string, next: string): boolean => {
    output.error(`Not armed: ${what}.`)
    output.error(`  ${next}`)
    return false
  }
  if (!given.live) return refuse('mode: live needs --live on the command line too', `${PROGRAM} trade -c FILE --live`)
  const terms = termsOf(loaded, output)
  if (terms === null) return false
  output.error(termsTable(terms))
  const secret = loaded.credentials?.secret ?? ''
  if (given.token !== undefined) {
    const refusal = tokenRefusal(given.token, terms, secret, given.now())
    return refusal === null || refuse(refusal, `${PROGRAM} arm -c FILE`)
  }
  if (given.ask === null)
    return refuse(
      'nobody can confirm here, for this is no terminal',
      `Make a token: ${PROGRAM} arm -c FILE, then trade --live --confirm TOKEN`,
    )
  return typedConfirmation(terms, given.ask, output)
}

/** The terms, or `null` after everything missing has been printed. */
export function termsOf(loaded: LoadedConfig, output: Output): LiveTerms | null {
  const found = liveTerms(loaded.config, loaded.hash, loaded.credentials)
  if (found.kind === 'ok') return found.terms
  printProblems(output, found.problems, 'Not armed: nothing was connected to')
  return null
}

/** True when the person typed the account and the amount. */
export async function typedConfirmation(
  terms: LiveTerms,
  ask: NonNullable<Confirmation['ask']>,
  output: Output,
): Promise<boolean> {
  const wanted = confirmationText(terms)
  const typed = await ask(`Type the account and the worst case to go on (${wanted}): `)
  if (typed.trim() === wanted) return true
  output.error('Not armed: that is not what was asked for.')
  return false
}

export const termsTable = (terms: LiveTerms): string =>
  [
    'REAL MONEY',
    aligned([
      ['  account', terms.account],
      ['  exchange', terms.exchange],
      ['  symbols', terms.symbols.join(', ')],
      ['  leverage', `${terms.leverage}× isolated`],
      ['  largest order', `${terms.maxOrderUsd} USD`],
      ['  largest position', `${terms.maxPositionUsd} USD, ${terms.maxOpenTrades} at once`],
      [
        '  entries stop',
        `at a loss of ${terms.maxDailyLossPct} % in a day or ${terms.maxDrawdownPct} % from the highest equity`,
      ],
      [
        '  worst case',
        `${terms.worstCaseUsd} USD: every stop fails and every position is worth nothing; you accept ${terms.maxLossUsd}`,
      ],
      ['  configuration', terms.configHash],
    ]),
  ].join('\n')
