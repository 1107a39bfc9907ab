import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openInspector, type Inspector } from './inspector.ts'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const MAIN = root('src/main.ts')
export const CONFIG_FILES = [root('config/literal.yaml'), root('scripts/soak/soak.yaml')]
const MAX_KEPT_CHARS = 2_000_000

/** `lodestone` as a process of its own that can be looked into. */
export interface Running {
  readonly child: ChildProcess
  readonly out: () => string
  readonly inspector: Inspector
  readonly ended: Promise<number | null>
  isAlive(): boolean
}

const INSPECTOR = /Debugger listening on (ws:\/\/\S+)/

/** @param log where its messages go */
export async function startLodestone(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  log: string,
): Promise<Running> {
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let [out, head, code] = ['', '', undefined as number | null | undefined]
  const opened: { inspector?: Inspector } = {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (out.length < MAX_KEPT_CHARS) out += text
  })
  const ended = once(child, 'close').then(([exit]) => (code = exit as number | null))
  const address = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      appendFileSync(log, text)
      // Node does not end while somebody looks on.
      if (text.includes('Waiting for the debugger to disconnect')) opened.inspector?.close()
      if (INSPECTOR.test(head)) return
      head += text
      const found = INSPECTOR.exec(head)
      if (found) resolve(found[1]!)
    })
    void ended.then(() => reject(new Error(`${args[0]} ended at once: ${head.slice(-500)}`)))
  })
  const inspector = await openInspector(await address)
  opened.inspector = inspector
  return { child, out: () => out, inspector, ended, isAlive: () => code === undefined }
}

/** Runs a command of `lodestone` to its end. */
export async function command(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

/** Bytes of a process in memory, and seconds of processor time that it has had; Linux alone says so. */
export function usage(pid: number): { readonly rss: number; readonly cpuSeconds: number } {
  const KIB = 1_024
  const TICKS_PER_SECOND = 100
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return {
    rss: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) * KIB,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  }
}
