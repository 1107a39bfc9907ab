import { isProbe } from '../../src/adapter/venue/ccxt/probe-stop.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'
import type { BotReport } from './bot.ts'
import { contentsOf, type Contents } from './contents.ts'
import { DAY_END } from './market.ts'
import type { PlantName } from './plant.ts'
import { openStage, type BotEnd } from './stage.ts'
import { nakedSpans, reachableMs } from './stop-cover.ts'
import { judge, type Violation } from './verdict.ts'

export interface DayPlan {
  /** The boundary at which each bot in turn is killed. */
  readonly deaths: readonly number[]
  /** How long the market goes on without a bot after each death. Market ms. */
  readonly awayMs: number
  /** Whether a bot is started once more when the day is over, which must not find anything to do. */
  readonly again: boolean
  readonly plant?: PlantName
}

/** A day of bots that died one after the other, and of the last one, which did not. */
export interface DayResult {
  readonly violations: readonly Violation[]
  /** Of the bot that reached the end of the day; `null`: none did. */
  readonly report: BotReport | null
  readonly contents: Contents | null
  /** How the account stood when the last of the deaths was over. */
  readonly situation: string
  /** Bots that were started. */
  readonly bots: number
  /** Bots that were to die and came to the end before. */
  readonly survivors: number
  /** The longest that a position had no stop while there was a bot, in market time and, a bot's start included, in wall time. */
  readonly nakedMs: number
  readonly nakedWallMs: number
}

/** How long after the day the market is looked at again, and for how long: no new bar may end within. Market ms. */
const PAUSE_MS = MINUTE_MS
const AFTER_MS = 20 * SECOND_MS

/** One day on an exchange of its own. */
export async function liveDay({ deaths, awayMs, again, plant }: DayPlan): Promise<DayResult> {
  const stage = await openStage(plant)
  const { server } = stage
  const result = { bots: 0, survivors: 0, situation: stage.situation(), nakedMs: 0 }
  const give = (violations: readonly Violation[], report: BotReport | null, contents: Contents | null): DayResult => ({
    ...result,
    violations,
    report,
    contents,
    nakedWallMs: stage.nakedWallMs,
  })
  const failed = (end: Exclude<BotEnd, { kind: 'ended' }>): DayResult =>
    give([{ rule: 'bot failed', detail: end.kind === 'failed' ? end.message : 'killed by nobody' }], null, null)
  const trade = (until: number, dieAt: number): Promise<BotEnd> => {
    result.bots++
    return stage.trade(until, dieAt)
  }
  const placements = (): number =>
    server.requests.filter(({ method, parameters }) => method === 'POST' && !isProbe(parameters['clientAlgoId'] ?? ''))
      .length
  try {
    for (const dieAt of deaths) {
      const end = await trade(DAY_END, dieAt)
      if (end.kind === 'failed') return failed(end)
      if (end.kind === 'ended') result.survivors++
      await stage.leaveAlone(awayMs)
    }
    result.situation = stage.situation()
    const last = await trade(DAY_END, 0)
    if (last.kind !== 'ended') return failed(last)
    const evidence = stage.evidence(last.report)
    const { venue } = evidence
    result.nakedMs = Math.max(0, ...nakedSpans(venue).map((span) => reachableMs(span, venue.absences)))
    const violations = [...judge(evidence)]
    if (again) {
      const before = placements()
      await stage.leaveAlone(PAUSE_MS)
      const second = await trade(server.now + AFTER_MS, 0)
      if (second.kind !== 'ended') return failed(second)
      const more = placements() - before
      if (more > 0) violations.push({ rule: 'second start acts', detail: `${more} orders placed` })
      if (second.report.corrections > 0)
        violations.push({ rule: 'second start acts', detail: `${second.report.corrections} corrections` })
    }
    return give(violations, last.report, contentsOf(venue, last.report))
  } finally {
    await stage.close()
  }
}
