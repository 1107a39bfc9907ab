import { parseArgs } from 'node:util'
import { liveDay, type DayResult } from './crash-points/day.ts'
import { RULES, type Violation } from './crash-points/verdict.ts'

const { values } = parseArgs({
  options: {
    /** Every so manieth point, by chance. */
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    /** Only these points: 12 or 12,3 (the second bot dies at its third). */
    at: { type: 'string' },
    /** How many days' recoveries are killed at each of their own points. */
    recoveries: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})

const PARALLEL = 2
const PROGRESS_EVERY = 10
const MAX_POINTS = 330

/** Numbers in [0, 1) that are the same for the same seed. */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Found extends Violation {
  readonly deaths: readonly number[]
  readonly boundary: string
}

const begun = performance.now()
const calm = await liveDay([])
if (calm.report === null || calm.violations.length > 0) {
  console.error('the day without a crash is not clean:', calm.violations)
  process.exit(1)
}
const { reached } = calm.report
if (reached.length > MAX_POINTS) {
  console.error(`the day has ${reached.length} points, more than ${MAX_POINTS}`)
  process.exit(1)
}

/** The first point at which an order is committed and not sent, sent and not answered, filled and not yet protected. */
const hard = [/POST .*order to be sent/, /POST .*order sent/, /commit of order_filled to be made/]
  .map((pattern) => reached.findIndex((name) => pattern.test(name)) + 1)
  .slice(0, Number(values.recoveries))
const draw = chance(Number(values.seed))
const share = 1 / Number(values.sample)
const single = reached.map((_, i): readonly number[] => [i + 1])
const twice: (readonly number[])[] = []
if (values.at === undefined)
  for (const first of hard) {
    // How many points its recovery has, the recovery itself tells.
    const whole = await liveDay([first])
    for (let second = 1; second <= (whole.report?.recovery ?? 0); second++) twice.push([first, second])
  }
const all =
  values.at === undefined ? [...single, ...twice].filter(() => draw() < share) : [values.at.split(',').map(Number)]

const found: Found[] = []
let [bots, survivors, done] = [calm.bots, 0, 0]
const queue = [...all]
async function work(): Promise<void> {
  for (let deaths = queue.shift(); deaths !== undefined; deaths = queue.shift()) {
    const day: DayResult = await liveDay(deaths)
    bots += day.bots
    survivors += day.survivors
    done++
    if (done % PROGRESS_EVERY === 0) console.error(`${done} of ${all.length} days, ${found.length} violations`)
    const boundary = reached[(deaths[0] ?? 0) - 1] ?? ''
    for (const violation of day.violations) {
      found.push({ ...violation, deaths, boundary })
      if (!values.json) console.log(`${deaths.join(' then ')} (${boundary}): ${violation.rule}: ${violation.detail}`)
    }
  }
}
await Promise.all(Array.from({ length: PARALLEL }, work))

const counts = Object.fromEntries(RULES.map((rule) => [rule, found.filter((each) => each.rule === rule).length]))
const summary = {
  points: reached.length,
  recovery_points: twice.length,
  days: done,
  bots,
  survivors,
  violations: counts,
  wall_seconds: Math.round((performance.now() - begun) / 1_000),
}
if (values.json) console.log(JSON.stringify({ ...summary, found }))
else {
  console.log(`points of the day ${summary.points}, of recoveries ${summary.recovery_points}`)
  console.log(`days with crashes ${done}, bots started ${bots}, that ended before their crash ${survivors}`)
  for (const [rule, count] of Object.entries(counts)) console.log(`${rule.padEnd(20)}${String(count).padStart(6)}`)
  console.log(`${summary.wall_seconds} s`)
}
process.exit(found.length === 0 ? 0 : 1)
