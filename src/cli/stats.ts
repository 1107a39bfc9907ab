import type { SymbolStats } from '../app/symbol-stats.ts'
import { aligned } from './aligned.ts'
import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'
import { lookFor, lookOptions } from './look-options.ts'

const words = (code: string): string => code.toLowerCase().replaceAll('_', ' ')

function statsText(s: SymbolStats, places: number, usd: (amount: number) => string): string {
  const amount = (value: number | null): string => (value === null ? 'not known' : usd(value))
  const age = (value: number | null): string => (value === null ? 'none' : `${value} s`)
  const rows: (readonly string[])[] = [
    ['price', s.current_price.toFixed(places)],
    ['open interest', amount(s.total_oi_usd)],
    ['of it long', amount(s.long_oi_usd)],
    ['of it short', amount(s.short_oi_usd)],
    [
      'long/short ratio',
      s.long_short_ratio === null ? 'not known' : `${s.long_short_ratio.toFixed(2)} (kind: ${words(s.ratio_kind)})`,
    ],
    ['sentiment', s.sentiment],
    ['crowding', s.crowding],
    ['funding', s.funding_rate_pct === null ? 'not known' : `${s.funding_rate_pct.toFixed(4)} % a settlement`],
    ['clusters', `${s.total_clusters} live`],
    ...s.leverage_mix.tiers.map((tier, i) => [
      i === 0 ? `leverage within ${s.leverage_mix.within_pct} %` : '',
      `${tier.leverage === null ? 'unknown' : `${tier.leverage}x`}: ${usd(tier.notional_usd)}, ${(tier.share_ratio * 100).toFixed(1)} %`,
    ]),
    ['heatmap', `${s.health}, levels ${words(s.anchoring)}`],
    ['age of price', age(s.age_secs.price)],
    ['age of heatmap', age(s.age_secs.heatmap)],
    ['age of open interest', age(s.age_secs.open_interest)],
    ['age of candles', age(s.age_secs.candles)],
  ]
  return aligned(rows)
}

export const stats: Command = {
  name: 'stats',
  description: 'Show open interest, positioning, funding and the age of every feed of one symbol',
  arguments: [{ name: '<symbol>', description: 'like BTCUSDT or BTC/USDT:USDT' }],
  options: lookOptions,
  examples: ['stats BTCUSDT --data bybit_BTCUSDT_1h.csv.gz', 'stats BTCUSDT --heatmap-url http://127.0.0.1:8004'],
  run: async (invocation) => {
    const found = await lookFor(invocation)
    if (found.kind === 'exit') return found.code
    const { symbolStats } = await import('../app/symbol-stats.ts')
    const { sourceSentence } = await import('../app/source-sentence.ts')
    const { usdText } = await import('../strategy/wording.ts')
    const { output, json } = invocation
    const { look } = found
    const figures = symbolStats(look)
    output.message(sourceSentence(look))
    if (json) output.json(figures)
    else output.data(statsText(figures, look.view.instrument.tickSize.decimalPlaces(), usdText))
    return EXIT.ok
  },
}
