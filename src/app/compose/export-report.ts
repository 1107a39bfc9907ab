import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decisionsCsv, equityCsv, fillsCsv, fundingCsv, tradesCsv } from '../../backtest/report-csv.ts'
import { reportHtml } from '../../backtest/report-html.ts'
import { reportJson } from '../../backtest/report-json.ts'
import type { BacktestReport } from '../../backtest/report.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Why a report cannot be written there, before any work is done; `null` when it seems it can. */
export function checkExportDirectory(directory: string): string | null {
  const found = statSync(directory, { throwIfNoEntry: false })
  if (found && !found.isDirectory()) return `--export ${directory}: that is a file; name a directory.`
  try {
    mkdirSync(directory, { recursive: true })
    return null
  } catch (error) {
    return `--export ${directory}: cannot be made (${messageOf(error)}).`
  }
}

/** Writes all files of a report; each appears whole or not at all. A sentence when the disk refuses. */
export function exportReport(directory: string, report: BacktestReport): string | null {
  const files: Readonly<Record<string, () => string>> = {
    'result.json': () => `${JSON.stringify(reportJson(report), null, 2)}\n`,
    'trades.csv': () => tradesCsv(report),
    'fills.csv': () => fillsCsv(report),
    'funding.csv': () => fundingCsv(report),
    'decisions.csv': () => decisionsCsv(report),
    'equity.csv': () => equityCsv(report),
    'report.html': () => reportHtml(report),
  }
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name)
    const draft = `${path}.tmp`
    try {
      writeFileSync(draft, content())
      renameSync(draft, path)
    } catch (error) {
      rmSync(draft, { force: true })
      return `${path} could not be written (${messageOf(error)}); files written before it are complete.`
    }
  }
  return null
}
