import { Command as Commander, Option } from 'commander'
import type { Override } from '../config/flag-layer.ts'
import { maskText } from '../config/secret.ts'
import { PROGRAM, type Command, type CommandOption, type Invocation, type OptionValue } from './command.ts'
import type { ExitCode } from './exit-code.ts'
import type { Interrupt } from './interrupt.ts'
import { createOutput } from './output.ts'
import { packageVersion } from './version.ts'

interface GlobalOptions {
  readonly config?: readonly string[]
  readonly secrets?: string
  readonly json?: true
  readonly quiet?: true
  readonly verbose?: true
  readonly color: boolean
}

interface Settings {
  readonly commands: readonly Command[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly interrupt: Interrupt
  /** Called with the code of the command that ran. */
  readonly finished: (code: ExitCode) => void
}

const examplesText = (examples: readonly string[]): string =>
  `Examples:\n${examples.map((example) => `  ${PROGRAM} ${example}`).join('\n')}\n`

/** The program with its commands. Parsing throws commander's errors and never exits. */
export function createProgram(settings: Settings): Commander {
  const program = new Commander(PROGRAM)
  prepare(program)
  program
    .description('Trades crypto perpetual futures by a liquidation heatmap. Nothing here trades real money by default.')
    .version(packageVersion())
    .configureHelp({ showGlobalOptions: true })
    .option(
      '-c, --config <file>',
      'configuration file, repeatable; later files win',
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    // Not --env-file: Node takes that one for itself, wherever it stands, and ends when the file is missing.
    .option('--secrets <file>', 'a file of variables, such as the exchange’s keys, that only you can read')
    .option('--json', 'print data as JSON')
    .option('-q, --quiet', 'print no messages but errors')
    .option('-v, --verbose', 'print details, and the stack of unexpected errors')
    .option('--no-color', 'print without colours, as the environment variable NO_COLOR does')
    .addHelpText('before', examplesText(settings.commands.flatMap(({ examples }) => examples.slice(0, 1))))
  for (const command of settings.commands) addCommand(program, command, settings)
  return program
}

function prepare(commander: Commander): void {
  commander.exitOverride().configureOutput({
    outputError: (text, write) => write(errorText(text, commander)),
  })
}

const SECRET_OPTION =
  '  Secrets are never read from the command line, where every user of the machine and your shell’s history see them.\n' +
  '  Set LODESTONE__EXCHANGE__KEY and LODESTONE__EXCHANGE__SECRET in the environment, or use --secrets FILE. A key that\n' +
  '  has been typed here should be replaced.\n'

/** commander's errors in this program's words: `error: unknown option '--jso'\n(Did you mean --json?)`. */
function errorText(text: string, commander: Commander): string {
  const [first = '', ...rest] = text.trim().split('\n')
  const suggestions = rest.map((line) => `  ${line.replace(/^\(|\)$/g, '')}\n`).join('')
  const secret = /unknown option '-+[\w-]*(key|secret|password|passphrase)/i.test(first) ? SECRET_OPTION : ''
  return `lodestone: ${maskText(first.replace(/^error: /, ''))}\n${suggestions}${secret}  Run: ${callOf(commander)} --help\n`
}

function callOf(commander: Commander): string {
  return commander.parent ? `${callOf(commander.parent)} ${commander.name()}` : commander.name()
}

function addCommand(program: Commander, command: Command, settings: Settings): void {
  const words = command.name.split(' ')
  const parent = words.slice(0, -1).reduce((group, word) => groupOf(group, word), program)
  const options = command.options ?? []
  const child = parent
    .command(words.at(-1) ?? command.name)
    .description(command.description)
    .aliases(command.aliases ?? [])
  prepare(child)
  for (const { name, description } of command.arguments ?? []) child.argument(name, description)
  const added = options.map((option) => ({ option, parsed: commanderOption(option) }))
  for (const { parsed } of added) child.addOption(parsed)
  child.addHelpText('before', examplesText(command.examples))
  child.action(async () => {
    const globals = program.opts<GlobalOptions>()
    const values = child.opts<Record<string, OptionValue>>()
    const overrides = added.flatMap(({ option, parsed }): readonly Override[] => {
      const name = parsed.attributeName()
      const value = values[name]
      const given = child.getOptionValueSource(name) === 'cli'
      return option.key === undefined || !given ? [] : [{ path: option.key, value, flag: parsed.long ?? parsed.flags }]
    })
    const invocation: Invocation = {
      arguments: child.args,
      options: values,
      configFiles: globals.config ?? [],
      ...(globals.secrets === undefined ? {} : { envFile: globals.secrets }),
      overrides,
      json: globals.json === true,
      output: createOutput(
        {
          quiet: globals.quiet === true,
          verbose: globals.verbose === true,
          color: globals.color && (settings.environment['NO_COLOR'] ?? '') === '',
        },
        process.stdout,
        process.stderr,
      ),
      interrupted: settings.interrupt.signal,
    }
    settings.finished(await command.run(invocation))
  })
}

/** What the commands of a group are about. */
const GROUPS: Readonly<Record<string, string>> = {
  audit: 'The record that an account’s journal keeps: audit verify',
  heatmap: 'Our own liquidation heatmap: heatmap serve',
  exchange: 'The simulated exchange: exchange serve',
}

function groupOf(parent: Commander, word: string): Commander {
  const known = parent.commands.find((each) => each.name() === word)
  if (known) return known
  const group = parent.command(word).description(GROUPS[word] ?? '')
  prepare(group)
  return group
}

function commanderOption({ flags, description, choices, default: fallback }: CommandOption): Option {
  const option = new Option(flags, description)
  if (choices) option.choices(choices)
  if (fallback !== undefined) option.default(fallback)
  return option
}
