import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ChildReport } from './child.ts'
import type { Subject } from './subject.ts'
import { table } from './table.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

function runAnew(subject: Subject): ChildReport {
  const args = ['--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(subject)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as ChildReport
}

/** What a backtest costs somebody who starts one: a fresh process each, nothing warm, from its start to the report. */
export function startToReport(subjects: readonly Subject[]): string {
  const rows = subjects.map((subject) => {
    const { trades, startToReportMs, barsMb, peakMb } = runAnew(subject)
    return [subject.name, subject.bars, trades, startToReportMs, barsMb, peakMb]
  })
  return table(['started anew', 'bars', 'trades', 'start to report, ms', 'with the bars, MiB', 'peak, MiB'], rows)
}
