import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { candles, candlesCsv } from '../unit/backtest/candles.ts'
import { limited, lodestone, type Ended } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-backtesting-'))
afterAll(() => rmSync(directory, { recursive: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const data = file('test_BTCUSDT_1h.csv', candlesCsv(candles(900)))
const config = file(
  'my.yaml',
  'estimator: {burn_in_days: 5, strength_min_observations: 20}\nstrategies: {ema_cross: {enabled: true}}\n',
)
const base = ['backtesting', '--data', data, '-c', config, '--placebo-seeds', '1']
const target = join(directory, 'report')

interface Printed {
  readonly config_hash: string
  readonly data: {
    readonly symbol: string | readonly string[]
    readonly rows: number
    readonly gaps: readonly unknown[]
  }
  readonly summary: Readonly<Record<string, unknown>>
  readonly placebo: { readonly seeds: number; readonly verdict: { readonly sentence: string } }
  readonly trades: readonly { readonly entry_time: string; readonly pnl: string }[]
  readonly rejected: Readonly<Record<string, number>>
}
const parsed = ({ out }: Ended): Printed => JSON.parse(out) as Printed

describe('backtesting --json', () => {
  let first: Ended
  beforeAll(async () => {
    first = await lodestone([...base, '--json', '--export', target, '--timerange', '20240111-'])
  })

  it('prints one object and nothing else', () => {
    expect(first.code).toBe(0)
    expect(first.out.trimEnd()).not.toContain('\n')
    const result = parsed(first)
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining(['config_hash', 'data', 'summary', 'placebo', 'trades', 'rejected']),
    )
    expect(result.config_hash).toMatch(/^[0-9a-f]{16}$/)
    expect(result.data).toMatchObject({ symbol: 'BTCUSDT', rows: 900, gaps: [] })
    expect(result.trades.length).toBeGreaterThan(10)
    expect(result.summary['total_trades']).toBe(result.trades.length)
    expect(Object.values(result.rejected).every((count) => count > 0)).toBe(true)
  })

  it('trades within the time range alone', () => {
    expect(parsed(first).summary['backtest_start']).toBe('2024-01-11T00:00:00.000Z')
    expect(parsed(first).trades.filter((trade) => trade.entry_time < '2024-01-11')).toEqual([])
  })

  it('prints the same bytes again, from the packed file of the same name too', async () => {
    const again = await lodestone([...base, '--json', '--timerange', '20240111-'])
    expect(again.out).toBe(first.out)
    const packed = file('test_BTCUSDT_1h.csv.gz', gzipSync(candlesCsv(candles(900))))
    const unpacked = await lodestone([
      'backtest',
      '--data',
      packed,
      '-c',
      config,
      '--placebo-seeds',
      '1',
      '--json',
      '--timerange',
      '20240111-',
    ])
    expect(parsed(unpacked).trades).toEqual(parsed(first).trades)
  })

  it('writes every file whole, and the same object', () => {
    expect(readdirSync(target).sort()).toEqual([
      'decisions.csv',
      'equity.csv',
      'fills.csv',
      'funding.csv',
      'report.html',
      'result.json',
      'trades.csv',
    ])
    expect(JSON.parse(readFileSync(join(target, 'result.json'), 'utf8'))).toEqual(parsed(first))
    const rows = readFileSync(join(target, 'trades.csv'), 'utf8').trimEnd().split('\n').length - 1
    expect(rows).toBe(parsed(first).trades.length)
  })
})

describe('backtesting', () => {
  it('prints tables and the verdict without placebos', async () => {
    const { code, out } = await lodestone(['backtesting', '--data', data, '-c', config, '--placebo-seeds', '0'])
    expect(code).toBe(0)
    expect(out).toContain('Backtest of BTCUSDT')
    expect(out).toContain('By exit reason')
    expect(out.trimEnd().endsWith('more than chance.')).toBe(true)
  })

  it('pays what its options say', async () => {
    const cost = async (...options: readonly string[]) => {
      const run = await lodestone([...base.slice(0, -1), '0', '--json', ...options])
      return parsed(run)
    }
    const dear = await cost('--fee-taker', '20', '--slippage-bp', '8')
    const cheap = await cost('--fee-taker', '0', '--slippage-bp', '0')
    expect(dear.config_hash).not.toBe(cheap.config_hash)
    expect(Number(dear.summary['fees'])).toBeGreaterThan(Number(cheap.summary['fees']))
    expect(Number(dear.summary['slippage'])).toBeGreaterThan(Number(cheap.summary['slippage']))
  })

  it('says which candles give the heatmap strategies no zones', async () => {
    const bare = candlesCsv(candles(200)).replace('open_interest', 'note')
    const run = await lodestone([...base.slice(0, 2), file('bare_BTCUSDT_1h.csv', bare), ...base.slice(3), '--json'])
    expect(run.code).toBe(0)
    expect(run.err).toContain('BTCUSDT: the candles have no open interest, without which the estimator has nothing')
    const warm = await lodestone([...base, '--json'])
    expect(warm.err).not.toContain('no zones')
  })

  it('runs several symbols in one account', async () => {
    const other = file('test_ETHUSDT_1h.csv', candlesCsv(candles(900, 5)))
    const run = await lodestone(['backtesting', '--data', data, other, '-c', config, '--placebo-seeds', '0', '--json'])
    expect(run.code).toBe(0)
    expect(parsed(run).data).toMatchObject({ symbol: ['BTCUSDT', 'ETHUSDT'], rows: 1_800 })
  })
})

describe('backtesting refuses', () => {
  const notCandles = file('bad_BTCUSDT_1h.csv', 'ts,open\n1,2\n')
  const apiConfig = file('api.yaml', 'heatmap: {source: api, url: "http://127.0.0.1:1"}\n')
  const coarse = file('coarse.yaml', 'timeframe: 7m\n')
  const unnamed = file('candles.csv', candlesCsv(candles(50)))
  const occupied = file('occupied', '')
  const only = ['backtesting', '--data', data, '--placebo-seeds', '0', '--json']

  it.each([
    ['no data', ['backtesting', '--json'], 4, '--data FILE'],
    [
      'a file that is not there',
      ['backtesting', '--data', join(directory, 'none_BTCUSDT.csv'), '--json'],
      1,
      'none_BTCUSDT.csv',
    ],
    ['a file without the columns', ['backtesting', '--data', notCandles, '--json'], 1, 'no column'],
    ['a file of no symbol', ['backtesting', '--data', unnamed, '--json'], 1, 'symbol'],
    [
      'one symbol for two files',
      ['backtesting', '--data', data, unnamed, '--symbol', 'BTCUSDT', '--json'],
      4,
      '--symbol',
    ],
    ['seeds that are no number', [...only.slice(0, 3), '--placebo-seeds', 'many', '--json'], 4, '--placebo-seeds many'],
    ['a slippage below nothing', [...only, '--slippage-bp', '-1'], 4, '--slippage-bp'],
    ['a slippage beyond the bounds', [...only, '--slippage-bp', '20000'], 4, 'basis points from 0 to 1000.'],
    ['a fee beyond the bounds', [...only, '--fee-taker', '1000'], 4, '--fee-taker'],
    ['a time range that is none', [...only, '--timerange', '2024'], 4, '--timerange'],
    ['a time range without bars', [...only, '--timerange', '20300101-'], 1, '--timerange'],
    ['a heatmap without history', [...only, '-c', apiConfig], 4, 'heatmap.source: api'],
    ['bars too coarse for the timeframe', [...only, '-c', coarse], 4, 'timeframe: 7m'],
    ['a file as the directory to write to', [...only, '--export', occupied], 1, 'that is a file'],
  ])('%s, and prints nothing on stdout', async (_, args, code, said) => {
    const ended = await lodestone(args)
    expect(ended.err).toContain(said)
    expect(ended.code).toBe(code)
    expect(ended.out).toBe('')
    expect(ended.err).not.toMatch(/defect|\n {4}at /)
  })

  it('a directory that stands where a report file must go', async () => {
    const blocked = join(directory, 'blocked')
    mkdirSync(join(blocked, 'result.json'), { recursive: true })
    const ended = await lodestone([...only, '--export', blocked])
    expect(ended.code).toBe(1)
    expect(ended.out).toBe('')
    expect(ended.err).toContain('result.json is a directory there')
    expect(readdirSync(blocked)).toEqual(['result.json'])
  })

  it.runIf(process.platform === 'linux')('a directory that the system cannot make', async () => {
    const ended = await lodestone([...only, '--export', '/proc/lodestone/x'])
    expect(ended.code).toBe(1)
    expect(ended.out).toBe('')
    expect(ended.err).toMatch(/^--export \/proc\/lodestone\/x: cannot be made \(ENOENT/)
  })
})

it('a disk that refuses the report leaves the earlier one, shows the new one and ends with 1', async () => {
  const kept = join(directory, 'kept')
  mkdirSync(kept)
  writeFileSync(join(kept, 'result.json'), 'earlier')
  const ended = await limited(8, [...base, '--json', '--export', kept])
  expect(ended.code).toBe(1)
  expect(parsed(ended).summary['total_trades']).toBeGreaterThan(0)
  expect(ended.err).toContain(`The report could not be written to ${kept} (EFBIG`)
  expect(readdirSync(kept)).toEqual(['result.json'])
  expect(readFileSync(join(kept, 'result.json'), 'utf8')).toBe('earlier')
})
