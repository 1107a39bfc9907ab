import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exchangeParameters } from '../../src/app/exchange-parameters.ts'
import { tapeMarket } from '../../src/app/compose/served-market.ts'
import { loadConfig } from '../../src/config/load.ts'
import { parseClientOrderId } from '../../src/domain/id.ts'
import { startBinanceServer, type BinanceServer } from '../../src/exchange/protocol/binance-usdm/server.ts'
import type { BotReport } from './bot.ts'
import { journalBooks, venueBooks } from './collect.ts'
import type { Evidence, Span, VenueBooks } from './evidence.ts'
import { dayColumns } from './market.ts'
import type { PlantName } from './plant.ts'
import { nakedSpans } from './stop-cover.ts'

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
  /** Lets a bot trade up to market time `until`, or until it reaches boundary `dieAt`; 0: it never dies. */
  trade(until: number, dieAt: number): Promise<BotEnd>
  /** Lets the market go on without a bot. Market ms. */
  leaveAlone(ms: number): Promise<void>
  /** Position and open orders in a word, for comparing one moment with another. */
  situation(): string
  evidence(report: BotReport): Evidence
  /** The longest time that a running bot left a position without a stop. Wall ms. */
  readonly nakedWallMs: number
  close(): Promise<void>
}

/** How often a position is looked at. Wall ms. */
const LOOK_MS = 50
/** What a dead bot has sent is still read by the exchange. Wall ms. */
const SETTLE_MS = 20

const isNaked = (books: VenueBooks): boolean => !books.isFlat && nakedSpans(books).at(-1)?.until === books.now

/** @param plant a fault of the bots that trade here */
export async function openStage(plant?: PlantName): Promise<Stage> {
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

  const absences: Span[] = []
  let nakedWallMs = 0

  /** Looks at the position as long as a bot runs; returns how to stop. */
  function watchStops(): () => void {
    let since = Number.NaN
    const timer = setInterval(() => {
      if (!isNaked(venueBooks(server, []))) since = Number.NaN
      else if (Number.isNaN(since)) since = performance.now()
      else nakedWallMs = Math.max(nakedWallMs, performance.now() - since)
    }, LOOK_MS)
    return () => clearInterval(timer)
  }

  async function trade(until: number, dieAt: number): Promise<BotEnd> {
    const reportFile = join(dataDir, 'report.json')
    rmSync(reportFile, { force: true })
    const child = spawn(
      process.execPath,
      [BOT, CONFIG_FILE, String(until), String(dieAt), reportFile, ...(plant === undefined ? [] : [plant])],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        // Not reached by the Ctrl-C that stops the campaign: what has begun is ended.
        detached: true,
        env: {
          ...process.env,
          NODE_COMPILE_CACHE: join(tmpdir(), 'lodestone-crash-cache'),
          // A lock is held for an account of this machine's user, and all stages have the same account.
          XDG_STATE_HOME: dataDir,
          LODESTONE__DATA_DIR: dataDir,
          LODESTONE__EXCHANGE__URL: server.origin,
          LODESTONE__EXCHANGE__KEY: KEY.apiKey,
          LODESTONE__EXCHANGE__SECRET: KEY.secret,
        },
      },
    )
    let hung = false
    const timer = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, PATIENCE_MS)
    const stopWatching = watchStops()
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    stopWatching()
    clearTimeout(timer)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    if (hung) return { kind: 'failed', message: `the bot hung: ${err.slice(-500)}` }
    if (signal === 'SIGKILL') return { kind: 'killed' }
    if (code !== 0 || !existsSync(reportFile)) return { kind: 'failed', message: `exit ${code}: ${err.slice(-500)}` }
    return { kind: 'ended', report: JSON.parse(readFileSync(reportFile, 'utf8')) as BotReport }
  }

  return {
    server,
    trade,
    async leaveAlone(ms) {
      const from = server.now
      // A socket of the dead one may not be closed yet; what is published for it ends the step.
      while (server.now < from + ms) await server.advance(from + ms)
      absences.push({ from, until: server.now })
    },
    situation() {
      const books = venueBooks(server, [])
      const isLong = server.instruments.some((instrument) => server.account.position(instrument).signed.gt(0))
      const position = books.isFlat ? 'flat' : `${isLong ? 'long' : 'short'}${isNaked(books) ? ' without a stop' : ''}`
      const open = books.orders.filter(({ state }) => state === 'open')
      return [position, ...open.map(({ id }) => parseClientOrderId(id)?.leg ?? id).toSorted()].join(', ')
    },
    evidence(report) {
      const found = readdirSync(dataDir, { recursive: true }).map(String)
      const journal = found.find((file) => file.endsWith('journal.sqlite'))
      return {
        venue: venueBooks(server, absences),
        journal: journal === undefined ? 'there is no journal' : journalBooks(join(dataDir, journal)),
        bot: report,
      }
    },
    get nakedWallMs() {
      return nakedWallMs
    },
    async close() {
      await server.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
