import { kindsOf } from './boundary.ts'
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
  /** Told after each day, and at once of all that is wrong. */
  readonly onDay: (progress: Progress) => void
  readonly onFound: (found: Found) => void
  /** No new day begins once it is aborted; the result tells what was run. */
  readonly stop: AbortSignal
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
  /** Boundaries of all recoveries from the points that were run. */
  readonly recovery_points: number
  /** How many kinds of them there are. */
  readonly recovery_kinds: number
  /** Days on which the recovery was killed as well, and the kinds of points among them. */
  readonly recovery_points_run: number
  readonly recovery_kinds_run: number
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

/** Does work on all items, some at a time, in their order, until it is stopped. */
async function each<T>(
  items: readonly T[],
  { jobs, stop }: Pick<CampaignOptions, 'jobs' | 'stop'>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  async function run(): Promise<void> {
    for (let item = queue.shift(); item !== undefined && !stop.aborted; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: jobs }, run))
}

/** Each planted fault on a day without a crash: the rule that it breaks must say so. */
async function runPlants(options: CampaignOptions): Promise<readonly PlantResult[]> {
  const results = new Map<PlantName, PlantResult>()
  const names = Object.keys(PLANTS) as PlantName[]
  await each(names, options, async (name) => {
    const { violations } = await liveDay({ deaths: [], awayMs: 0, again: false, plant: name })
    const { rule } = PLANTS[name]
    const seen = RULES.filter((known) => violations.some((violation) => violation.rule === known))
    results.set(name, { name, rule, seen, caught: seen.includes(rule) })
  })
  return [...results.values()]
}

/** A bot killed at `point`, and the next one at point `at` of its recovery. */
interface Twice {
  readonly point: number
  readonly at: number
  readonly kind: string
}

/**
 * Of all points of all recoveries the first of each kind; of a recovery that has none of these, and of every one where
 * only a sample is run, one point by chance. In an order that leaves nothing out on purpose if it is stopped.
 */
function choose(
  recoveries: ReadonlyMap<number, readonly string[]>,
  whole: boolean,
  draw: () => number,
): readonly Twice[] {
  const seen = new Set<string>()
  const chosen: Twice[] = []
  for (const [point, kinds] of [...recoveries].toSorted(([a], [b]) => a - b)) {
    const before = chosen.length
    if (whole)
      for (const [i, kind] of kinds.entries()) {
        if (!seen.has(kind)) chosen.push({ point, at: i + 1, kind })
        seen.add(kind)
      }
    const i = Math.floor(draw() * kinds.length)
    if (chosen.length === before) chosen.push({ point, at: i + 1, kind: kinds[i]! })
  }
  const order = new Map(chosen.map((twice) => [twice, draw()]))
  return chosen.toSorted((a, b) => order.get(a)! - order.get(b)!)
}

/**
 * Kills a bot at the points of a day and starts another one; then kills that one, too, at the points of its recovery, at
 * least once for each kind of them and at least once for each recovery.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { share, seed, onDay, onFound, stop } = options
  const draw = chance(seed)
  const calm = await liveDay({ deaths: [], awayMs: 0, again: true })
  const { report, contents } = calm
  if (report === null || contents === null || calm.violations.length > 0)
    throw new BadDayError(`the day without a crash is not clean: ${JSON.stringify(calm.violations)}`)
  const lacking = missing(contents)
  if (lacking.length > 0) throw new BadDayError(`the day lacks ${lacking.join('; ')}`)
  const names = report.reached
  if (names.length > MOST_POINTS) throw new BadDayError(`the day has ${names.length} points, more than ${MOST_POINTS}`)
  const planted = await runPlants(options)

  const found: Found[] = []
  const totals = { bots: calm.bots, survivors: 0, nakedMs: calm.nakedMs, nakedWallMs: calm.nakedWallMs }
  async function run(plan: DayPlan): Promise<DayResult> {
    const day = await liveDay(plan)
    totals.bots += day.bots
    totals.survivors += day.survivors
    totals.nakedMs = Math.max(totals.nakedMs, day.nakedMs)
    totals.nakedWallMs = Math.max(totals.nakedWallMs, day.nakedWallMs)
    const boundary = names[(plan.deaths[0] ?? 0) - 1] ?? ''
    for (const violation of day.violations) {
      const one = { ...violation, deaths: plan.deaths, boundary }
      found.push(one)
      onFound(one)
    }
    return day
  }
  const awayMs = (point: number): number => ((point + seed) % 2 === 0 ? AWAY_MS : 0)

  const numbers = names.map((_, i) => i + 1)
  const points = sampleOf(numbers, share, draw)
  const recoveries = new Map<number, readonly string[]>()
  let done = 0
  await each(points, options, async (point) => {
    const day = await run({ deaths: [point], awayMs: awayMs(point), again: share >= 1 })
    if (day.report !== null)
      recoveries.set(point, kindsOf(day.situation, day.report.reached.slice(0, day.report.recovery)))
    onDay({ part: 'points', done: ++done, of: points.length, found: found.length })
  })
  const pointsRun = done

  const kinds = new Set([...recoveries.values()].flat())
  const kindsRun = new Set<string>()
  const second = stop.aborted ? [] : choose(recoveries, share >= 1, draw)
  done = 0
  await each(second, options, async ({ point, at, kind }) => {
    await run({ deaths: [point, at], awayMs: awayMs(point), again: false })
    kindsRun.add(kind)
    onDay({ part: 'recoveries', done: ++done, of: second.length, found: found.length })
  })

  return {
    points: names.length,
    contents,
    points_run: pointsRun,
    recovery_points: [...recoveries.values()].reduce((sum, { length }) => sum + length, 0),
    recovery_kinds: kinds.size,
    recovery_points_run: done,
    recovery_kinds_run: kindsRun.size,
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
  found.length === 0 && planted.length === Object.keys(PLANTS).length && planted.every(({ caught }) => caught)

/** The day's contents beside what it must have at least. */
export const contentRows = (contents: Contents): readonly (readonly [string, number, number])[] =>
  Object.entries(LEAST).map(([name, least]) => [name, contents[name as keyof Contents], least])
