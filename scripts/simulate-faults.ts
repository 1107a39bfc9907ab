import { parseArgs } from 'node:util'
import { live, PROFILES, type Profile } from '../test/simulation/seeded.ts'

/**
 * Seeded lives of the bot against a venue that fails: `node scripts/simulate-faults.ts [--seeds N] [--from N] [--profile P]`.
 * Prints a line per kind of faults; ends with 1 when an invariant broke, naming the seed that shows it.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    profile: { type: 'string' },
  },
})
const from = Number(values.from)
const count = Number(values.seeds)
const isProfile = (name: string): name is Profile => PROFILES.some((each) => each === name)
if (values.profile !== undefined && !isProfile(values.profile))
  throw new Error(`--profile is one of ${PROFILES.join(', ')}`)
const profiles = values.profile === undefined ? PROFILES : PROFILES.filter((each) => each === values.profile)

const row = (...cells: readonly (string | number)[]): void => {
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(10) : String(cell).padStart(12))).join(''))
}
row(
  'faults',
  'lives',
  'held',
  'processes',
  'orders',
  'trades',
  'checks',
  'corrections',
  'naked known',
  'naked truth',
  '… answering',
)
let broken = 0
for (const profile of profiles) {
  const sum = {
    held: 0,
    processes: 0,
    orders: 0,
    trades: 0,
    checks: 0,
    corrections: 0,
    known: 0,
    truth: 0,
    answered: 0,
  }
  const stories: string[] = []
  for (let seed = from; seed < from + count; seed++) {
    try {
      const { world, watch, starts } = live(seed, profile)
      sum.held++
      sum.processes += starts
      sum.orders += world.venue.submitted.length
      sum.trades += world.trades.length
      sum.checks += watch.checks
      sum.corrections += world.corrections.length
      sum.known = Math.max(sum.known, watch.longest.known)
      sum.truth = Math.max(sum.truth, watch.longest.truth)
      sum.answered = Math.max(sum.answered, watch.longest.answered)
    } catch (error) {
      stories.push(`  seed ${seed}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  broken += stories.length
  row(
    profile,
    count,
    sum.held,
    sum.processes,
    sum.orders,
    sum.trades,
    sum.checks,
    sum.corrections,
    `${Math.round(sum.known)} ms`,
    `${Math.round(sum.truth)} ms`,
    `${Math.round(sum.answered)} ms`,
  )
  for (const story of stories.slice(0, 10)) console.log(story)
}
process.exitCode = broken > 0 ? 1 : 0
