import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Problem } from '../../../src/domain/problem.ts'
import type { Override } from '../../../src/config/flag-layer.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { originText } from '../../../src/config/origin.ts'
import { configSchema, type FileConfig } from '../../../src/config/schema.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-config-'))
afterAll(() => rmSync(directory, { recursive: true }))

let counter = 0
function file(text: string): string {
  const path = join(directory, `${counter++}.yaml`)
  writeFileSync(path, text)
  return path
}

interface Given {
  readonly environment?: Readonly<Record<string, string>>
  readonly overrides?: readonly Override[]
}

const load = (texts: readonly string[], { environment = {}, overrides = [] }: Given = {}) =>
  loadConfig({ files: texts.map(file), environment, overrides })

function valid(texts: readonly string[], given?: Given) {
  const loaded = load(texts, given)
  if (loaded.kind !== 'ok') throw new Error(JSON.stringify(loaded.problems))
  return loaded
}

function problems(texts: readonly string[], given?: Given): readonly Problem[] {
  const loaded = load(texts, given)
  if (loaded.kind === 'ok') throw new Error('the configuration was accepted')
  return loaded.problems
}

function onlyProblem(text: string, given?: Given): Problem {
  const found = problems([text], given)
  expect(found.map(({ what }) => what)).toHaveLength(1)
  return found[0]!
}

/** Where a problem stands, without the file. */
const place = ({ where }: Problem): string => where.slice(where.indexOf('.yaml') + '.yaml'.length)

describe('layers', () => {
  const flag = (path: string, value: unknown): Override => ({ path, value, flag: `--${path}` })

  it('are the defaults alone without any', () => {
    const loaded = loadConfig({ environment: {} })
    expect(loaded.kind === 'ok' && loaded.file).toEqual(configSchema.parse({}))
    expect(loaded.kind === 'ok' && new Set([...loaded.origins.values()].map(originText))).toEqual(new Set(['default']))
  })

  it('win in the order files, environment, flags', () => {
    const texts = ['mode: paper\nexchange: {leverage: 2}\nmarket: tape', 'exchange:\n  leverage: 3']
    const environment = { LODESTONE__EXCHANGE__LEVERAGE: '4' }
    const overrides = [flag('exchange.leverage', '6')]
    expect(valid(texts.slice(0, 1)).config.exchange.leverage).toBe(2)
    expect(valid(texts).config.exchange.leverage).toBe(3)
    expect(valid(texts, { environment }).config.exchange.leverage).toBe(4)
    expect(valid(texts, { environment, overrides }).config.exchange.leverage).toBe(6)
    expect(valid(texts, { environment, overrides }).config.market).toBe('tape')
  })

  it('say where each value came from', () => {
    const loaded = valid(['exchange:\n  leverage: 2\n  margin_mode: cross'], {
      environment: { LODESTONE__RISK__MAX_OPEN_TRADES: '2' },
      overrides: [flag('mode', 'backtest')],
    })
    const source = (path: string): string => originText(loaded.origins.get(path)!)
    expect(source('exchange.leverage')).toMatch(/\.yaml:2:13$/)
    expect(source('exchange.margin_mode')).toMatch(/\.yaml:3:16$/)
    expect(source('risk.max_open_trades')).toBe('LODESTONE__RISK__MAX_OPEN_TRADES')
    expect(source('mode')).toBe('--mode')
    expect(source('risk.max_drawdown_pct')).toBe('default')
  })

  it('give the code its spelling', () => {
    const { config, file: snake } = valid(['dry_run_wallet: 500\nstrategies: {ema_cross: {stop_pct: 1.5}}'])
    expect([config.dryRunWallet, config.strategies.emaCross.stopPct]).toEqual([500, 1.5])
    expect([snake.dry_run_wallet, snake.strategies.ema_cross.stop_pct]).toEqual([500, 1.5])
  })

  it('replace maps and lists as a whole, but change a single entry from the environment', () => {
    expect(valid(['estimator: {leverage_mix: {10: 1}}']).file.estimator.leverage_mix).toEqual({ 10: 1 })
    const environment = {
      LODESTONE__SIMULATION__HALF_SPREAD_BP__DEFAULT: '3',
      LODESTONE__SIMULATION__HALF_SPREAD_BP__XRPUSDT: '4',
    }
    expect(valid([], { environment }).file.simulation.half_spread_bp).toEqual({
      ...configSchema.parse({}).simulation.half_spread_bp,
      default: 3,
      XRPUSDT: 4,
    })
  })

  it('read empty files and empty sections as nothing said', () => {
    expect(valid(['', '# nothing\n', 'risk:\n  # max_open_trades: 3\n']).file).toEqual(configSchema.parse({}))
  })

  it('follow anchors and merge keys, whose own keys win', () => {
    const { liquidation_hunt: hunt, cluster_breakout: breakout } = valid([
      'strategies:\n  liquidation_hunt: &gate\n    min_strength: 0.7\n    min_open_interest_pct: 0.2\n' +
        '  cluster_breakout:\n    min_strength: 0.9\n    <<: *gate\n',
    ]).file.strategies
    expect([hunt.min_strength, hunt.min_open_interest_pct]).toEqual([0.7, 0.2])
    expect([breakout.min_strength, breakout.min_open_interest_pct]).toEqual([0.9, 0.2])
  })

  it('keep the hash when only the way changes', () => {
    const byFile = valid(['exchange: {leverage: 7}']).hash
    expect(valid([], { overrides: [flag('exchange.leverage', 7)] }).hash).toBe(byFile)
    expect(byFile).toMatch(/^[0-9a-f]{16}$/)
    expect(valid([]).hash).not.toBe(byFile)
  })
})

