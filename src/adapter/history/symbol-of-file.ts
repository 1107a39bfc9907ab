import { basename } from 'node:path'
import { normaliseSymbol } from '../../domain/instrument.ts'

const SYMBOL = /(?:^|[^A-Za-z0-9])([A-Z0-9]{1,20})[_-]?(USDT|USDC|BUSD|USD)(?![A-Za-z0-9])/

/** `bybit_BTCUSDT_1h.csv.gz` or `BTC_USDT_USDT-5m.csv` → `BTCUSDT`; `undefined` when no symbol stands in the name. */
export function symbolOfFile(file: string): string | undefined {
  const match = SYMBOL.exec(basename(file)) ?? SYMBOL.exec(basename(file).toUpperCase())
  return match ? normaliseSymbol(`${match[1]}${match[2]}`) : undefined
}
