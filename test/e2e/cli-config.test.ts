import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { lodestone } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-cli-'))
afterAll(() => rmSync(directory, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

describe('show-config', () => {
  it('prints the effective configuration as YAML on stdout, and nothing else', async () => {
    const my = file('my.yaml', 'exchange: {leverage: 4}\n')
    const { code, out, err } = await lodestone(['show-config', '-c', my], { LODESTONE__ESTIMATOR__BURN_IN_DAYS: '31' })
    expect(code).toBe(0)
    expect(parse(out)).toMatchObject({ mode: 'testnet', estimator: { burn_in_days: 31 }, exchange: { leverage: 4 } })
    expect(out).toMatch(/^# config [0-9a-f]{16}\n/)
    expect(err).toContain('The configuration is valid; 2 of its')
  })

  it('prints where each value came from', async () => {
    const my = file('sources.yaml', 'exchange:\n  leverage: 4\n')
    const { out } = await lodestone(['show-config', '--sources', '-c', my], {
      LODESTONE__ESTIMATOR__BURN_IN_DAYS: '31',
    })
    expect(out).toContain(`  leverage: 4  # ${my}:2:13\n`)
    expect(out).toContain('  burn_in_days: 31  # LODESTONE__ESTIMATOR__BURN_IN_DAYS\n')
    expect(out).toContain('mode: testnet  # default\n')
  })

  it('prints price distances as shares of the margin too', async () => {
    const my = file('margin.yaml', 'exchange: {leverage: 10}\nstop: {max_distance_pct: 1.5}\n')
    const { out } = await lodestone(['show-config', '-c', my])
    expect(out).toContain('max_distance_pct: 1.5  # 1.5 % of the price = 15 % of the margin at 10×\n')
  })

  it('prints one JSON document with --json', async () => {
    const plain = await lodestone(['show-config', '--json'])
    const withSources = await lodestone(['--json', 'show-config', '--sources', '-q'])
    const document = JSON.parse(plain.out) as Record<string, unknown>
    expect(document).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{16}$/), config: { mode: 'testnet' } })
    expect(document).not.toHaveProperty('sources')
    expect(JSON.parse(withSources.out)).toMatchObject({
      hash: document['hash'],
      sources: { 'exchange.leverage': 'default' },
    })
    expect(withSources.err).toBe('')
  })

  it('accepts its own output', async () => {
    const first = await lodestone(['show-config', '--sources'])
    const second = await lodestone(['show-config', '-c', file('again.yaml', first.out)])
    expect(second.code).toBe(0)
    expect(second.out.split('\n')[0]).toBe(first.out.split('\n')[0])
  })
})

describe('a mistake in the configuration', () => {
  async function refused(name: string, text: string, more: readonly string[] = []) {
    const path = file(name, text)
    const { code, out, err } = await lodestone(['show-config', '-c', path, ...more])
    expect([code, out]).toEqual([4, ''])
    expect(err).not.toMatch(/\n\s+at /)
    expect(err).toContain(`Correct this, then run: npx lodestone show-config -c ${path}`)
    return err.replaceAll(path, name)
  }

  it('is shown with its line, the nearest valid key and what to do', async () => {
    expect(await refused('unknown.yaml', 'mode: paper\nrisk:\n  max_open_trade: 3\n')).toBe(
      [
        'unknown.yaml:3:3  risk: unknown key "max_open_trade"',
        '    2 | risk:',
        '    3 |   max_open_trade: 3',
        '      |   ^',
        '  Did you mean max_open_trades (risk)?',
        '  Correct this, then run: npx lodestone show-config -c unknown.yaml',
        '',
      ].join('\n'),
    )
  })

  it('in a unit is answered with the right one', async () => {
    const err = await refused('unit.yaml', 'risk:\n  max_daily_loss_ratio: 0.03\n')
    expect(err).toContain('unit.yaml:2:3  risk: unknown key "max_daily_loss_ratio"')
    expect(err).toContain('risk.max_daily_loss_pct is in percent (1 means 1 %): write max_daily_loss_pct: 3')
  })

  it('of several kinds is reported at once', async () => {
    const err = await refused('many.yaml', 'stoploss: -0.1\nrisk: {max_drawdown_pct: 5%}\nmode: papper\n')
    expect(err).toContain('many.yaml:1:1  "stoploss"')
    expect(err).toContain('many.yaml:2:26  risk.max_drawdown_pct is the text "5%"')
    expect(err).toContain('many.yaml:3:7  mode is the text "papper"')
  })

  it('in the YAML itself has a place', async () => {
    expect(await refused('bad.yaml', 'risk:\n\tmax_open_trades: 3\n')).toContain('bad.yaml:2:1  this is not valid YAML')
    expect(await refused('twice.yaml', 'mode: paper\nmode: paper\n')).toContain('twice.yaml:2:1  duplicate key "mode"')
  })

  it('does not print secrets', async () => {
    expect(await refused('secret.yaml', 'exchange:\n  secret: hunter2\n')).not.toContain('hunter2')
  })

  it('in the environment is named by its variable', async () => {
    const { code, err } = await lodestone(['show-config'], { LODESTONE__RISK__MAX_OPEN_TRADES: 'many' })
    expect(code).toBe(4)
    expect(err).toContain('LODESTONE__RISK__MAX_OPEN_TRADES  risk.max_open_trades is the text "many"')
  })

  it('in a file’s name says so', async () => {
    const missing = join(directory, 'missing.yaml')
    const { code, out, err } = await lodestone(['show-config', '--json', '-c', missing])
    expect([code, out]).toEqual([4, ''])
    expect(err).toContain(`${missing}  there is no such file\n`)
  })
})

describe('schema', () => {
  it('prints the JSON Schema', async () => {
    const { code, out, err } = await lodestone(['schema'])
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({
      $schema: expect.stringContaining('json-schema.org'),
      additionalProperties: false,
    })
  })
})
