import { describe, expect, it } from 'vitest'
import { chooseExchange } from '../../../../src/adapter/ccxt/supported.ts'

describe('an exchange', () => {
  it.each(['binanceusdm', 'bybit', 'okx'])('%s is traded on', (id) => {
    expect(chooseExchange(id)).toEqual({ kind: 'supported', id })
  })
  it.each([
    ['mexc', 'executed at once'],
    ['hyperliquid', 'builder'],
    ['coinbase', 'no tests'],
  ])('%s is refused by name, with the reason', (name, reason) => {
    const choice = chooseExchange(name)
    expect(choice.kind === 'refused' && choice.message).toMatch(new RegExp(`^${name} is not traded on: .*${reason}`))
  })
})
