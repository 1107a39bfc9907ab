import { CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Command, Invocation } from '../../../src/cli/command.ts'
import { EXIT, type ExitCode } from '../../../src/cli/exit-code.ts'
import { createInterrupt } from '../../../src/cli/interrupt.ts'
import { createProgram } from '../../../src/cli/program.ts'

const trade: Command = {
  name: 'trade',
  aliases: ['run'],
  description: 'Trade',
  arguments: [{ name: '[pairs...]', description: 'pairs' }],
  options: [
    { flags: '-l, --leverage <n>', description: 'leverage', key: 'exchange.leverage', default: '3' },
    { flags: '--market <name>', description: 'market', key: 'market', choices: ['crowd', 'tape'] },
    { flags: '--plain-text', description: 'no table' },
    { flags: '--pairs <pairs...>', description: 'pairs', key: 'exchange.pairs' },
  ],
  examples: ['trade BTCUSDT'],
  run: () => EXIT.riskHalt,
}
const serve: Command = { name: 'heatmap serve', description: 'Serve', examples: ['heatmap serve'], run: () => EXIT.ok }

async function called(args: readonly string[], commands: readonly Command[] = [trade, serve]) {
  let invocation: Invocation | undefined
  let code: ExitCode | undefined
  const watched = commands.map((command) => ({
    ...command,
    run: (given: Invocation) => {
      invocation = given
      return command.run(given)
    },
  }))
  const program = createProgram({
    commands: watched,
    environment: {},
    interrupt: createInterrupt(),
    finished: (ended) => (code = ended),
  })
  const said: string[] = []
  const everyCommand = [program, ...program.commands, ...program.commands.flatMap((command) => command.commands)]
  for (const command of everyCommand) {
    command.configureOutput({
      ...command.configureOutput(),
      writeOut: (text) => said.push(text),
      writeErr: (text) => said.push(text),
    })
  }
  const failure = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error: unknown) => (error instanceof CommanderError ? error.code : String(error)),
  )
  return { invocation, code, said: said.join(''), failure }
}

describe('a call', () => {
  it('reaches its command by name or alias, and ends with its code', async () => {
    expect((await called(['trade'])).code).toBe(EXIT.riskHalt)
    expect((await called(['run', 'BTCUSDT', 'ETHUSDT'])).invocation?.arguments).toEqual(['BTCUSDT', 'ETHUSDT'])
    expect((await called(['heatmap', 'serve'])).code).toBe(EXIT.ok)
  })

  it('takes the common options before and behind the verb', async () => {
    const { invocation } = await called(['-c', 'a.yaml', 'trade', '--json', '-c', 'b.yaml'])
    expect(invocation).toMatchObject({ configFiles: ['a.yaml', 'b.yaml'], json: true })
    expect((await called(['trade'])).invocation).toMatchObject({ configFiles: [], json: false })
    expect((await called(['trade', '-v'])).invocation?.output.verbose).toBe(true)
  })

  it('sets configuration keys by the options that were given, not by their defaults', async () => {
    const { invocation } = await called(['trade', '--market', 'tape', '--pairs', 'A', 'B', '--plain-text'])
    expect(invocation?.overrides).toEqual([
      { path: 'market', value: 'tape', flag: '--market' },
      { path: 'exchange.pairs', value: ['A', 'B'], flag: '--pairs' },
    ])
    expect(invocation?.options).toMatchObject({ leverage: '3', plainText: true })
    expect((await called(['trade', '-l', '7'])).invocation?.overrides).toEqual([
      { path: 'exchange.leverage', value: '7', flag: '--leverage' },
    ])
  })
})

describe('a mistake', () => {
  it.each([
    [['trad'], 'commander.unknownCommand', 'Did you mean trade?'],
    [['heatmap', 'serv'], 'commander.unknownCommand', 'Did you mean serve?'],
    [['trade', '--leverag', '3'], 'commander.unknownOption', 'Did you mean --leverage?'],
    [['trade', '--market', 'moon'], 'commander.invalidArgument', 'crowd, tape'],
    [['trade', '--leverage'], 'commander.optionMissingArgument', 'Run: npx lodestone trade --help'],
    [['heatmap', 'serve', 'x'], 'commander.excessArguments', 'Run: npx lodestone heatmap serve --help'],
  ])('%j is answered with the way out', async (args, code, way) => {
    const { failure, said, invocation } = await called(args)
    expect(failure).toBe(code)
    expect(said).toMatch(/^lodestone: /)
    expect(said).toContain(way)
    expect(invocation).toBeUndefined()
  })
})

describe('help', () => {
  it('begins with examples and lists the verbs that are built', async () => {
    const { said, failure } = await called(['--help'])
    expect(failure).toBe('commander.helpDisplayed')
    expect(said).toMatch(/^Examples:\n {2}npx lodestone trade BTCUSDT\n {2}npx lodestone heatmap serve\n/)
    expect(said).toContain('trade|run')
    expect(said).not.toContain('backtesting')
  })

  it('of a verb begins with its examples and ends with the common options', async () => {
    const { said } = await called(['trade', '--help'])
    expect(said).toMatch(/^Examples:\n {2}npx lodestone trade BTCUSDT\n\nUsage: npx lodestone trade\|run/)
    expect(said).toContain('Global Options:')
    expect(said).toContain('--config <file>')
  })
})
