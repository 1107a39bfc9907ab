import { CommanderError } from 'commander'
import { readCredentials } from '../config/credentials.ts'
import { environment } from '../config/environment.ts'
import type { Command } from './command.ts'
import { commands as builtCommands } from './commands.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { createInterrupt } from './interrupt.ts'
import { createProgram } from './program.ts'
import { scrubStream } from './scrubbed-stream.ts'

const LEFT_OPEN_MS = 1_000

/** Runs one command line (without the program's name) and says how it ended. Whatever a command throws is printed here. */
export async function main(args: readonly string[], commands: readonly Command[] = builtCommands): Promise<ExitCode> {
  // Before anything can be said: what is in the environment is known, a file's follows when it is read.
  readCredentials(environment())
  scrubStream(process.stdout)
  scrubStream(process.stderr)
  const interrupt = createInterrupt()
  let code: ExitCode = EXIT.ok
  const program = createProgram({
    commands,
    environment: environment(),
    interrupt,
    finished: (ended) => (code = ended),
  })
  const verbose = (): boolean => program.opts<{ verbose?: true }>().verbose === true

  let isLost = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Somebody read as much as they wanted (`| head`): no error, but nobody to write for either.
    const isEnough = error.code === 'EPIPE'
    if (!isEnough && !isLost) {
      isLost = true
      process.stderr.write(`lodestone: stdout cannot be written: ${unwritable(error)}.\n`)
      process.once('exit', () => (process.exitCode = EXIT.error))
    }
    // What trades ends in its own time, even where nobody sees it.
    if (!interrupt.stop()) process.exit(isEnough ? EXIT.ok : EXIT.error)
  })
  process.stderr.on('error', () => undefined)
  process.on('uncaughtException', (error) => {
    printUnexpected(error, verbose())
    process.exit(EXIT.error)
  })

  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.configuration
    printUnexpected(error, verbose())
    // What it has left open (sockets, an exchange of its own, a lock) must not keep the process.
    setTimeout(() => process.exit(EXIT.error), LEFT_OPEN_MS).unref()
    return EXIT.error
  }
}

const unwritable = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'ENOSPC' ? 'the disk is full (ENOSPC); free some space, or write elsewhere' : message

function printUnexpected(error: unknown, verbose: boolean): void {
  const [message] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`lodestone: unexpected error: ${message}\n`)
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  process.stderr.write(
    verbose ? `${stack}\n` : '  This is a defect, not a mistake of yours. Run again with -v for the stack.\n',
  )
}