describe('text from the environment', () => {
  it.each<[string, string, (file: FileConfig) => unknown, unknown]>([
    ['LODESTONE__RISK__MAX_ORDER_USD', '2.5e3', (file) => file.risk.max_order_usd, 2_500],
    ['LODESTONE__RISK__MAX_OPEN_TRADES', 'null', (file) => file.risk.max_open_trades, null],
    ['LODESTONE__STRATEGIES__EMA_CROSS__ENABLED', 'True', (file) => file.strategies.ema_cross.enabled, true],
    ['LODESTONE__exchange__PAIRS', '["BTCUSDT", "ETHUSDT"]', (file) => file.exchange.pairs, ['BTCUSDT', 'ETHUSDT']],
    ['LODESTONE__EXCHANGE__PAIRS', 'BTCUSDT, ETHUSDT', (file) => file.exchange.pairs, ['BTCUSDT', 'ETHUSDT']],
    ['LODESTONE__ESTIMATOR__LEVERAGE_MIX', '{"5": 1}', (file) => file.estimator.leverage_mix, { 5: 1 }],
    [
      'LODESTONE__STRATEGIES__LIQUIDATION_HUNT__PROTECTIVE_ATR',
      '[1, 2]',
      (file) => file.strategies.liquidation_hunt.protective_atr,
      [1, 2],
    ],
    ['LODESTONE__HEATMAP__URL', 'null', (file) => file.heatmap.url, null],
    ['LODESTONE__DATA_DIR', '15', (file) => file.data_dir, '15'],
  ])('%s=%s', (name, text, read, value) => {
    expect(read(valid([], { environment: { [name]: text } }).file)).toEqual(value)
  })

  it('is refused with the variable’s name', () => {
    const problem = (name: string, text: string): Problem => problems([], { environment: { [name]: text } })[0]!
    expect(problem('LODESTONE__RISK__MAX_OPEN_TRADE', '3')).toMatchObject({
      code: 'unknown_key',
      where: 'LODESTONE__RISK__MAX_OPEN_TRADE',
      hint: 'Did you mean max_open_trades (risk)?',
    })
    expect(problem('LODESTONE__EXCHANGE__LEVERAGE', 'high')).toMatchObject({
      code: 'wrong_type',
      where: 'LODESTONE__EXCHANGE__LEVERAGE',
    })
    expect(problem('LODESTONE__EXCHANGE__LEVERAGE', ' ').code).toBe('empty_value')
    expect(problem('LODESTONE__RISK', '3').hint).toContain('LODESTONE__RISK__MAX_ORDER_USD')
    expect(problem('LODESTONE__EXCHANGE__LEVERAGE__X', '3').code).toBe('unknown_key')
  })

  it('is left alone under other names', () => {
    expect(valid([], { environment: { LODESTONE_HOME: '/x', LODESTONE: 'y', PATH: 'z' } }).file).toEqual(
      configSchema.parse({}),
    )
  })
})

