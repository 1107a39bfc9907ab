import { signatureOf } from './boundary.ts'
import { chance, sampleOf } from './chance.ts'
import { LEAST, missing, type Contents } from './contents.ts'
import { liveDay, type DayPlan, type DayResult } from './day.ts'
import { PLANTS, type PlantName } from './plant.ts'
import { RULES, type Rule, type Violation } from './verdict.ts'

/** Most boundaries that a day may have: each of them costs a day. */
const MOST_POINTS = 300
/** Every other point: the market goes on for a while before the next bot starts. Market ms. */
const AWAY_MS = 150_000

export interface CampaignOptions {
  /** Share of the points, 1: all. */
  readonly share: number
  readonly seed: number
  /** Days at a time. */
  readonly jobs: number
  /** Told after each day. */
  readonly onDay: (progress: Progress) => void
}

export interface Progress {
  readonly part: 'points' | 'recoveries'
  readonly done: number
  readonly of: number
  readonly found: number
}

export interface Found extends Violation {
  /** Points at which the bots were killed, one after the other. */
  readonly deaths: readonly number[]
  /** The first of them, by name. */
  readonly boundary: string
}

export interface PlantResult {
  readonly name: PlantName
  /** The rule that must see it. */
  readonly rule: Rule
  readonly seen: readonly Rule[]
  readonly caught: boolean
}

export interface CampaignResult {
  /** Boundaries of the day. */
  readonly points: number
  readonly contents: Contents
  /** Days on which a bot was killed at one of them. */
  readonly points_run: number
  /** Different recoveries, by what the account was like and by their own boundaries. */
  readonly recoveries_distinct: number
  /** Boundaries of all recoveries from all points that were run. */
  readonly recovery_points: number
  /** Days on which the recovery was killed as well. */
  readonly recovery_points_run: number
  readonly bots: number
  readonly survivors: number
  readonly violations: Readonly<Record<Rule, number>>
  readonly longest_without_stop_s: number
  readonly longest_without_stop_wall_s: number
  readonly planted: readonly PlantResult[]
  readonly found: readonly Found[]
}

/** Why nothing can be said: the day itself is not what it should be. */
export class BadDayError extends Error {}

/** Does work on all items, some at a time, in their order. */
async function each<T>(items: readonly T[], jobs: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  async function run(): Promise<void> {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: jobs }, run))
}

/** Each planted fault on a day without a crash: the rule that it breaks must say so. */
async function runPlants(jobs: number): Promise<readonly PlantResult[]> {
  const results = new Map<PlantName, PlantResult>()
  const names = Object.keys(PLANTS) as PlantName[]
  await each(names, jobs, async (name) => {
    const { violations } = await liveDay({ deaths: [], awayMs: 0, again: false, plant: name })
    const { rule } = PLANTS[name]
    const seen = RULES.filter((known) => violations.some((violation) => violation.rule === known))
    results.set(name, { name, rule, seen, caught: seen.includes(rule) })
  })
  return names.map((name) => results.get(name)!)
}

/**
 * Kills a bot at the points of a day and starts another one; then kills that one, too, at the points of its recovery: at
 * each of them where a recovery is the first of its kind, and at one by chance where another like it was killed at each.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { share, seed, jobs, onDay } = options
  const draw = chance(seed)
  const calm = await liveDay({ deaths: [], awayMs: 0, again: true })
  const { report, contents } = calm
  if (report === null || contents === null || calm.violations.length > 0)
    throw new BadDayError(`the day without a crash is not clean: ${JSON.stringify(calm.violations)}`)
  const lacking = missing(contents)
  if (lacking.length > 0) throw new BadDayError(`the day lacks ${lacking.join('; ')}`)
  const names = report.reached
  if (names.length > MOST_POINTS) throw new BadDayError(`the day has ${names.length} points, more than ${MOST_POINTS}`)
  const planted = await runPlants(jobs)

  const found: Found[] = []
  const totals = { bots: calm.bots, survivors: 0, nakedMs: calm.nakedMs, nakedWallMs: calm.nakedWallMs }
  async function run(plan: DayPlan): Promise<DayResult> {
    const day = await liveDay(plan)
    totals.bots += day.bots
    totals.survivors += day.survivors
    totals.nakedMs = Math.max(totals.nakedMs, day.nakedMs)
    totals.nakedWallMs = Math.max(totals.nakedWallMs, day.nakedWallMs)
    const boundary = names[(plan.deaths[0] ?? 0) - 1] ?? ''
    for (const violation of day.violations) found.push({ ...violation, deaths: plan.deaths, boundary })
    return day
  }
  const awayMs = (point: number): number => ((point + seed) % 2 === 0 ? AWAY_MS : 0)

  const numbers = names.map((_, i) => i + 1)
  const points = sampleOf(numbers, share, draw)
  const recoveries = new Map<number, { readonly signature: string; readonly length: number }>()
  let done = 0
  await each(points, jobs, async (point) => {
    const day = await run({ deaths: [point], awayMs: awayMs(point), again: true })
    if (day.report !== null) {
      const { reached, recovery } = day.report
      const signature = `${day.situation}: ${signatureOf(reached.slice(0, recovery))}`
      recoveries.set(point, { signature, length: recovery })
    }
    onDay({ part: 'points', done: ++done, of: points.length, found: found.length })
  })

  const seen = new Set<string>()
  const second: (readonly [number, number])[] = []
  for (const point of points) {
    const recovery = recoveries.get(point)
    if (!recovery) continue
    const { signature, length } = recovery
    const all = Array.from({ length }, (_, i) => i + 1)
    // A sample proves no kind of recovery whole.
    const whole = share >= 1 && !seen.has(signature)
    seen.add(signature)
    for (const at of whole ? all : [1 + Math.floor(draw() * length)]) second.push([point, at])
  }
  done = 0
  await each(second, jobs, async ([point, at]) => {
    await run({ deaths: [point, at], awayMs: awayMs(point), again: false })
    onDay({ part: 'recoveries', done: ++done, of: second.length, found: found.length })
  })

  return {
    points: names.length,
    contents,
    points_run: points.length,
    recoveries_distinct: seen.size,
    recovery_points: [...recoveries.values()].reduce((sum, { length }) => sum + length, 0),
    recovery_points_run: second.length,
    bots: totals.bots,
    survivors: totals.survivors,
    violations: Object.fromEntries(
      RULES.map((rule) => [rule, found.filter((violation) => violation.rule === rule).length]),
    ) as Record<Rule, number>,
    longest_without_stop_s: totals.nakedMs / 1_000,
    longest_without_stop_wall_s: totals.nakedWallMs / 1_000,
    planted,
    found,
  }
}

/** Nothing was found, and everything planted was. */
export const isClean = ({ found, planted }: CampaignResult): boolean =>
  found.length === 0 && planted.every(({ caught }) => caught)

/** The day's contents beside what it must have at least. */
export const contentRows = (contents: Contents): readonly (readonly [string, number, number])[] =>
  Object.entries(LEAST).map(([name, least]) => [name, contents[name as keyof Contents], least])
