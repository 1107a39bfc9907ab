import type { Override } from '../config/flag-layer.ts'
import type { LoadedConfig } from './load-command-config.ts'
import { loadCommandConfig } from './load-command-config.ts'
import type { Look } from '../app/look.ts'
import type { LookFailure } from '../app/look-failure.ts'
import type { CommandOption, Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

/** What all commands that look once at one symbol can be told. */
export const lookOptions: readonly CommandOption[] = [
  {
    flags: '--heatmap-url <url>',
    description: 'ask this heatmap service instead of the configured source',
    key: 'heatmap.url',
  },
  { flags: '--data <file>', description: 'candles (csv, csv.gz): for the estimator, and for technical confirmation' },
  { flags: '--price <price>', description: 'the price to hold the map against; without it the source’s own' },
]

export type LookOutcome =
  | { readonly kind: 'ok'; readonly look: Look; readonly loaded: LoadedConfig }
  | { readonly kind: 'exit'; readonly code: ExitCode }

const CODES: Readonly<Record<LookFailure['failure'], ExitCode>> = {
  error: EXIT.error,
  not_found: EXIT.notFound,
  configuration: EXIT.configuration,
  timeout: EXIT.timeout,
}

/** Says why there is nothing to look at, and with which code the command ends. */
export function printLookFailure({ output }: Invocation, failure: LookFailure): ExitCode {
  output.error(`${failure.message}.`)
  for (const { where, what, hint } of failure.problems)
    output.error(`  ${where}: ${what}${hint === null ? '' : `. ${hint}`}.`)
  if (failure.hint !== null) output.error(`  ${failure.hint}.`)
  return CODES[failure.failure]
}

/** Loads the configuration, reads the options and looks. Whatever fails has been printed when this returns. */
export async function lookFor(invocation: Invocation): Promise<LookOutcome> {
  const { options, output } = invocation
  const asked: readonly Override[] =
    options['heatmapUrl'] === undefined ? [] : [{ path: 'heatmap.source', value: 'api', flag: '--heatmap-url' }]
  const loaded = loadCommandConfig(invocation, asked)
  if (loaded.kind === 'exit') return loaded
  const text = options['price']
  const price = text === undefined ? null : Number(text)
  if (
    price !== null &&
    !(typeof text === 'string' && text.trim() !== '' && price > 0 && price < Number.POSITIVE_INFINITY)
  ) {
    output.error(`--price ${String(text)}: a number above 0, like 89175.1.`)
    return { kind: 'exit', code: EXIT.configuration }
  }
  const { look } = await import('../app/compose/look.ts')
  const file = typeof options['data'] === 'string' ? options['data'] : null
  const found = await look({ config: loaded.config, symbol: invocation.arguments[0] ?? '', file, price })
  if (found.kind === 'failed') return { kind: 'exit', code: printLookFailure(invocation, found) }
  return { kind: 'ok', look: found.look, loaded }
}
