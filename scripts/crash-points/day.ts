import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SECOND_MS } from '../../src/domain/time.ts'
import type { BotReport } from './bot.ts'
import { DAY_END } from './market.ts'
import { openStage, type BotEnd, type Stage } from './stage.ts'
import { judge, type Violation } from './verdict.ts'

/** A day of bots that died one after the other, and of the last one, which did not. */
export interface DayResult {
  readonly violations: readonly Violation[]
  /** Of the bot that reached the end of the day; `null`: none did. */
  readonly report: BotReport | null
  /** Bots that were started. */
  readonly bots: number
  /** Bots that were to die and came to the end before. */
  readonly survivors: number
}

/** How long the second start after the day looks at the market. Market ms. */
const AFTER_MS = 20 * SECOND_MS
const SETTLE_MS = 20

const placements = ({ server }: Stage): number => server.requests.filter(({ method }) => method === 'POST').length

function journalFile({ dataDir }: Stage): string {
  const found = readdirSync(dataDir, { recursive: true }).map(String)
  return found.find((file) => file.endsWith('journal.sqlite')) ?? join('none', 'journal.sqlite')
}

/** One day on an exchange of its own. `deaths`: the boundary at which each bot in turn is killed. */
export async function liveDay(deaths: readonly number[]): Promise<DayResult> {
  const stage = await openStage()
  let bots = 0
  let survivors = 0
  const failed = (message: string): DayResult => ({
    violations: [{ rule: 'bot failed', detail: message }],
    report: null,
    bots,
    survivors,
  })
  async function trade(until: number, dieAt: number): Promise<BotEnd> {
    bots++
    const end = await stage.trade(until, dieAt)
    // What the dead one had sent is still read by the exchange.
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    return end
  }
  try {
    for (const dieAt of deaths) {
      const end = await trade(DAY_END, dieAt)
      if (end.kind === 'failed') return failed(end.message)
      if (end.kind === 'ended') survivors++
    }
    const last = await trade(DAY_END, 0)
    if (last.kind !== 'ended') return failed(last.kind === 'failed' ? last.message : 'killed by nobody')
    const violations = [...judge(stage, journalFile(stage), last.report)]
    const before = placements(stage)
    const second = await trade(Math.max(DAY_END, stage.server.now) + AFTER_MS, 0)
    if (second.kind !== 'ended') return failed(second.kind === 'failed' ? second.message : 'killed by nobody')
    const more = placements(stage) - before
    if (more > 0) violations.push({ rule: 'second start acts', detail: `${more} orders placed` })
    if (second.report.corrections > 0)
      violations.push({ rule: 'second start acts', detail: `${second.report.corrections} corrections` })
    return { violations, report: last.report, bots, survivors }
  } finally {
    await stage.close()
  }
}
