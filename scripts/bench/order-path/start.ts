import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAUNCHER, serve } from './served.ts'

export interface BotStart {
  /** Wall ms from the start of the process until its first five minutes of market are decided on. */
  readonly firstMs: number
  /** Most memory that was resident on the way. */
  readonly residentMb: number
}

const LOOK_MS = 20
const REPEATS = 3

/** Starts the bot at an exchange that is running, for the first bar that it decides on; best of three, at most memory. */
export async function startOfBot(directory: string): Promise<BotStart> {
  const config = join(directory, 'bot.yaml')
  writeFileSync(config, 'mode: testnet\nexchange: { name: embedded }\n')
  let firstMs = Number.POSITIVE_INFINITY
  let residentMb = 0
  for (let i = 0; i < REPEATS; i += 1) {
    const served = await serve(directory, 'lock-step')
    const data = join(directory, `data-${i}`)
    const from = Date.now()
    const args = ['trade', '-c', config, '--duration', '5m', '--speed', 'max', '--headless', '--json']
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        LODESTONE__DATA_DIR: data,
        LODESTONE__EXCHANGE__URL: served.origin,
        LODESTONE__EXCHANGE__KEY: served.key,
        LODESTONE__EXCHANGE__SECRET: served.secret,
      },
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const timer = setInterval(() => (residentMb = Math.max(residentMb, residentOf(child.pid))), LOOK_MS)
    const [code] = (await once(child, 'close')) as [number | null]
    clearInterval(timer)
    await served.stop()
    if (code !== 0) throw new Error(`the bot ended with ${code}: ${said}`)
    firstMs = Math.min(firstMs, finishedAt(data) - from)
  }
  return { firstMs, residentMb }
}

/** By the bot's log: when it had played its five minutes and began to put things in order. */
function finishedAt(data: string): number {
  const [log] = globSync(join(data, '*', 'lodestone.log'))
  const lines = readFileSync(log!, 'utf8').trim().split('\n')
  const entry = lines
    .map((line) => JSON.parse(line) as { code: string; time: string })
    .find((each) => each.code === 'command')
  return Date.parse(entry!.time)
}

/** As Linux counts it; zero elsewhere. */
function residentOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) / 1_024
  } catch {
    return 0
  }
}
