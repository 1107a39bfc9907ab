import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readHistory } from '../../../../src/adapter/history/csv.ts'
import type { Problem } from '../../../../src/domain/problem.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-history-'))
afterAll(() => rmSync(directory, { recursive: true }))

const HOUR = 3_600_000
const START = Date.UTC(2024, 0, 1)
const HEADER = 'ts,open,high,low,close,volume'
const bar = (hour: number, rest = '10,12,9,11,5'): string => `${START + hour * HOUR},${rest}`
const lines = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`

function file(content: string | Uint8Array, name = 'bybit_BTCUSDT_1h.csv'): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

function read(content: string | Uint8Array, name?: string) {
  const result = readHistory(file(content, name))
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result.problems))
  return result
}

function problems(content: string | Uint8Array, name?: string): readonly Problem[] {
  const result = readHistory(file(content, name))
  if (result.kind === 'ok') throw new Error('the file was accepted')
  return result.problems
}

function onlyProblem(content: string | Uint8Array, name?: string): Problem {
  const found = problems(content, name)
  expect(found.map(({ what }) => what)).toHaveLength(1)
  return { ...found[0]!, where: found[0]!.where.slice(directory.length + 1) }
}

describe('a sound file', () => {
  const text =
    'ts,open,high,low,close,volume,turnover,open_interest,funding_rate,long_short_ratio,taker_buy_volume\n' +
    `${START},10,12.5,9,11,5,50.25,1000,-3.737e-05,1.2,2\n${START + HOUR},11,11,11,11,0,,,,,\n`

  it('becomes columns, NaN where a field is empty', () => {
    const { columns } = read(text)
    const { symbol, barMs, length, ...arrays } = columns
    expect([symbol, barMs, length]).toEqual(['BTCUSDT', HOUR, 2])
    expect(Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, [...values]]))).toEqual({
      openTime: [START, START + HOUR],
      open: [10, 11],
      high: [12.5, 11],
      low: [9, 11],
      close: [11, 11],
      volume: [5, 0],
      turnover: [50.25, Number.NaN],
      openInterest: [1_000, Number.NaN],
      fundingRate: [-0.00003737, Number.NaN],
      longShortRatio: [1.2, Number.NaN],
      takerBuyVolume: [2, Number.NaN],
    })
  })

  it('is reported with its hash, span and number of bars', () => {
    const { report } = read(text)
    expect(report).toEqual({
      file: join(directory, 'bybit_BTCUSDT_1h.csv'),
      sha256: createHash('sha256').update(text).digest('hex'),
      rows: 2,
      skipped: 0,
      from: START,
      to: START + 2 * HOUR,
      gaps: [],
    })
  })

  it('may be gzip, whose hash is that of the packed bytes', () => {
    const packed = gzipSync(text)
    const { report, columns } = read(packed, 'bybit_BTCUSDT_1h.csv.gz')
    expect(columns.high[0]).toBe(12.5)
    expect(report.sha256).toBe(createHash('sha256').update(packed).digest('hex'))
    expect(read(packed, 'bybit_BTCUSDT_1h.csv').columns.length).toBe(2)
  })

  it('has NaN in columns that the file does not have', () => {
    const { columns } = read(lines(bar(0), bar(1)))
    for (const values of [
      columns.turnover,
      columns.openInterest,
      columns.fundingRate,
      columns.longShortRatio,
      columns.takerBuyVolume,
    ]) {
      expect([...values]).toEqual([Number.NaN, Number.NaN])
    }
  })

  it('may end without a newline, with several, in CRLF, and begin with a byte order mark', () => {
    const plain = lines(bar(0), bar(1))
    for (const text of [plain.trimEnd(), `${plain}\n \n`, plain.replaceAll('\n', '\r\n'), `\uFEFF${plain}`]) {
      expect([...read(text).columns.close]).toEqual([11, 11])
    }
  })

  it('may quote its fields and hold columns of text', () => {
    const text = `"ts","note","open","high","low","close","volume"\n${START},"a, b",10,12,9,"11",5\n${START + HOUR},x,10,12,9,11,5\n`
    expect([...read(text).columns.close]).toEqual([11, 11])
  })

  it('may give times in ms, in seconds or in ISO 8601', () => {
    const times = (header: string, ...texts: readonly string[]): readonly number[] => [
      ...read(`${header},open,high,low,close,volume\n${texts.map((time) => `${time},10,12,9,11,5\n`).join('')}`).columns
        .openTime,
    ]
    const expected = [START, START + HOUR]
    expect(times('timestamp', String(START), String(START + HOUR))).toEqual(expected)
    expect(times('timestamp', String(START / 1_000), String(START / 1_000 + 3_600))).toEqual(expected)
    expect(times('timestamp', '2024-01-01T00:00:00Z', '2024-01-01T01:00:00.000Z')).toEqual(expected)
    expect(times('timestamp', '2024-01-01 00:00:00', '2024-01-01 02:00:00+01:00')).toEqual(expected)
    expect(times('open_time', String(START), String(START + HOUR))).toEqual(expected)
  })

  it('may use the names of an export of several markets', () => {
    const text =
      'ts,open_perp_binance,high_perp_binance,low_perp_binance,close_perp_binance,volume_perp_binance,mark_price_binance,funding_rate_raw_binance\n' +
      `${START},10,12,9,11,5,10.9,0.0001\n${START + HOUR},10,12,9,11,5,10.9,0.0001\n`
    const { columns } = read(text)
    expect([columns.close[0], columns.fundingRate[0]]).toEqual([11, 0.0001])
  })

  it('may begin with rows that have no prices: they are left out and counted', () => {
    const { columns, report } = read(lines(bar(0, ',,,,'), bar(1, ',,,,'), bar(2), bar(3)))
    expect([columns.length, columns.openTime[0], report.skipped, report.rows, report.from]).toEqual([
      2,
      START + 2 * HOUR,
      2,
      2,
      START + 2 * HOUR,
    ])
  })

  it('may have gaps, which are reported', () => {
    const { columns, report } = read(lines(bar(0), bar(1), bar(4), bar(5), bar(7)))
    expect([columns.barMs, columns.length]).toEqual([HOUR, 5])
    expect(report.gaps).toEqual([
      { from: START + 2 * HOUR, to: START + 4 * HOUR, bars: 2 },
      { from: START + 6 * HOUR, to: START + 7 * HOUR, bars: 1 },
    ])
  })
})

describe('the symbol', () => {
  it('is that of the call where one is given', () => {
    const result = readHistory(file(lines(bar(0), bar(1)), 'prices.csv'), 'ETH/USDT:USDT')
    expect(result.kind === 'ok' && result.columns.symbol).toBe('ETHUSDT')
  })

  it('must not be another one than the file’s name says', () => {
    const result = readHistory(file(lines(bar(0), bar(1)), 'bybit_BTCUSDT_1h.csv'), 'ETH/USDT:USDT')
    expect(result).toMatchObject({
      kind: 'invalid',
      problems: [{ code: 'other_symbol', what: 'its name says BTCUSDT, and ETHUSDT was asked for' }],
    })
    const same = readHistory(file(lines(bar(0), bar(1)), 'bybit_BTCUSDT_1h.csv'), 'BTC/USDT:USDT')
    expect(same.kind).toBe('ok')
  })

  it('is asked for where neither the call nor the name has one', () => {
    expect(onlyProblem(lines(bar(0), bar(1)), 'prices.csv')).toMatchObject({
      code: 'unknown_symbol',
      where: 'prices.csv',
    })
    const result = readHistory(file(lines(bar(0), bar(1))), '???')
    expect(result.kind === 'invalid' && result.problems[0]!.what).toBe('"???" is no symbol')
  })
})

describe('a file that is refused', () => {
  const refusals: readonly (readonly [string, string, string, string, string])[] = [
    ['is empty', '', 'empty_file', '', 'the file is empty'],
    ['holds only a header', `${HEADER}\n\n`, 'no_rows', ':1', 'a header and no rows'],
    ['has no header', `${bar(0)}\n${bar(1)}\n`, 'no_header', ':1', 'numbers, not names'],
    ['lacks a column', 'ts,open,high,low,volume\n1,1,1,1,1\n', 'missing_column', ':1', 'no column close'],
    [
      'lacks a time',
      'when,open,high,low,close,volume\n1,1,1,1,1,1\n',
      'missing_column',
      ':1',
      'no column ts or timestamp or open_time',
    ],
    [
      'has two columns for one figure',
      'ts,open_perp,open_perp_binance,high,low,close,volume\n1,1,1,1,1,1,1\n',
      'ambiguous_column',
      ':1',
      'open_perp, open_perp_binance',
    ],
    [
      'has a column twice',
      'ts,open,open,high,low,close,volume\n1,1,1,1,1,1,1\n',
      'ambiguous_column',
      ':1',
      'open, open',
    ],
    [
      'is not in order',
      lines(bar(0), bar(2), bar(1)),
      'unsorted',
      ':4',
      '2024-01-01T01:00:00.000Z comes after 2024-01-01T02:00:00.000Z',
    ],
    [
      'has a bar twice',
      lines(bar(0), bar(1), bar(1), bar(2)),
      'duplicate_bar',
      ':4',
      '2024-01-01T01:00:00.000Z stands there twice',
    ],
    ['has a high below the low', lines(bar(0), bar(1, '10,8,9,8,5')), 'impossible_bar', ':3', 'high 8 is below low 9'],
    [
      'has a high below the open',
      lines(bar(0), bar(1, '13,12,9,11,5')),
      'impossible_bar',
      ':3',
      'high 12 is below open 13',
    ],
    [
      'has a high below the close',
      lines(bar(0), bar(1, '10,12,9,12.5,5')),
      'impossible_bar',
      ':3',
      'high 12 is below close 12.5',
    ],
    ['has a low above the open', lines(bar(0), bar(1, '8,12,9,11,5')), 'impossible_bar', ':3', 'low 9 is above open 8'],
    [
      'has a low above the close',
      lines(bar(0), bar(1, '10,12,9,8,5')),
      'impossible_bar',
      ':3',
      'low 9 is above close 8',
    ],
    ['has a price of 0', lines(bar(0), bar(1, '10,12,0,11,5')), 'impossible_bar', ':3', 'not above 0: 0'],
    ['has a negative price', lines(bar(0), bar(1, '10,12,-9,11,5')), 'impossible_bar', ':3', 'not above 0: -9'],
    [
      'has a negative volume',
      lines(bar(0), bar(1, '10,12,9,11,-5')),
      'negative_figure',
      ':3',
      'volume is negative: -5',
    ],
    ['has text for a number', lines(bar(0), bar(1, '10,12,9,n/a,5')), 'not_a_number', ':3', 'close is "n/a"'],
    ['has hexadecimal digits', lines(bar(0), bar(1, '10,12,9,0xb,5')), 'not_a_number', ':3', 'close is "0xb"'],
    ['has an infinite figure', lines(bar(0), bar(1, '10,12,9,11,1e999')), 'not_a_number', ':3', 'volume is "1e999"'],
    ['has an empty price', lines(bar(0), bar(1, '10,12,9,,5')), 'missing_figure', ':3', 'close is empty'],
    ['has an empty volume', lines(bar(0), bar(1, '10,12,9,11,')), 'missing_figure', ':3', 'volume is empty'],
    [
      'has a row without prices after others',
      lines(bar(0), bar(1, ',,,,'), bar(2)),
      'missing_figure',
      ':3',
      'open is empty',
    ],
    ['has no prices at all', lines(bar(0, ',,,,'), bar(1, ',,,,')), 'no_prices', '', 'none of the 2 rows'],
    [
      'has a bar off the grid',
      lines(bar(0), bar(1), bar(2.5), bar(3), bar(4)),
      'off_grid',
      ':4',
      '2024-01-01T02:30:00.000Z does not lie on the grid',
    ],
    ['begins off the grid', lines(bar(0.5), bar(1), bar(2), bar(3)), 'off_grid', ':2', '2024-01-01T00:30:00.000Z'],
    [
      'is off the grid behind skipped rows',
      lines(bar(0, ',,,,'), bar(1), bar(2), bar(3.25), bar(4), bar(5)),
      'off_grid',
      ':5',
      '03:15:00',
    ],
    [
      'has a row with too few fields',
      lines(bar(0), bar(1, '10,12,9')),
      'wrong_field_count',
      ':3',
      'the row has 4 fields, the header 6',
    ],
    [
      'has a row with too many fields',
      lines(bar(0), bar(1, '10,12,9,11,5,7')),
      'wrong_field_count',
      ':3',
      'the row has 7 fields, the header 6',
    ],
    ['has an empty line inside', lines(bar(0), '', bar(1)), 'empty_line', ':3', 'an empty line'],
    ['has one bar', lines(bar(0)), 'too_few_rows', '', 'one bar alone'],
    ['has an empty time', lines(bar(0), ',10,12,9,11,5'), 'bad_time', ':3', 'empty or not a time'],
    ['has text for a time', lines(bar(0), 'noon,10,12,9,11,5'), 'bad_time', ':3', 'ts is "noon", which is no time'],
    ['has times of another age', lines('1000,10,12,9,11,5'), 'bad_time', ':2', 'outside 2000 to 2100'],
    ['has times in microseconds', lines(`${START}000,10,12,9,11,5`), 'bad_time', ':2', 'looks like microseconds'],
    [
      'has fractions of a millisecond',
      lines(`${START}.5,10,12,9,11,5`),
      'bad_time',
      ':2',
      'not on a whole millisecond',
    ],
  ]

  it.each(refusals)('%s', (_, text, code, place, what) => {
    const problem = onlyProblem(text)
    expect(problem).toMatchObject({ code, where: `bybit_BTCUSDT_1h.csv${place}`, what: expect.stringContaining(what) })
    expect(problem.hint).toMatch(/^[A-Z]/)
  })

  it('has a negative figure where only funding may be one', () => {
    const header = `${HEADER},open_interest,funding_rate\n`
    expect(onlyProblem(`${header}${bar(0)},1,0\n${bar(1)},-1,0\n`)).toMatchObject({
      code: 'negative_figure',
      what: 'open_interest is negative: -1',
    })
    expect(read(`${header}${bar(0)},1,-0.01\n${bar(1)},0,-0.01\n`).columns.fundingRate[1]).toBe(-0.01)
  })

  it('separates by semicolons or tabs', () => {
    const text = lines(bar(0), bar(1))
    for (const separator of [';', '\t']) {
      expect(onlyProblem(text.replaceAll(',', separator)).hint).toBe('Separate the columns with commas')
    }
  })

  it('is broken gzip, or none', () => {
    const packed = gzipSync(lines(bar(0), bar(1)))
    const name = 'bybit_BTCUSDT_1h.csv.gz'
    expect(onlyProblem(packed.subarray(0, packed.length - 12), name)).toMatchObject({
      code: 'bad_gzip',
      what: 'the gzip data is damaged or cut off',
    })
    const damaged = Buffer.from(packed)
    damaged.fill(0x55, 12, 30)
    expect(onlyProblem(damaged, name).code).toBe('bad_gzip')
    expect(onlyProblem(lines(bar(0), bar(1)), name)).toMatchObject({
      code: 'bad_gzip',
      what: 'the name ends in .gz, but the file is not gzip',
    })
    expect(onlyProblem(gzipSync(''), name).code).toBe('empty_file')
  })

  it('is of another format', () => {
    expect(onlyProblem('PAR1xxxx').what).toBe('this is a Parquet file')
    expect(onlyProblem('PK\u0003\u0004xxxx').what).toBe('this is a zip file')
  })

  it('is missing, or a directory', () => {
    const missing = readHistory(join(directory, 'no_BTCUSDT.csv'))
    expect(missing.kind === 'invalid' && missing.problems[0]).toMatchObject({
      code: 'not_found',
      what: 'there is no such file',
    })
    const folder = readHistory(directory, 'BTCUSDT')
    expect(folder.kind === 'invalid' && folder.problems[0]).toMatchObject({
      code: 'unreadable',
      what: 'this is a directory, not a file',
    })
  })

  it('is wrong all over: the first five faults are enough', () => {
    const rows = Array.from({ length: 9 }, (_, hour) => bar(hour, '10,12,9,x,5'))
    expect(problems(lines(...rows)).map(({ where }) => where.slice(where.lastIndexOf(':')))).toEqual([
      ':2',
      ':3',
      ':4',
      ':5',
      ':6',
    ])
  })
})

const candles = resolve(import.meta.dirname, '../../../../../shared/data/candles')

describe.skipIf(!existsSync(candles))('real histories (skipped where ../shared/data is not there)', () => {
  it.each([
    ['bybit_BTCUSDT_1h_full_to_2025-12-31.csv.gz', 50_582, 0, []],
    ['bybit_ETHUSDT_1h_full_to_2025-12-31.csv.gz', 42_072, 3_472, []],
    ['bybit_SOLUSDT_1h_full_to_2025-12-31.csv.gz', 36_936, 2_584, []],
    ['binance_BTCUSDT_1h_full_to_2025-12-31.csv.gz', 52_608, 0, []],
    ['binance_SOLUSDT_1h_full_to_2025-12-31.csv.gz', 46_313, 0, [72, 48]],
  ])('%s', (name, rows, skipped, gaps) => {
    const result = readHistory(join(candles, name))
    if (result.kind !== 'ok') throw new Error(JSON.stringify(result.problems))
    const { columns, report } = result
    expect([columns.symbol, columns.barMs]).toEqual([name.split('_')[1], HOUR])
    expect([report.rows, report.skipped, report.gaps.map(({ bars }) => bars), report.to]).toEqual([
      rows,
      skipped,
      gaps,
      Date.UTC(2026, 0, 1),
    ])
  })
})

describe('what is no figure of a candle', () => {
  const funded = (rate: string): string => `${HEADER},funding_rate\n${bar(0)},0.0001\n${bar(1)},${rate}\n${bar(2)},\n`

  it('a funding rate beyond 10 % per settlement, on either side', () => {
    for (const rate of ['0.1', '-0.1', '']) expect(read(funded(rate)).columns.length).toBe(3)
    for (const rate of ['0.1001', '-5', '5']) {
      expect(onlyProblem(funded(rate))).toMatchObject({
        code: 'impossible_funding',
        where: 'bybit_BTCUSDT_1h.csv:3',
        what: `funding_rate ${rate} is beyond ±0.1 (10 % per settlement)`,
      })
    }
  })

  it('a price beyond 1e12, in the first column that has one', () => {
    expect(read(lines(bar(0), bar(1, '1e12,1e12,9,11,5'))).columns.length).toBe(2)
    for (const [rest, said] of [
      ['10,1e60,9,1e60,5', 'high 1e+60'],
      ['10,1e200,9,11,5', 'high 1e+200'],
      ['1.1e12,12,9,11,5', 'open 1100000000000'],
    ] as const) {
      expect(onlyProblem(lines(bar(0), bar(1, rest)))).toMatchObject({
        code: 'impossible_bar',
        where: 'bybit_BTCUSDT_1h.csv:3',
        what: `${said} is above 1000000000000, which no price is`,
        hint: 'Correct the prices, or remove the row: a missing bar is counted as a gap',
      })
    }
  })

  it('a volume, turnover or open interest beyond 1e18', () => {
    const with18 = (volume: string, turnover: string, held: string): string =>
      `${HEADER},turnover,open_interest\n${bar(0)},50,7\n${bar(1, `10,12,9,11,${volume}`)},${turnover},${held}\n`
    expect(read(with18('1e18', '1e18', '1e18')).columns.length).toBe(2)
    for (const [text, said] of [
      [with18('2e18', '', ''), 'volume 2000000000000000000'],
      [with18('5', '1e30', ''), 'turnover 1e+30'],
      [with18('5', '', '1e30'), 'open_interest 1e+30'],
    ] as const) {
      const { code, where, what } = onlyProblem(text)
      expect([code, where]).toEqual(['impossible_figure', 'bybit_BTCUSDT_1h.csv:3'])
      expect(what).toBe(`${said} is above 1000000000000000000, more than there can be`)
    }
  })

  it('is shown without what would act on a terminal, and cut', () => {
    const long = 'x'.repeat(5_000_000)
    const { hint } = onlyProblem(Buffer.from(`ts,\u001B[31mred\u0007,${long}\n1,2,3\n`))
    expect(hint).toBe(`Columns found: ts, \\x1b[31mred\\x07, ${'x'.repeat(60)}…`)
    const wide = Array.from({ length: 500 }, (_, index) => `c${index}`).join(',')
    expect(onlyProblem(`${wide}\n`).hint).toMatch(/ c19 and 480 more$/)
    expect(onlyProblem(`${HEADER}\n${bar(0)}\n${bar(1, '10,12,9,\u001B[2J,5')}\n`).what).toBe(
      'close is "\\x1b[2J", which is no number',
    )
  })

  it.each([
    ['\uFEFF', 'utf16le', 'UTF-16'],
    ['', 'utf16le', 'UTF-16LE'],
  ] as const)('UTF-16 is named, with what turns it into UTF-8 (mark "%s")', (mark, encoding, name) => {
    const bytes = Buffer.from(mark + lines(bar(0), bar(1)), encoding)
    const told = { code: 'wrong_format', what: 'this is UTF-16 text, not UTF-8' }
    expect(onlyProblem(bytes)).toMatchObject({ ...told, hint: expect.stringContaining(`iconv -f ${name} -t UTF-8`) })
    const swapped = name === 'UTF-16' ? name : 'UTF-16BE'
    expect(onlyProblem(Buffer.from(bytes).swap16()).hint).toContain(`iconv -f ${swapped} -t`)
    expect(onlyProblem(gzipSync(bytes), 'bybit_BTCUSDT_1h.csv.gz')).toMatchObject(told)
  })
})