describe('unknown keys', () => {
  it('are named with their place and the nearest valid key', () => {
    const problem = onlyProblem('# mine\nrisk:\n  max_open_trade: 3\n')
    expect(problem).toMatchObject({
      code: 'unknown_key',
      what: 'risk: unknown key "max_open_trade"',
      hint: 'Did you mean max_open_trades (risk)?',
      snippet: '2 | risk:\n3 |   max_open_trade: 3\n  |   ^',
    })
    expect(place(problem)).toBe(':3:3')
  })

  it('are found in other sections', () => {
    expect(onlyProblem('risk: {leverage: 3}').hint).toBe('leverage stands elsewhere: exchange')
    expect(onlyProblem('max_open_trades: 3').hint).toBe('max_open_trades stands elsewhere: risk')
    expect(onlyProblem('max_open_trads: 3').hint).toBe('Did you mean max_open_trades (risk)?')
    expect(onlyProblem('exchange: {dry_run_walet: 3}').hint).toBe('Did you mean dry_run_wallet (top level)?')
  })

  it('with the wrong unit are told the right one and the value in it', () => {
    expect(onlyProblem('risk: {max_daily_loss_ratio: 0.03}').hint).toBe(
      'risk.max_daily_loss_pct is in percent (1 means 1 %): write max_daily_loss_pct: 3',
    )
    expect(onlyProblem('heatmap: {stale_after_ms: 15000}').hint).toBe(
      'heatmap.stale_after_secs is in seconds: write stale_after_secs: 15',
    )
    expect(onlyProblem('risk: {max_drawdown: 5}').hint).toBe('risk.max_drawdown_pct is in percent (1 means 1 %)')
    expect(onlyProblem('risk: {max_drawdown_usd: 5}').hint).toBe('risk.max_drawdown_pct is in percent (1 means 1 %)')
    expect(onlyProblem('risk: {max_order_pct: 50}').hint).toBe(
      'risk.max_order_ratio is a fraction of 1 (0.01 means 1 %): write max_order_ratio: 0.5',
    )
  })

  it('with no likeness are answered with the keys that there are', () => {
    expect(onlyProblem('confirmation: {rsi: {zzzzzzzz: 1}}').hint).toBe('Keys here: enabled, period, low, high')
  })

  it('do not bring secrets into messages', () => {
    const problem = onlyProblem('exchange:\n  api_key: hunter2\n')
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  it('called stoploss are refused for what they leave open', () => {
    for (const text of ['stoploss: -0.1', 'stop: {stop_loss_pct: 1}']) {
      expect(onlyProblem(text)).toMatchObject({
        code: 'ambiguous_key',
        hint: expect.stringContaining('stop.max_distance_pct'),
      })
    }
    expect(onlyProblem('stoploss: -0.1').what).toContain('margin')
  })
})

describe('values', () => {
  it('of the wrong type or size are shown with what they must be', () => {
    expect(onlyProblem('exchange:\n  leverage: 500').what).toBe(
      'exchange.leverage is 500, but must be a whole number from 1 to 125',
    )
    expect(place(onlyProblem('exchange:\n  leverage: 500'))).toBe(':2:13')
    expect(onlyProblem('exchange: {leverage: 2.5}').what).toContain('is 2.5, but must be a whole number')
    expect(onlyProblem('risk: {max_order_usd: 0}').what).toBe(
      'risk.max_order_usd is 0, but must be a number above 0, or null',
    )
    expect(onlyProblem('exchange: {pairs: []}').what).toBe(
      'exchange.pairs is an empty list, but must be a list of at least 1, each text',
    )
    expect(onlyProblem('risk: {max_order_usd: .nan}').what).toContain('is NaN')
    expect(onlyProblem('stop: {buffer_atr: null}').what).toBe('stop.buffer_atr is null, but must be a number above 0')
    expect(onlyProblem('strategies: {liquidation_hunt: {protective_atr: [1]}}').what).toContain(
      'is [1], but must be a list of 2',
    )
    expect(onlyProblem('simulation: {half_spread_bp: {BTCUSDT: 1}}').what).toContain(
      'half_spread_bp.default is missing',
    )
  })

  it('of a closed list are told the nearest', () => {
    expect(onlyProblem('mode: papper')).toMatchObject({
      what: 'mode is the text "papper", but must be one of backtest, paper, testnet, live',
      hint: 'Did you mean paper?',
    })
    expect(onlyProblem('entry: {priority: [cluster_breakut]}')).toMatchObject({
      what: expect.stringContaining('entry.priority[0] is the text "cluster_breakut"'),
      hint: 'Did you mean cluster_breakout?',
    })
  })

  it('with a unit behind the number are told the number', () => {
    expect(onlyProblem('risk: {max_drawdown_pct: 5%}').hint).toContain('Write the number alone: 5;')
    expect(onlyProblem('stop: {break_even_r: 0.5R}').hint).toContain('Write the number alone: 0.5;')
    expect(onlyProblem('estimator: {half_life_hours: {5: "10"}}').what).toContain(
      'estimator.half_life_hours.5 is the text "10"',
    )
  })

  it('yes and no are told true and false', () => {
    expect(onlyProblem('simulation: {impact: yes}').hint).toBe('Write true')
    expect(onlyProblem('simulation: {impact: off}').hint).toBe('Write false')
  })

  it('where a section belongs are refused', () => {
    const problem = onlyProblem('risk: 5')
    expect(problem).toMatchObject({ code: 'wrong_type', what: 'risk is a section and needs keys under it' })
    expect(place(problem)).toBe(':1:7')
    expect(onlyProblem('- mode: paper').what).toBe('the file holds no keys')
  })

  it('are all reported at once', () => {
    expect(problems(['mode: x\nrisk: {a_b_c: 1}', 'exchange: {leverage: 0}'])).toHaveLength(3)
  })

  it('from an option are reported by its name', () => {
    const overrides = [{ path: 'exchange.leverage', value: '500', flag: '--leverage' }]
    expect(problems([], { overrides })[0]).toMatchObject({ where: '--leverage', code: 'invalid_value', snippet: null })
  })
})

describe('files', () => {
  it('with duplicate keys are refused at the second', () => {
    const problem = onlyProblem('mode: paper\nrisk:\n  max_open_trades: 1\n  max_open_trades: 2\n')
    expect(problem).toMatchObject({ code: 'duplicate_key', what: 'duplicate key "max_open_trades"' })
    expect(place(problem)).toBe(':4:3')
  })

  it('that are no YAML are refused at the place', () => {
    const problem = onlyProblem('risk:\n\tmax_open_trades: 1')
    expect(problem.code).toBe('bad_yaml')
    expect(place(problem)).toBe(':2:1')
    expect(problems(['mode: [paper'])[0]!.code).toBe('bad_yaml')
    expect(problems(['mode: paper\n---\nmode: paper'])[0]!.what).toBe('a second document begins here')
  })

  it('with aliases that lead nowhere or in circles are refused', () => {
    expect(onlyProblem('risk: *nothing').what).toContain('no anchor')
    expect(onlyProblem('exchange: {pairs: [*nothing]}').code).toBe('bad_yaml')
    expect(problems(['exchange: &e\n  pairs: *e'])[0]!.what).toContain('exchange.pairs')
    expect(problems(['exchange: {pairs: &p [*p]}'])[0]!.what).toContain('exchange.pairs')
    expect(problems(['risk: &r\n  <<: *r'])[0]!.what).toContain('aliases')
  })

  it('that cannot be read are refused by name', () => {
    const missing = join(directory, 'missing.yaml')
    const latin = join(directory, 'latin.yaml')
    writeFileSync(latin, Uint8Array.of(0x6d, 0xe4, 0x3a))
    const loaded = loadConfig({ files: [missing, directory, latin], environment: {} })
    expect(loaded.kind === 'invalid' && loaded.problems.map(({ where, what }) => [where, what])).toEqual([
      [missing, 'there is no such file'],
      [directory, 'this is a directory, not a file'],
      [latin, 'the file is not UTF-8 text'],
    ])
  })

  it('cannot reach the prototypes of objects', () => {
    expect(problems(['__proto__: {polluted: true}'])[0]!.code).toBe('unknown_key')
    valid(['simulation: {half_spread_bp: {default: 1, __proto__: 2}}'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('dry_run', () => {
  const backtest = { overrides: [{ path: 'mode', value: 'backtest', flag: '--mode' }] }

  it('true is mode: paper', () => {
    const loaded = valid(['dry_run: true'])
    expect(loaded.file.mode).toBe('paper')
    expect(originText(loaded.origins.get('mode')!)).toMatch(/\.yaml:1:10$/)
    expect(valid(['dry_run: true\nmode: paper']).file.mode).toBe('paper')
  })

  it('true contradicts another mode in a file or the environment, in any order', () => {
    for (const text of ['dry_run: true\nmode: backtest', 'mode: backtest\ndry_run: true']) {
      expect(onlyProblem(text)).toMatchObject({
        code: 'contradiction',
        what: expect.stringContaining('dry_run: true contradicts mode: backtest'),
      })
    }
    expect(onlyProblem('dry_run: true', { environment: { LODESTONE__MODE: 'backtest' } }).code).toBe('contradiction')
  })

  it('true does not stand against a backtest asked for by the command', () => {
    expect(valid(['dry_run: true'], backtest).file.mode).toBe('backtest')
  })

  it('false contradicts paper', () => {
    expect(valid(['dry_run: false']).file.mode).toBe('testnet')
    expect(onlyProblem('dry_run: false\nmode: paper').code).toBe('contradiction')
    expect(valid(['dry_run: false\nmode: backtest']).file.mode).toBe('backtest')
  })

  it('is a boolean', () => {
    expect(onlyProblem('dry_run: 1').code).toBe('wrong_type')
  })
})
