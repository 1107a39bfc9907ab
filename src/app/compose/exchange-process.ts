import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Credentials } from '../../config/credentials.ts'
import { configYaml } from '../../config/config-yaml.ts'
import type { FileConfig } from '../../config/schema.ts'

/** Where an embedded exchange is, and the account that was made for this run. */
export interface ExchangeAddress {
  readonly origin: string
  readonly streamOrigin: string
  readonly control: string
  readonly key: string
  readonly secret: string
  readonly instance: string
}

/** A running `exchange serve`: the paths follow from its address. */
export function addressOf(url: string, { key, secret }: Credentials): ExchangeAddress {
  const origin = url.replace(/\/+$/, '')
  const streamOrigin = origin.replace(/^http/, 'ws')
  return { origin, streamOrigin, control: `${streamOrigin}/control`, key, secret, instance: '' }
}

const PROBE_MS = 500

/** Whether anybody is there. Silence is no proof that nobody is: only a refused connection is. */
export async function isListening({ origin }: ExchangeAddress): Promise<boolean> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port) })
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'))
      socket.setTimeout(PROBE_MS, () => resolve(true))
    })
  } finally {
    socket.destroy()
  }
}

export interface ExchangeProcess {
  readonly address: ExchangeAddress
  readonly pid: number
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>
}

export type ExchangeProcessResult =
  | { readonly kind: 'ok'; readonly process: ExchangeProcess }
  | { readonly kind: 'refused'; readonly message: string }

export interface ExchangeProcessOptions {
  /** The whole configuration, in the file's spelling. */
  readonly file: FileConfig
  readonly seed: number
  /** Files of candles; `null`: the crowd. */
  readonly tape: readonly string[] | null
  /** The process ended although nobody asked it to. */
  readonly onExit: (message: string) => void
}

const LAUNCHER = fileURLToPath(new URL('../../../scripts/lodestone.mjs', import.meta.url))
/** A crowd of many symbols takes some seconds to settle. */
const START_MS = 120_000
const STOP_MS = 5_000
const MAX_ERROR_TEXT = 2_000
const OWN_USER_ONLY = 0o600

/** Starts an embedded exchange in a process of its own, in lock-step, that dies with this one. */
export async function startExchangeProcess(options: ExchangeProcessOptions): Promise<ExchangeProcessResult> {
  const directory = mkdtempSync(join(tmpdir(), 'lodestone-exchange-'))
  const config = join(directory, 'exchange.yaml')
  const removeConfig = (): void => rmSync(directory, { recursive: true, force: true })
  writeFileSync(
    config,
    configYaml({ ...options.file, mode: 'paper' }, () => undefined),
    { mode: OWN_USER_ONLY },
  )
  const tape = options.tape === null ? [] : ['--tape', ...options.tape]
  const child = spawn(
    process.execPath,
    [
      LAUNCHER,
      'exchange',
      'serve',
      '--port',
      '0',
      '--speed',
      'lock-step',
      '--seed',
      String(options.seed),
      '--json',
      '--parent',
      '-c',
      config,
      ...tape,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], env: withoutOverrides(process.env) },
  )
  // It is not a terminal's Ctrl-C that ends it, but the bot, once it is done with it.
  child.stdin.on('error', () => undefined)
  const found = await firstLine(child)
  removeConfig()
  if (typeof found === 'string') {
    child.kill('SIGKILL')
    return { kind: 'refused', message: `The embedded exchange did not start: ${found}` }
  }
  let stopping = false
  child.on('exit', (code, signal) => {
    if (!stopping) options.onExit(`the embedded exchange has ended (${signal ?? `exit code ${code}`})`)
  })
  return {
    kind: 'ok',
    process: {
      address: found,
      pid: child.pid ?? 0,
      stop() {
        stopping = true
        return ended(child)
      },
    },
  }
}

/** The child's configuration is the file alone. */
const withoutOverrides = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !name.toUpperCase().startsWith('LODESTONE__')))

/** The address, or why there is none. */
function firstLine(child: ChildProcess): Promise<ExchangeAddress | string> {
  return new Promise((resolve) => {
    let out = ''
    let errors = ''
    const timer = setTimeout(() => resolve(`nothing within ${START_MS / 1_000} s`), START_MS)
    const done = (result: ExchangeAddress | string): void => {
      clearTimeout(timer)
      resolve(result)
    }
    child.stderr?.on('data', (part: Buffer) => {
      errors = (errors + part.toString()).slice(-MAX_ERROR_TEXT)
    })
    child.stdout?.on('data', (part: Buffer) => {
      out += part.toString()
      const address = readAddress(out)
      if (address) done(address)
    })
    child.on('error', (error) => done(error.message))
    child.on('exit', () => done(errors.trim().split('\n').at(-1) ?? 'it said nothing'))
  })
}

function readAddress(text: string): ExchangeAddress | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  const fields = new Map<string, unknown>(Object.entries(said))
  const at = (name: string): string => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : ''
  }
  const streamOrigin = at('stream').replace(/\/fstream\/ws$/, '')
  return {
    origin: at('origin'),
    streamOrigin,
    control: at('control'),
    key: at('key'),
    secret: at('secret'),
    instance: at('instance'),
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.stdin?.end()
  })
}
