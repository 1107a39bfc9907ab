import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../scripts/lodestone.mjs', import.meta.url))
const literal = fileURLToPath(new URL('../../config/literal.yaml', import.meta.url))

const children: ChildProcess[] = []
const directories: string[] = []
/** Ends what a test has started, and removes what it has written. */
export function clearStage(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
}

export interface ServedKey {
  readonly origin: string
  readonly key: string
  readonly secret: string
}

export interface Served extends ServedKey {
  readonly child: ChildProcess
  readonly control: string
  readonly accounts: readonly Omit<ServedKey, 'origin'>[]
}

/** An exchange that outlives the bots, in lock-step. */
export const serve = (seed: number): Promise<Served> =>
  serveWith(['BTCUSDT', '--speed', 'lock-step', '--seed', `${seed}`])

export async function serveWith(options: readonly string[]): Promise<Served> {
  const args = ['exchange', 'serve', '--port', '0', '--json', ...options]
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  while (!out.includes('\n')) await once(child.stdout, 'data')
  return { ...(JSON.parse(out) as Omit<Served, 'child'>), child }
}

export interface Bot {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<number | null>
}

interface BotOptions {
  /** Market time per wall time. */
  readonly speed?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** A bot under the literal rules on an exchange that is served already. */
export function bot(served: ServedKey, dataDir: string, duration: string, options: BotOptions = {}): Bot {
  const args = [
    'trade',
    '-c',
    literal,
    '--duration',
    duration,
    '--speed',
    options.speed ?? 'max',
    '--headless',
    '--json',
  ]
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LODESTONE__DATA_DIR: dataDir,
      LODESTONE__EXCHANGE__URL: served.origin,
      LODESTONE__EXCHANGE__KEY: served.key,
      LODESTONE__EXCHANGE__SECRET: served.secret,
      ...options.environment,
    },
  })
  children.push(child)
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, out: () => out, err: () => err, ended }
}

export const scratch = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'lodestone-restart-'))
  directories.push(directory)
  return directory
}
