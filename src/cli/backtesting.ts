import { PROGRAM, type Command, type Invocation } from './command.ts'
import { EXIT } from './exit-code.ts'
import type { Override } from '../config/flag-layer.ts'
import { wholeNumber } from './whole-number.ts'

const DEFAULT_SEEDS = 20
const MAX_SEEDS = 10_000
/** A tenth of the price: nobody's slippage, and below it a fill keeps a price above 0. */
const MAX_SLIPPAGE_BP = 1_000

export const backtesting: Command = {
  name: 'backtesting',
  aliases: ['backtest'],
  description: 'Run the rules over recorded candles, beside their placebos',
  options: [
    {
      flags: '--data <files...>',
      description:
        'csv or csv.gz, one a symbol; columns are found by their names (README.md lists them); open_interest and turnover shape the map',
    },
    { flags: '--symbol <symbol>', description: 'of the data, where the file’s name does not say it' },
    { flags: '--timerange <days>', description: 'like 20240101-20240701; earlier rows warm up' },
    {
      flags: '--placebo-seeds <n>',
      description: 'runs of each placebo; 0: none, and the report says so',
      default: String(DEFAULT_SEEDS),
    },
    { flags: '--fee-taker <bp>', description: 'taker fee', key: 'simulation.fee_taker_bp' },
    {
      flags: '--slippage-bp <bp>',
      description: 'fixed slippage of entries and market exits, instead of spread and impact; stops keep their own',
    },
    { flags: '--export <dir>', description: 'write the report, trades, fills, funding, decisions and equity there' },
  ],
  examples: [
    'backtesting --data bybit_BTCUSDT_1h.csv.gz',
    'backtesting --data btc.csv --symbol BTCUSDT --timerange 20240101-20240701 -c config/literal.yaml --export report',
  ],
  run: async (invocation) => {
    const slippage = slippageOverrides(invocation.options['slippageBp'])
    const { output, json, options } = invocation
    if (slippage === undefined)
      return badOption(
        invocation,
        `--slippage-bp ${String(options['slippageBp'])}: a number of basis points from 0 to ${MAX_SLIPPAGE_BP}.`,
      )
    const seeds = wholeNumber(options['placeboSeeds'], MAX_SEEDS)
    if (seeds === undefined) {
      return badOption(
        invocation,
        `--placebo-seeds ${String(options['placeboSeeds'])}: a whole number from 0 to ${MAX_SEEDS}.`,
      )
    }
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation, [
      { path: 'mode', value: 'backtest', flag: 'backtesting' },
      ...slippage,
    ])
    if (loaded.kind === 'exit') return loaded.code
    if (loaded.config.heatmap.source !== 'estimator') {
      return badOption(
        invocation,
        `heatmap.source: ${loaded.config.heatmap.source} has no history for these candles; a backtest uses the estimator.`,
      )
    }
    const paths = Array.isArray(options['data']) ? (options['data'] as readonly string[]) : []
    if (paths.length === 0)
      return badOption(
        invocation,
        `backtesting needs candles: --data FILE. For example: ${PROGRAM} ${backtesting.examples[0]}`,
      )
    if (typeof options['symbol'] === 'string' && paths.length > 1)
      return badOption(invocation, '--symbol names the symbol of one file; of several, each file’s name must say it.')
    const { parseTimeRange } = await import('./timerange.ts')
    const { printProblems } = await import('./print-problems.ts')
    const timerange = typeof options['timerange'] === 'string' ? parseTimeRange(options['timerange']) : null
    if (timerange?.kind === 'invalid') {
      printProblems(output, [timerange.problem], 'Correct it, then run it again')
      return EXIT.configuration
    }
    const { readHistoryFiles } = await import('../app/compose/read-history-files.ts')
    const read = readHistoryFiles(paths, typeof options['symbol'] === 'string' ? [options['symbol']] : [])
    if (read.kind === 'invalid') {
      printProblems(output, read.problems, 'Correct the data, then run it again')
      return EXIT.error
    }
    const { stateBarMs } = await import('../app/timeframe.ts')
    const barMs = read.columns[0]!.barMs
    if (stateBarMs(loaded.config.timeframe, barMs) === undefined) {
      return badOption(
        invocation,
        `timeframe: ${loaded.config.timeframe} cannot be built from bars of ${barMs / 60_000} min; use auto or a multiple of them.`,
      )
    }
    const from = timerange?.range.from ?? null
    const to = timerange?.range.to ?? null
    const inRange = read.columns.some(
      (c) => c.openTime[0]! < (to ?? Number.POSITIVE_INFINITY) && c.openTime[c.length - 1]! >= (from ?? 0),
    )
    if (!inRange) {
      output.error(`--timerange ${String(options['timerange'])}: the data has no bar in it.`)
      return EXIT.error
    }
    const { checkExportDirectory, exportReport } = await import('../app/compose/export-report.ts')
    const target = typeof options['export'] === 'string' ? options['export'] : null
    const refused = target === null ? null : checkExportDirectory(target)
    if (refused !== null) {
      output.error(refused)
      return EXIT.error
    }
    const { missingMaps } = await import('../app/missing-map.ts')
    for (const each of missingMaps(loaded.config, read.columns, to ?? undefined)) output.message(each)
    const { createProgress } = await import('./progress.ts')
    const progress = createProgress('backtesting', json)
    const { runBacktest } = await import('../app/backtest.ts')
    const report = await runBacktest({
      config: loaded.config,
      configHash: loaded.hash,
      columns: read.columns,
      files: read.files,
      from,
      to,
      placeboSeeds: seeds,
      keepDecisions: target !== null,
      onProgress: progress.at,
    })
    progress.done()
    if (json) {
      const { reportJson } = await import('../backtest/report-json.ts')
      output.json(reportJson(report))
    } else {
      const { reportText } = await import('../backtest/report-table.ts')
      output.data(reportText(report))
    }
    // The run may have taken hours: its report is shown even where the disk refuses it.
    const failed = target === null ? null : exportReport(target, report)
    if (failed !== null) {
      output.error(failed)
      return EXIT.error
    }
    output.message(
      target === null
        ? `Keep it with its fills and plots: ${PROGRAM} backtesting … --export report`
        : `Written to ${target}; the plots are in ${target}/report.html`,
    )
    return EXIT.ok
  },
}

function badOption({ output }: Invocation, message: string): typeof EXIT.configuration {
  output.error(message)
  return EXIT.configuration
}

/** A fixed slippage replaces the model: half the spread for every symbol, no impact. `undefined`: no such number. */
function slippageOverrides(value: unknown): readonly Override[] | undefined {
  if (value === undefined) return []
  const bp = Number(value)
  if (typeof value !== 'string' || value.trim() === '' || !(bp >= 0 && bp <= MAX_SLIPPAGE_BP)) return undefined
  const flag = '--slippage-bp'
  return [
    { path: 'simulation.half_spread_bp', value: { default: bp }, flag },
    { path: 'simulation.impact', value: false, flag },
  ]
}
