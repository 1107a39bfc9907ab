import ccxt from 'ccxt'
import { expect, it } from 'vitest'
import { loadExchangeClass } from '../../../../src/adapter/ccxt/exchange-class.ts'

it.each(['binanceusdm', 'bybit', 'okx'] as const)('%s by itself is the class of the whole package', async (id) => {
  expect(await loadExchangeClass(id)).toBe(ccxt.pro[id])
})
