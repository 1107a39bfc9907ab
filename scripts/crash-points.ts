import { parseArgs } from 'node:util'
import { BadDayError, contentRows, isClean, runCampaign, type Progress } from './crash-points/campaign.ts'
import { liveDay } from './crash-points/day.ts'
import { MOST_NAKED_MS } from './crash-points/verdict.ts'

const { values } = parseArgs({
  options: {
    /** Share of the points, chosen by the seed. */
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    /** Days at a time. */
    jobs: { type: 'string', default: '3' },
    /** Only this day: 12, or 12,3 (the second bot dies at its third point). */
    at: { type: 'string' },
    /** With `at`: how long the market goes on after each death, in seconds. */
    away: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
})

const PROGRESS_EVERY_MS = 10_000
const COLUMN = 26

const begun = performance.now()
const seconds = (): number => Math.round((performance.now() - begun) / 1_000)

const withoutStop = (market: number, wall: number): string =>
  `longest without a stop ${market.toFixed(2)} s of the market (at most ${MOST_NAKED_MS / 1_000}), ${wall.toFixed(2)} s of wall time`

function showProgress(): (progress: Progress) => void {
  let [part, since, told] = ['', 0, 0]
  return (progress) => {
    const now = performance.now()
    if (progress.part !== part) [part, since, told] = [progress.part, now, 0]
    if (now - told < PROGRESS_EVERY_MS && progress.done < progress.of) return
    told = now
    const left = ((now - since) / progress.done) * (progress.of - progress.done)
    console.error(
      `${part}: ${progress.done} of ${progress.of} days, ${progress.found} violations, ${Math.ceil(left / 60_000)} min to go`,
    )
  }
}

if (values.at !== undefined) {
  const deaths = values.at.split(',').map(Number)
  const day = await liveDay({ deaths, awayMs: Number(values.away) * 1_000, again: true })
  console.log(`killed at ${deaths.join(', then at ')}: ${day.bots} bots, then ${day.situation}`)
  console.log(withoutStop(day.nakedMs / 1_000, day.nakedWallMs / 1_000))
  for (const { rule, detail } of day.violations) console.log(`${rule}: ${detail}`)
  process.exit(day.violations.length === 0 ? 0 : 1)
}

const stop = new AbortController()
// What has begun is ended and told.
process.once('SIGINT', () => stop.abort())

try {
  const result = await runCampaign({
    share: Number(values.sample),
    seed: Number(values.seed),
    jobs: Number(values.jobs),
    onDay: showProgress(),
    onFound: ({ rule, deaths, boundary, detail }) =>
      console.error(`killed at ${deaths.join(', then at ')} (${boundary}): ${rule}: ${detail}`),
    stop: stop.signal,
  })
  if (values.json) console.log(JSON.stringify({ ...result, wall_seconds: seconds() }))
  else {
    const row = (name: string, ...cells: readonly (string | number)[]): void =>
      console.log(name.padEnd(COLUMN) + cells.map((cell) => String(cell).padStart(9)).join(''))
    row('the day has', 'found', 'at least')
    for (const [name, count, least] of contentRows(result.contents)) row(name, count, least)
    row('killed', 'points', 'run')
    row('at points of the day', result.points, result.points_run)
    row('and in the recovery', result.recovery_points, result.recovery_points_run)
    row('kinds of the latter', result.recovery_kinds, result.recovery_kinds_run)
    console.log(`${result.bots} bots started, ${result.survivors} of them ended before their point`)
    console.log(withoutStop(result.longest_without_stop_s, result.longest_without_stop_wall_s))
    row('rule', 'broken')
    for (const [rule, count] of Object.entries(result.violations)) row(rule, count)
    for (const { name, rule, caught } of result.planted)
      console.log(`planted: ${name.padEnd(20)} ${caught ? `seen as "${rule}"` : `NOT SEEN as "${rule}"`}`)
    console.log(`${isClean(result) ? 'clean' : 'NOT CLEAN'}, ${seconds()} s`)
  }
  process.exit(isClean(result) ? 0 : 1)
} catch (error) {
  if (!(error instanceof BadDayError)) throw error
  console.error(error.message)
  process.exit(1)
}
