import { createHash } from 'node:crypto'
import type { SimulationResult } from '../../src/backtest/simulation.ts'

/** Every trade and balance of a run to the last digit, in twelve characters. */
export function simulationChecksum(result: SimulationResult): string {
  const { trades, equity, finalBalance, rejected, conservation, orders, fills } = result
  const hash = createHash('sha256')
  for (const trade of trades) hash.update(JSON.stringify(trade))
  hash.update(JSON.stringify([equity, finalBalance, [...rejected], conservation, orders, fills]))
  return hash.digest('hex').slice(0, 12)
}
