import { problem, type Problem } from '../domain/problem.ts'
import { originText, type Assignment } from './origin.ts'
import { DRY_RUN } from './schema-tree.ts'

const MODE = 'mode'
const isKey = (assignment: Assignment, key: string): boolean =>
  assignment.path.length === 1 && assignment.path[0] === key

/**
 * Reads `dry_run: true` as `mode: paper`, and refuses both when they contradict each other. A backtest asked for on the
 * command line is no contradiction: it trades nothing either.
 */
export function resolveDryRun(
  assignments: readonly Assignment[],
  defaultMode: string,
): { readonly assignments: readonly Assignment[]; readonly problems: readonly Problem[] } {
  const dryRun = assignments.findLast((each) => isKey(each, DRY_RUN))
  if (!dryRun) return { assignments, problems: [] }
  const where = originText(dryRun.origin)
  const modes = assignments.filter((each) => isKey(each, MODE))
  const others = assignments.filter((each) => !isKey(each, DRY_RUN))
  if (typeof dryRun.value !== 'boolean') {
    return {
      assignments: others,
      problems: [problem('wrong_type', where, 'dry_run must be true or false', 'Better: leave it out and set mode')],
    }
  }
  if (dryRun.value) {
    const clash = modes.find(
      ({ value, origin }) => value !== 'paper' && !(origin.kind === 'flag' && value === 'backtest'),
    )
    if (clash) return { assignments: others, problems: [contradiction(where, true, clash)] }
    return {
      assignments: assignments.map((each) => (isKey(each, DRY_RUN) ? { ...each, path: [MODE], value: 'paper' } : each)),
      problems: [],
    }
  }
  const mode = modes.at(-1)
  if ((mode?.value ?? defaultMode) !== 'paper') return { assignments: others, problems: [] }
  return { assignments: others, problems: [contradiction(where, false, mode)] }
}

function contradiction(where: string, dryRun: boolean, mode: Assignment | undefined): Problem {
  const other = mode ? `mode: ${String(mode.value)} (${originText(mode.origin)})` : 'mode: paper (default)'
  return problem(
    'contradiction',
    where,
    `dry_run: ${dryRun} contradicts ${other}`,
    'Leave dry_run out: mode says it all',
  )
}
