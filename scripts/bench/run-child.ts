import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface ChildReport {
  readonly trades: number
  readonly checksum: string
  readonly generateMs: number
  readonly runMs: number
  readonly startToReportMs: number
  /** Resident memory when the bars were made up, and at its highest, in MiB. */
  readonly barsMb: number
  readonly peakMb: number
}

/** Runs a case in a fresh process: nothing is warm, and its memory is its own. */
export function runChild(...args: readonly (string | number)[]): ChildReport {
  const child = fileURLToPath(new URL('child.ts', import.meta.url))
  const out = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', child, ...args.map(String)], {
    encoding: 'utf8',
  })
  return JSON.parse(out) as ChildReport
}
