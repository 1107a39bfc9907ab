import { loadConfig, type ConfigResult } from '../config/load.ts'
import { PROGRAM, type Invocation } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printProblems } from './print-problems.ts'
import type { Override } from '../config/flag-layer.ts'

export type LoadedConfig = Extract<ConfigResult, { kind: 'ok' }>

/**
 * The configuration for one call: its -c files, the environment, and its options that set keys. `forced` are keys that the
 * command itself decides, such as the mode. On bad configuration everything is printed and the exit code returned.
 */
export function loadCommandConfig(
  invocation: Invocation,
  forced: readonly Override[] = [],
): LoadedConfig | { readonly kind: 'exit'; readonly code: ExitCode } {
  const { configFiles, envFile, overrides, output } = invocation
  const loaded = loadConfig({
    files: configFiles,
    overrides: [...overrides, ...forced],
    ...(envFile === undefined ? {} : { envFile }),
  })
  if (loaded.kind === 'ok') return loaded
  const files = configFiles.map((file) => ` -c ${file}`).join('')
  printProblems(output, loaded.problems, `Correct this, then run: ${PROGRAM} show-config${files}`)
  return { kind: 'exit', code: EXIT.configuration }
}
