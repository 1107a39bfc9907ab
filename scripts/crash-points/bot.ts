import { writeFileSync } from 'node:fs'
import { accountOf } from '../../src/app/account-directory.ts'
import { composeTrading } from '../../src/app/compose/trading.ts'
import { runTrading } from '../../src/app/trading-session.ts'
import { watchJournal } from '../../src/app/watched-journal.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ExitReason } from '../../src/domain/trade.ts'
import { isQuestion, movesOrders, watchCommits, watchRequests } from './boundary.ts'
import type { BotBooks } from './evidence.ts'
import { isPlant, PLANTS } from './plant.ts'

/** What a bot tells that reached the end of its day. */
export interface BotReport extends BotBooks {
  /** Names of all boundaries, in order. */
  readonly reached: readonly string[]
  /** How many of them came before the books agreed with the venue, every order had its fate, every position its stop. */
  readonly recovery: number
  readonly corrections: number
  readonly reconciliations: number
  readonly exits: readonly ExitReason[]
}

// A bot as `trade` composes it, that is killed when it reaches boundary number `dieAt`; 0: never.
const [configFile, until, dieAt, reportFile, plant] = process.argv.slice(2)
if (configFile === undefined || reportFile === undefined) throw new Error('bot.ts CONFIG UNTIL DIE_AT REPORT [PLANT]')
const deadline = Number(dieAt)
const reached: string[] = []
let recovery = -1
let isOver = false

/** Questions since something last became of an order: asked again, they are the same point once more. */
const asked = new Set<string>()

function reach(boundary: string): void {
  if (isOver || asked.has(boundary)) return
  if (isQuestion(boundary)) asked.add(boundary)
  else if (movesOrders(boundary)) asked.clear()
  reached.push(boundary)
  if (reached.length === deadline) process.kill(process.pid, 'SIGKILL')
}

watchRequests(reach)
const loaded = loadConfig({ files: [configFile], environment: process.env })
if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ what }) => what).join('\n'))
const { config, credentials } = loaded
const composed = await composeTrading({
  config,
  account: accountOf(config, credentials),
  configHash: loaded.hash,
  file: loaded.file,
  credentials,
  seed: 1,
  speed: Number.POSITIVE_INFINITY,
  tape: null,
  warn: (message) => console.error(`warning: ${message}`),
  progress: () => undefined,
})
if (composed.kind === 'refused') throw new Error(composed.message)
const { session } = composed
const spoiled = plant !== undefined && isPlant(plant) ? PLANTS[plant].spoil(session) : session
const exits: ExitReason[] = []
let reconciliations = 0
const summary = await runTrading(
  { ...session, venue: spoiled.venue, journal: watchJournal(watchCommits(spoiled.journal, reach)) },
  {
    mode: 'testnet',
    exchange: 'embedded',
    configHash: loaded.hash,
    seed: null,
    shutdown: config.shutdown,
    durationMs: Math.max(0, Number(until) - session.start),
    interrupt: new AbortController().signal,
    onAlert: () => undefined,
    observe(event) {
      // What follows reads the wallet for the summary.
      if (event.kind === 'command') isOver = true
      if (event.kind === 'account_snapshot') reconciliations++
      const { engine } = session
      if (recovery < 0 && engine.reconciledAt() > 0 && engine.settled()) recovery = reached.length
    },
    onTrade: ({ exitReason }) => exits.push(exitReason),
  },
)
const report: BotReport = {
  reached,
  recovery: recovery < 0 ? reached.length : recovery,
  ledgerAgrees: summary.ledger_agrees,
  wallet: summary.final_balance,
  openPositions: summary.open_positions,
  settled: session.engine.settled(),
  unresolved: [...session.engine.orders.keys()],
  corrections: summary.corrections,
  reconciliations,
  exits,
}
writeFileSync(reportFile, JSON.stringify(report))
await session.close()
process.exit(0)
