import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exchangeParameters } from '../../src/app/exchange-parameters.ts'
import { tapeMarket } from '../../src/app/compose/served-market.ts'
import { loadConfig } from '../../src/config/load.ts'
import { startBinanceServer, type BinanceServer } from '../../src/exchange/protocol/binance-usdm/server.ts'
import type { BotReport } from './bot.ts'
import { dayColumns } from './market.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const CONFIG_FILE = here('day.yaml')
const BOT = here('bot.ts')
const KEY = { apiKey: 'c'.repeat(64), secret: 'd'.repeat(64) }
/** A bot that has not come to its end by then hangs. Wall ms. */
const PATIENCE_MS = 60_000

export type BotEnd =
  | { readonly kind: 'killed' }
  | { readonly kind: 'ended'; readonly report: BotReport }
  | { readonly kind: 'failed'; readonly message: string }

/** An exchange at the start of the day, and the directory of one account on it. */
export interface Stage {
  readonly server: BinanceServer
  readonly dataDir: string
  /** Lets a bot trade up to market time `until`, or until it reaches boundary `dieAt`; 0: it never dies. */
  trade(until: number, dieAt: number): Promise<BotEnd>
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const loaded = loadConfig({ files: [CONFIG_FILE], environment: {} })
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ what }) => what).join('\n'))
  const parameters = exchangeParameters(loaded.config)
  const { tape, data, start } = tapeMarket(loaded.config, parameters, [dayColumns()])
  const server = await startBinanceServer({
    tape,
    marketData: data,
    parameters,
    start,
    account: KEY,
    port: 0,
    drive: 'lock_step',
  })
  const dataDir = mkdtempSync(join(tmpdir(), 'lodestone-crash-'))

  async function trade(until: number, dieAt: number): Promise<BotEnd> {
    const reportFile = join(dataDir, 'report.json')
    rmSync(reportFile, { force: true })
    const child = spawn(process.execPath, [BOT, CONFIG_FILE, String(until), String(dieAt), reportFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(tmpdir(), 'lodestone-crash-cache'),
        LODESTONE__DATA_DIR: dataDir,
        LODESTONE__EXCHANGE__URL: server.origin,
        LODESTONE__EXCHANGE__KEY: KEY.apiKey,
        LODESTONE__EXCHANGE__SECRET: KEY.secret,
      },
    })
    let hung = false
    const timer = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, PATIENCE_MS)
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    clearTimeout(timer)
    if (hung) return { kind: 'failed', message: `the bot hung: ${err.slice(-500)}` }
    if (signal === 'SIGKILL') return { kind: 'killed' }
    if (code !== 0 || !existsSync(reportFile)) return { kind: 'failed', message: `exit ${code}: ${err.slice(-500)}` }
    return { kind: 'ended', report: JSON.parse(readFileSync(reportFile, 'utf8')) as BotReport }
  }

  return {
    server,
    dataDir,
    trade,
    async close() {
      await server.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
