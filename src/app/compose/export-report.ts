import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '../../adapter/directory/make-directory.ts'
import { decisionsCsv, equityCsv, fillsCsv, fundingCsv, tradesCsv } from '../../backtest/report-csv.ts'
import { reportHtml } from '../../backtest/report-html.ts'
import { reportJson } from '../../backtest/report-json.ts'
import type { BacktestReport } from '../../backtest/report.ts'

const FILES: Readonly<Record<string, (report: BacktestReport) => string>> = {
  'result.json': (report) => `${JSON.stringify(reportJson(report), null, 2)}\n`,
  'trades.csv': tradesCsv,
  'fills.csv': fillsCsv,
  'funding.csv': fundingCsv,
  'decisions.csv': decisionsCsv,
  'equity.csv': equityCsv,
  'report.html': reportHtml,
}

/** A directory of this export alone, beside the files it becomes: on their disk, and of no other process. */
const makeDraft = (directory: string): string => mkdtempSync(join(directory, '.export-'))

/** Why a report cannot be written there, before any work is done; `null` when it seems it can. */
export function checkExportDirectory(directory: string): string | null {
  const found = tried(() => statSync(directory, { throwIfNoEntry: false }))
  if (typeof found === 'object' && !found.isDirectory())
    return `--export ${directory}: that is a file; name a directory.`
  const unmade = tried(() => makeDirectory(directory))
  if (typeof unmade === 'string') return `--export ${directory}: cannot be made (${unmade}).`
  const unwritable = tried(() => rmSync(makeDraft(directory), { recursive: true }))
  if (typeof unwritable === 'string') return `--export ${directory}: cannot be written to (${unwritable}).`
  const occupied = Object.keys(FILES).find(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() === true,
  )
  return occupied === undefined
    ? null
    : `--export ${directory}: ${occupied} is a directory there, where a file must go; move it away or name another.`
}

/**
 * Writes all files of a report. They are complete on the disk before the first takes its place, so that a disk that
 * refuses leaves an earlier report as it was. A sentence when it refuses.
 */
export function exportReport(directory: string, report: BacktestReport): string | null {
  let draft: string | undefined
  const failed = tried(() => {
    draft = makeDraft(directory)
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(draft, name), content(report))
    for (const name of Object.keys(FILES)) renameSync(join(draft, name), join(directory, name))
  })
  const left = draft
  if (left !== undefined) tried(() => rmSync(left, { recursive: true, force: true }))
  return typeof failed !== 'string' ? null : `The report could not be written to ${directory} (${failed}).`
}

/** What the call gives, or the system's message when it refuses. A defect of ours still throws. */
function tried<T>(call: () => T): T | string {
  try {
    return call()
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error.message
    throw error
  }
}
