import { parseArgs } from 'node:util'
import { FAULT_KINDS } from './unknown-state/fault-kind.ts'
import { runTrial, type Tally } from './unknown-state/trial.ts'

const DEFAULT_COUNT = 1_000
const DEFAULT_SEED = 1

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: String(DEFAULT_COUNT) },
    seed: { type: 'string', default: String(DEFAULT_SEED) },
    fault: { type: 'string' },
  },
})

const COLUMNS = [
  'placements',
  'unknown',
  'exists',
  'dead',
  'rejected',
  'returned',
  'duplicates',
  'lost',
  'unresolved',
  'hasty',
] as const
const NAME_WIDTH = 22
const line = (name: string, cells: readonly (string | number)[]): string =>
  name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(12)).join('')

const isClean = ({ duplicates, lost, unresolved, hasty }: Tally): boolean =>
  duplicates + lost + unresolved + hasty === 0

const count = Number(values.count)
const kinds = FAULT_KINDS.filter(({ name }) => values.fault === undefined || name.includes(values.fault))
console.log(line('fault', [...COLUMNS, 'longest s', 'wall s']))
let clean = true
for (const [i, kind] of kinds.entries()) {
  const begun = performance.now()
  const tally = await runTrial(kind, count, Number(values.seed) * 1_000 + i)
  clean &&= isClean(tally)
  const wall = ((performance.now() - begun) / 1_000).toFixed(1)
  console.log(line(kind.name, [...COLUMNS.map((column) => tally[column]), (tally.longestMs / 1_000).toFixed(1), wall]))
}
console.log(clean ? 'every order was sent once and has its fate' : 'NOT CLEAN')
// Sockets that were never answered would keep the process.
process.exit(clean ? 0 : 1)
