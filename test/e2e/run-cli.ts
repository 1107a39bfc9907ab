import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The environment without what could change the configuration or the colours. */
const bareEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(LODESTONE_|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$|VITEST)/.test(name),
    ),
  )

function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  command = process.execPath,
): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, env: { ...bareEnvironment(), ...environment } })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.on('error', failed)
    child.on('close', (code) => done({ code, out, err }))
  })
}

/** Runs `lodestone` with these arguments through its launcher, to its end. */
export const lodestone = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> => run([resolve(root, 'scripts/lodestone.mjs'), ...args], environment)

/** Runs `lodestone` in a shell whose files may have this many blocks of 512 or 1024 bytes: a disk that fills up. */
export const limited = (blocks: number, args: readonly string[]): Promise<Ended> =>
  shell(`ulimit -f ${blocks}; exec "$0" "$@"`, args)

/** Runs `lodestone` by a line of shell script, in which `"$0" "$@"` is the program and its arguments. */
export const shell = (script: string, args: readonly string[]): Promise<Ended> =>
  run(['-c', script, process.execPath, resolve(root, 'scripts/lodestone.mjs'), ...args], {}, '/bin/sh')

/** Runs the command line with one more command, `probe`, whose body this is; it sees `invocation`. */
export function lodestoneProbe(body: string, args: readonly string[]): Promise<Ended> {
  const module = `
    import { main } from ${JSON.stringify(resolve(root, 'src/cli/main.ts'))}
    const probe = { name: 'probe', description: 'Probe', examples: [], run: async (invocation) => { ${body} } }
    process.exitCode = await main(${JSON.stringify(args)}, [probe])`
  return run(['--input-type=module', '--eval', module], {})
}
