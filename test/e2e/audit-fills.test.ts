import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomWalk } from '../../scripts/proof/random-walk.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import { exportRun, type Exported } from './exported-run.ts'

const script = resolve(import.meta.dirname, '../../scripts/audit-fills.mjs')

const momentum = {
  liquidation_hunt: { enabled: false },
  support_resistance: { enabled: false },
  cluster_breakout: { enabled: false },
} as const
const restless = { cooldown_hours: 0, stop_cooldown_hours: 0, max_entries_per_day: null } as const
const patient = { max_drawdown_pct: 100, max_daily_loss_pct: 100 } as const

/** Resting entries, stops and targets. */
const resting = toConfig(
  configSchema.parse({
    strategies: { ...momentum, ema_cross: { enabled: true, fast: 5, slow: 12, stop_pct: 1.5, target_pct: 2.5 } },
    entry: { ...restless, order_type: 'limit' },
    risk: patient,
  }),
)
/** Immediate entries, and stops that lie beyond the liquidation. */
const reckless = toConfig(
  configSchema.parse({
    exchange: { leverage: 50 },
    strategies: { ...momentum, ema_cross: { enabled: true, fast: 5, slow: 12, stop_pct: 6, target_pct: 3 } },
    entry: restless,
    risk: { ...patient, liquidation_distance_ratio: 0.0001, max_leverage: 125 },
  }),
)

const columns = (seed: number) => [
  randomWalk({ seed, bars: 1_000, hourlyVolatility: 0.008, fundingDeviation: 0.0002, substeps: 12 }).columns,
]

const made: string[] = []
let guarded: Exported
let liquidated: Exported

beforeAll(async () => {
  guarded = await exportRun(resting, columns(5))
  liquidated = await exportRun(reckless, columns(6))
  made.push(guarded.directory, liquidated.directory)
})
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
})

function audit(directory: string): {
  readonly code: number | null
  readonly output: string
  readonly failed: readonly string[]
} {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, directory, '--data', join(directory, 'bars_BTCUSDT_1h.csv')],
    { encoding: 'utf8' },
  )
  const failed = stdout.split('\n').flatMap((line) => /^FAIL +\d+ {2}(.*): \d+ violations$/.exec(line)?.slice(1) ?? [])
  return { code: status, output: stdout + stderr, failed }
}

const applied = (output: string, rule: string): number =>
  Number(
    output
      .split('\n')
      .find((line) => line.endsWith(`  ${rule}`))
      ?.split(/ +/)[1] ?? 0,
  )

/** One line of a CSV file and what its cells are called. */
type Cells = Record<string, string>

function linesOf(directory: string, file: string): Cells[] {
  const [head, ...lines] = readFileSync(join(directory, file), 'utf8').trimEnd().split('\n')
  const names = head!.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])))
}

/** A copy of an export in which the first line that `fits` is changed, or left out. */
function planted(
  from: Exported,
  file: string,
  fits: (cells: Cells) => boolean,
  change: (cells: Cells) => Cells | null,
): string {
  const directory = mkdtempSync(join(tmpdir(), 'planted-'))
  made.push(directory)
  cpSync(from.directory, directory, { recursive: true })
  const lines = linesOf(directory, file)
  const at = lines.findIndex(fits)
  if (at < 0) throw new Error(`${basename(file)}: no line fits`)
  const names = Object.keys(lines[at]!)
  const changed = change(lines[at]!)
  lines.splice(at, 1, ...(changed === null ? [] : [changed]))
  writeFileSync(
    join(directory, file),
    `${[names, ...lines.map((cells) => names.map((name) => cells[name]))].map((row) => row.join(',')).join('\n')}\n`,
  )
  return directory
}

const shifted = (cells: Cells, name: string, by: number): Cells => ({
  ...cells,
  [name]: String(Number((Number(cells[name]) + by).toFixed(8))),
})
const better = (cells: Cells, by: number): number => (cells['side'] === 'buy' ? -by : by)

describe('an export that tells the truth', () => {
  it('passes with resting entries, stops and targets', () => {
    const { code, output, failed } = audit(guarded.directory)
    expect(failed, output).toEqual([])
    expect(code).toBe(0)
    for (const rule of [
      'stop slips by its formula',
      'limit needs a trade a tick beyond it',
      'liquidation comes before a stop beyond it',
      'funding amount: longs pay a positive rate',
    ]) {
      expect(applied(output, rule), rule).toBeGreaterThan(10)
    }
  })

  it('passes with immediate entries and liquidations', () => {
    const { code, output, failed } = audit(liquidated.directory)
    expect(failed, output).toEqual([])
    expect(code).toBe(0)
    expect(applied(output, 'liquidation is no better than its price')).toBe(liquidated.forced)
    expect(liquidated.forced).toBeGreaterThan(10)
    expect(applied(output, 'taker pays half the spread')).toBeGreaterThan(10)
  })
})

