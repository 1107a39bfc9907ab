import { describe, expect, it } from 'vitest'
import { isSecretName, maskSecrets, maskText } from '../../../src/config/secret.ts'

describe('secrets', () => {
  it('are known by their names', () => {
    for (const name of ['key', 'apiKey', 'api_key', 'secret', 'PASSWORD', 'bot_token'])
      expect(isSecretName(name)).toBe(true)
    for (const name of ['leverage', 'url', 'max_order_usd']) expect(isSecretName(name)).toBe(false)
  })

  it('are masked at any depth, while null stays', () => {
    const value = { exchange: { name: 'x', key: 'abc', secret: null, pairs: [{ token: 7 }] }, leverage: 5 }
    const masked = { exchange: { name: 'x', key: '***', secret: null, pairs: [{ token: '***' }] }, leverage: 5 }
    expect(maskSecrets(value)).toEqual(masked)
  })

  it('are masked in lines of a file', () => {
    expect(maskText('  api_key: hunter2 # mine')).toBe('  api_key: ***')
    expect(maskText('exchange: {name: x, secret: "a b", leverage: 5}')).toBe(
      'exchange: {name: x, secret: ***, leverage: 5}',
    )
    expect(maskText('"password" : "pass word"')).toBe('"password" : ***')
    expect(maskText('leverage: 5')).toBe('leverage: 5')
  })
})
