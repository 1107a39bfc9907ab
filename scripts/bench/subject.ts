import { bareLoop } from './bare-loop.ts'
import { crossRun } from './cross-run.ts'
import { crowdBars, liquidationRun } from './liquidation-run.ts'
import type { Outcome } from './measure.ts'
import { BUSY, CALM, syntheticBars } from './synthetic-bars.ts'

/** What is run over and over: a strategy, a market, and how much of it. */
export interface Subject {
  readonly name: string
  readonly runs: 'bare loop' | 'engine' | 'liquidation'
  readonly market: 'busy' | 'calm' | 'crowd'
  /** Of all symbols together. */
  readonly bars: number
  readonly symbols: number
  /** Runs that make one sample: few bars need many, or the compiler has not warmed up when it counts. */
  readonly rounds: number
}

/** Makes up the bars of a subject; what it gives runs once over them. */
export function prepare(subject: Subject): () => Outcome | Promise<Outcome> {
  const { runs, market, bars, symbols } = subject
  const columns =
    market === 'crowd'
      ? [crowdBars(bars, 1)]
      : Array.from({ length: symbols }, (_, i) =>
          syntheticBars(
            symbols === 1 ? 'BTCUSDT' : `S${i}USDT`,
            bars / symbols,
            symbols === 1 ? 12_345 : i + 1,
            market === 'busy' ? BUSY : CALM,
          ),
        )
  switch (runs) {
    case 'bare loop':
      return () => {
        const { trades, equity } = bareLoop(columns[0]!)
        return { trades, checksum: () => equity.toPrecision(12) }
      }
    case 'engine':
      return () => crossRun(columns)
    case 'liquidation':
      return () => liquidationRun(columns)
  }
}
