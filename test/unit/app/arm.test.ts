import { describe, expect, it } from 'vitest'
import { armToken, tokenRefusal } from '../../../src/app/arm-token.ts'
import { confirmationText, liveTerms } from '../../../src/app/live-terms.ts'
import { confirmLive, type Confirmation } from '../../../src/cli/confirm-live.ts'
import type { LoadedConfig } from '../../../src/cli/load-command-config.ts'
import { createOutput } from '../../../src/cli/output.ts'
import type { Override } from '../../../src/config/flag-layer.ts'
import { loadConfig } from '../../../src/config/load.ts'

const KEYS = { LODESTONE__EXCHANGE__KEY: 'liveKEY12345', LODESTONE__EXCHANGE__SECRET: 'liveSECRET12345' }
const COMPLETE = {
  mode: 'live',
  'exchange.name': 'bybit',
  'risk.max_order_usd': 500,
  'risk.max_position_usd': 1_000,
  'risk.max_open_trades': 2,
  'live.max_loss_usd': 2_000,
}
const NOW = 1_790_000_000_000

function loaded(
  changed: Readonly<Record<string, unknown>> = {},
  environment: Record<string, string> = KEYS,
): LoadedConfig {
  const overrides: Override[] = Object.entries({ ...COMPLETE, ...changed }).map(([path, value]) => ({
    path,
    value,
    flag: '--test',
  }))
  const result = loadConfig({ environment, overrides })
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems))
  return result
}

const termsOf = (config: LoadedConfig) => {
  const found = liveTerms(config.config, config.hash, config.credentials)
  if (found.kind === 'missing') throw new Error(JSON.stringify(found.problems))
  return found.terms
}

async function confirmed(config: LoadedConfig, given: Partial<Confirmation>) {
  let said = ''
  const sink = { write: (text: string) => (said += text) }
  const output = createOutput({ quiet: true, verbose: false, color: false }, sink, sink)
  const armed = await confirmLive(config, { live: true, token: undefined, ask: null, now: () => NOW, ...given }, output)
  return { armed, said }
}

describe('live', () => {
  it('is armed by typing the account and the worst case', async () => {
    const config = loaded()
    const text = confirmationText(termsOf(config))
    expect(text).toMatch(/^bybit-live-[0-9a-f]{8} 2000$/)
    const { armed, said } = await confirmed(config, { ask: async () => ` ${text}\n` })
    expect(armed).toBe(true)
    for (const word of [
      'REAL MONEY',
      'bybit',
      'BTC/USDT:USDT',
      '5× isolated',
      '500 USD',
      '1000 USD, 2 at once',
      '3 % in a day',
      '2000 USD: every stop fails',
      config.hash,
    ])
      expect(said).toContain(word)
    expect(said).not.toMatch(/liveKEY|liveSECRET/)
  })

  it('is armed by a token for exactly this configuration and key', async () => {
    const config = loaded()
    const token = armToken(termsOf(config), KEYS.LODESTONE__EXCHANGE__SECRET, NOW + 1_000)
    expect((await confirmed(config, { token })).armed).toBe(true)
    expect(token).not.toContain('SECRET')
  })

  it('is not armed without --live', async () => {
    const { armed, said } = await confirmed(loaded(), { live: false, ask: async () => 'never asked' })
    expect(armed).toBe(false)
    expect(said).toContain('mode: live needs --live on the command line too')
    expect(said).not.toContain('REAL MONEY')
  })

  it('is not armed by --live in another mode', async () => {
    const { armed, said } = await confirmed(loaded({ mode: 'testnet' }), {})
    expect(armed).toBe(false)
    expect(said).toContain('mode is testnet, not live')
  })

  it.each([
    ['live.max_loss_usd'],
    ['risk.max_order_usd'],
    ['risk.max_position_usd'],
    ['risk.max_open_trades'],
    ['risk.max_daily_loss_pct'],
    ['risk.max_drawdown_pct'],
  ])('is not armed without %s', async (path) => {
    const config = loaded({ [path]: null })
    let asked = false
    const { armed, said } = await confirmed(config, {
      ask: async () => {
        asked = true
        return ''
      },
    })
    expect([armed, asked]).toEqual([false, false])
    expect(said).toContain(`${path} is not set: live needs this limit`)
    expect(said).toContain('nothing was connected to')
  })

  it('is not armed without keys, without a passphrase, or with cross margin', async () => {
    expect((await confirmed(loaded({}, {}), {})).said).toContain('there are no keys')
    expect((await confirmed(loaded({ 'exchange.name': 'okx' }), {})).said).toContain('passphrase')
    expect((await confirmed(loaded({ 'exchange.margin_mode': 'cross' }), {})).said).toContain(
      'no worst case can be stated',
    )
  })

  it('is not armed when the limits allow more than what may be lost', async () => {
    const { armed, said } = await confirmed(loaded({ 'risk.max_open_trades': 3 }), { ask: async () => 'x' })
    expect(armed).toBe(false)
    expect(said).toContain('positions of 3000 USD at once')
  })

  it.each(['', 'yes', 'bybit-live', '2000'])('is not armed by typing %j', async (typed) => {
    expect((await confirmed(loaded(), { ask: async () => typed })).armed).toBe(false)
  })

  it('is not armed where nobody can type and there is no token', async () => {
    const { armed, said } = await confirmed(loaded(), { ask: null })
    expect(armed).toBe(false)
    expect(said).toContain('lodestone arm')
  })
})

describe('a token', () => {
  const terms = termsOf(loaded())
  const secret = KEYS.LODESTONE__EXCHANGE__SECRET
  const token = armToken(terms, secret, NOW + 1_000)

  it('ends at its time, to the millisecond', () => {
    expect(tokenRefusal(token, terms, secret, NOW + 999)).toBeNull()
    expect(tokenRefusal(token, terms, secret, NOW + 1_000)).toContain('expired at 2026-09-21')
  })

  it('stands for no other configuration, key or secret', () => {
    const other = (config: LoadedConfig) => tokenRefusal(token, termsOf(config), secret, NOW)
    expect(other(loaded({ 'exchange.leverage': 6 }))).toContain('another configuration')
    expect(other(loaded({ 'live.max_loss_usd': 2_001 }))).toContain('another configuration')
    expect(other(loaded({}, { ...KEYS, LODESTONE__EXCHANGE__KEY: 'another' }))).toContain('another configuration')
    expect(tokenRefusal(token, terms, 'another', NOW)).toContain('another configuration')
  })

  it('cannot be prolonged or mended', () => {
    const [version, , mac] = token.split('.')
    const later = `${version}.${(NOW + 9_999_999).toString(36)}.${mac}`
    expect(tokenRefusal(later, terms, secret, NOW)).toContain('another configuration')
    for (const bad of ['', 'arm1', `${token}x`, token.slice(0, -1), 'arm2'.concat(token.slice(4))])
      expect(tokenRefusal(bad, terms, secret, NOW)).toContain('is not one')
  })
})
