import { simulate } from '../../src/app/compose/simulate.ts'
import { toConfig } from '../../src/config/camel.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createCrowd } from '../../src/exchange/crowd/crowd.ts'
import { crowdInstruments } from '../../src/exchange/crowd/instruments.ts'
import { createStrategies } from '../../src/strategy/registry.ts'
import { simulationChecksum } from './checksum.ts'
import type { Outcome } from './measure.ts'

/** One-minute bars with open interest, as the simulated crowd publishes them. */
export function crowdBars(length: number, seed: number): BarColumns {
  const instruments = crowdInstruments(['BTCUSDT'])
  const prerollMs = length * MINUTE_MS
  const crowd = createCrowd({
    seed,
    instruments,
    start: epochMs(Date.UTC(2026, 0, 5)),
    barMs: MINUTE_MS,
    prerollMs,
    prerollStepMs: 20_000,
    durationMs: 0,
  })
  return crowd.history(instruments[0]!)
}

const config = toConfig(configSchema.parse({ risk: { max_drawdown_pct: 100, max_daily_loss_pct: 100 } }))

/** The default strategies with the estimator, publishing hourly, through the whole engine. */
export async function liquidationRun(columns: readonly BarColumns[]): Promise<Outcome> {
  const { result } = await simulate({ config, columns, strategies: createStrategies(config), from: null, to: null })
  return { trades: result.trades.length, checksum: () => simulationChecksum(result) }
}
