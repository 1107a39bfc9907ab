import type { LevelRow, LevelTable } from '../app/level-table.ts'
import { aligned } from './aligned.ts'
import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'
import { lookFor, lookOptions } from './look-options.ts'

type Usd = (amount: number) => string

const words = (band: string | null): string => (band === null ? '-' : band.replaceAll('_', ' '))
const minute = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`

function levelLines({ clusters, current_price }: LevelTable, places: number, usd: Usd): string {
  const price = (value: number): string => value.toFixed(places)
  const row = (c: LevelRow): readonly string[] => [
    price(c.price_level),
    c.side,
    c.leverage_tier === null ? '-' : `${c.leverage_tier.toFixed(0)}x`,
    c.open_interest === null ? '-' : usd(c.open_interest),
    words(c.open_interest_band),
    c.strength === null ? '-' : c.strength.toFixed(2),
    words(c.strength_band),
    `${c.distance_to_zone.toFixed(2)} %`,
    words(c.distance_band),
    c.state,
    minute(c.firstSeen),
    minute(c.lastSeen),
  ]
  const above = clusters.filter((c) => c.price_level > current_price)
  const below = clusters.filter((c) => c.price_level <= current_price)
  const here = [price(current_price), 'price', ...Array<string>(10).fill('')]
  const head = [
    'level',
    'side',
    'lev',
    'notional',
    'size',
    'str',
    'strength',
    'away',
    'distance',
    'state',
    'first seen (UTC)',
    'last seen (UTC)',
  ]
  return aligned([head, ...above.map(row), here, ...below.map(row)], [0, 2, 3, 5, 7])
}

function cascadeLines({ cascade, current_price }: LevelTable, places: number, usd: Usd): string {
  const rows = cascade.map(({ move_pct, down_usd, up_usd }) => [
    `±${move_pct} %`,
    (current_price * (1 - move_pct / 100)).toFixed(places),
    usd(down_usd),
    (current_price * (1 + move_pct / 100)).toFixed(places),
    usd(up_usd),
  ])
  return aligned([['move', 'down to', 'longs liquidated', 'up to', 'shorts liquidated'], ...rows], [0, 1, 2, 3, 4])
}

export const levels: Command = {
  name: 'levels',
  description: 'Show the liquidation clusters of one symbol, and what a move of the price would liquidate',
  arguments: [{ name: '<symbol>', description: 'like BTCUSDT or BTC/USDT:USDT' }],
  options: lookOptions,
  examples: [
    'levels BTCUSDT --data bybit_BTCUSDT_1h.csv.gz',
    'levels BTCUSDT --heatmap-url http://127.0.0.1:8004 --json',
  ],
  run: async (invocation) => {
    const found = await lookFor(invocation)
    if (found.kind === 'exit') return found.code
    const { levelTable } = await import('../app/level-table.ts')
    const { sourceSentence } = await import('../app/source-sentence.ts')
    const { usdText } = await import('../strategy/wording.ts')
    const { output, json } = invocation
    const { look } = found
    const table = levelTable(look)
    output.message(sourceSentence(look))
    for (const { message } of look.state.health.refusals(look.time)) output.message(`note: ${message}`)
    if (json) output.json(table)
    else {
      const places = look.view.instrument.tickSize.decimalPlaces()
      output.data(levelLines(table, places, usdText))
      output.data(`\nModelled notional that a move would liquidate, added up from the price outwards:`)
      output.data(cascadeLines(table, places, usdText))
      if (table.cascade_unsized > 0)
        output.message(`note: ${table.cascade_unsized} clusters of unknown size are left out of the sums`)
    }
    return EXIT.ok
  },
}