describe('one false figure', () => {
  const isStop = (cells: Cells): boolean => cells['type'] === 'stop_market'
  const isMaker = (cells: Cells): boolean => cells['liquidity'] === 'maker'
  const isEntry = (cells: Cells): boolean => cells['leg'] === 'entry'
  const any = (): boolean => true
  /** Entry of a trade that its first stop ended, 1.5 % away; ids of one trade share what comes before the leg. */
  const isEntryOfStopped = (entry: Cells): boolean => {
    const stop = linesOf(guarded.directory, 'fills.csv').find(
      (cells) => isStop(cells) && cells['client_order_id']!.slice(0, 14) === entry['client_order_id']!.slice(0, 14),
    )
    return (
      isEntry(entry) &&
      stop !== undefined &&
      Math.abs(Number(stop['trigger_price']) / Number(entry['price']) - 1) > 0.014
    )
  }

  const lies: readonly (readonly [rule: string, make: () => string])[] = [
    [
      'taker pays half the spread',
      () => planted(liquidated, 'fills.csv', isEntry, (cells) => shifted(cells, 'price', better(cells, 5))),
    ],
    [
      'stop slips by its formula',
      () => planted(guarded, 'fills.csv', isStop, (cells) => ({ ...cells, price: cells['trigger_price']! })),
    ],
    [
      'stop is never better than its trigger',
      () =>
        planted(guarded, 'fills.csv', isStop, (cells) => ({
          ...cells,
          price: String(Number(cells['trigger_price']) + better(cells, 1)),
        })),
    ],
    [
      'limit needs a trade a tick beyond it',
      () =>
        planted(guarded, 'fills.csv', isMaker, (cells) =>
          shifted(shifted(cells, 'price', better(cells, 5_000)), 'limit_price', better(cells, 5_000)),
        ),
    ],
    [
      'maker fills at its limit',
      () => planted(guarded, 'fills.csv', isMaker, (cells) => shifted(cells, 'price', better(cells, 0.1))),
    ],
    [
      'resting limits take their share of the volume at most',
      () => planted(guarded, 'fills.csv', isMaker, (cells) => shifted(cells, 'quantity', 500)),
    ],
    ['fee, maker', () => planted(guarded, 'fills.csv', isMaker, (cells) => shifted(cells, 'fee', -0.01))],
    ['fee, taker', () => planted(guarded, 'fills.csv', isStop, (cells) => shifted(cells, 'fee', -0.01))],
    [
      'liquidation fee',
      () =>
        planted(
          liquidated,
          'fills.csv',
          (cells) => cells['leg'] === 'forced',
          (cells) => shifted(cells, 'fee', -1_000),
        ),
    ],
    [
      'liquidation is no better than its price',
      () =>
        planted(
          liquidated,
          'fills.csv',
          (cells) => cells['leg'] === 'forced',
          (cells) => shifted(cells, 'price', better(cells, 5)),
        ),
    ],
    [
      'a stop before the liquidation comes first',
      () =>
        planted(
          liquidated,
          'trades.csv',
          (cells) => cells['exit_reason'] === 'liquidation',
          (cells) => ({
            ...cells,
            stop_price: String((Number(cells['entry_price']) + Number(cells['exit_price'])) / 2),
          }),
        ),
    ],
    [
      'liquidation comes before a stop beyond it',
      () => planted(guarded, 'fills.csv', isEntryOfStopped, (cells) => ({ ...cells, leverage: '100' })),
    ],
    [
      'fill lies within the data',
      () => planted(guarded, 'fills.csv', any, (cells) => ({ ...cells, time: '2030-01-01T00:00:00.000Z' })),
    ],
    [
      'funding amount: longs pay a positive rate',
      () => planted(guarded, 'funding.csv', any, (cells) => ({ ...cells, amount: String(-Number(cells['amount'])) })),
    ],
    [
      'funding rate and mark are the bar’s',
      () => planted(guarded, 'funding.csv', any, (cells) => shifted(cells, 'mark', 1)),
    ],
    [
      'funding is paid on what was held',
      () => planted(guarded, 'funding.csv', any, (cells) => shifted(cells, 'quantity', 0.001)),
    ],
    ['no settlement is left out', () => planted(guarded, 'funding.csv', any, () => null)],
    [
      'profit = gross − fees + funding',
      () => planted(guarded, 'trades.csv', any, (cells) => shifted(cells, 'pnl', 0.01)),
    ],
    [
      'R = profit / (quantity × distance of the first stop)',
      () => planted(guarded, 'trades.csv', any, (cells) => shifted(cells, 'r_multiple', 0.01)),
    ],
  ]

  it.each(lies)('breaks the rule: %s', (rule, make) => {
    const { code, output, failed } = audit(make())
    expect(code, output).toBe(1)
    expect(failed).toContain(rule)
  })

  it('breaks the final balance', () => {
    const directory = planted(guarded, 'trades.csv', any, (cells) => cells)
    const result = JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')) as {
      summary: { final_balance: string }
    }
    result.summary.final_balance = String(Number(result.summary.final_balance) + 0.01)
    writeFileSync(join(directory, 'result.json'), JSON.stringify(result))
    expect(audit(directory).failed).toEqual(['final balance = start + Σ profit, to the cent'])
  })
})
