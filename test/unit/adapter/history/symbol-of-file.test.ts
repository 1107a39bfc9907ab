import { expect, it } from 'vitest'
import { symbolOfFile } from '../../../../src/adapter/history/symbol-of-file.ts'

it.each([
  ['/data/bybit_BTCUSDT_1h_full_to_2025-12-31.csv.gz', 'BTCUSDT'],
  ['ETHUSDT-1h-2024-01.csv', 'ETHUSDT'],
  ['BTC_USDT_USDT-5m.csv', 'BTCUSDT'],
  ['1000PEPEUSDT.csv', '1000PEPEUSDT'],
  ['okx_SOL-USDC.csv', 'SOLUSDC'],
  ['bybit_btcusdt_1h.csv', 'BTCUSDT'],
  ['prices.csv', undefined],
  ['USDT.csv', undefined],
])('%s holds %s', (file, symbol) => {
  expect(symbolOfFile(file)).toBe(symbol)
})
