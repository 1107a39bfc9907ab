import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { accountName } from '../../../src/config/credentials.ts'
import { loadConfig } from '../../../src/config/load.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-exchange-'))
afterAll(() => rmSync(directory, { recursive: true }))
const KEY = 'canaryKEYq7r8s9t0'
const SECRET = 'canarySECRETa1b2c3d4'

let files = 0
function file(text: string, mode = 0o600): string {
  const path = join(directory, `file-${files++}`)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function load(yaml: string, environment: Record<string, string> = {}, envFile?: string) {
  return loadConfig({ files: [file(yaml)], environment, ...(envFile === undefined ? {} : { envFile }) })
}

function problems(yaml: string, environment: Record<string, string> = {}, envFile?: string) {
  const loaded = load(yaml, environment, envFile)
  return loaded.kind === 'invalid' ? loaded.problems : []
}

describe('keys of an exchange', () => {
  it('come from the environment and stay outside the configuration', () => {
    const loaded = load('mode: testnet', {
      LODESTONE__EXCHANGE__KEY: KEY,
      lodestone__x: '',
      LODESTONE__EXCHANGE__SECRET: SECRET,
    })
    if (loaded.kind !== 'ok') throw new Error('refused')
    expect(loaded.credentials).toEqual({ key: KEY, secret: SECRET, password: null })
    const { credentials: _, ...rest } = loaded
    expect(JSON.stringify({ ...rest, origins: [...loaded.origins] })).not.toMatch(/canary/)
    expect(loaded.hash).toBe((load('mode: testnet') as typeof loaded).hash)
  })

  it('come from an env file, over which the environment wins', () => {
    const envFile = file(
      `# keys\nexport LODESTONE__EXCHANGE__KEY="${KEY}"\nLODESTONE__EXCHANGE__SECRET=x\nLODESTONE__MODE=testnet\n`,
    )
    const loaded = load('', { LODESTONE__EXCHANGE__SECRET: SECRET }, envFile)
    if (loaded.kind !== 'ok') throw new Error('refused')
    expect(loaded.credentials).toEqual({ key: KEY, secret: SECRET, password: null })
    expect(loaded.config.mode).toBe('testnet')
  })

  it.each([0o644, 0o640, 0o602])('are refused in a file that others may touch (%o)', (mode) => {
    const envFile = file(`LODESTONE__EXCHANGE__KEY=${KEY}\nLODESTONE__EXCHANGE__SECRET=${SECRET}`, mode)
    expect(problems('', {}, envFile)).toMatchObject([{ code: 'env_file_open', hint: `Run: chmod 600 ${envFile}` }])
  })

  it('are named by line when the file cannot be read, never shown', () => {
    const found = problems('', {}, file(`${SECRET}\n`))
    expect(found).toMatchObject([{ code: 'bad_env_line', where: expect.stringMatching(/:1$/) }])
    expect(JSON.stringify(found)).not.toContain(SECRET)
    expect(problems('', {}, join(directory, 'none'))).toMatchObject([{ what: 'there is no such file' }])
  })

  it('come in pairs', () => {
    expect(problems('', { LODESTONE__EXCHANGE__KEY: KEY })).toMatchObject([{ where: 'LODESTONE__EXCHANGE__SECRET' }])
    expect(problems('', { LODESTONE__EXCHANGE__SECRET: SECRET })).toMatchObject([{ where: 'LODESTONE__EXCHANGE__KEY' }])
  })

  it.each(['key', 'secret', 'password', 'apiKey', 'api_secret', 'passphrase'])(
    'are refused in a configuration file as %s, and not repeated',
    (word) => {
      const found = problems(`exchange:\n  ${word}: ${SECRET}\n`)
      expect(found).toMatchObject([{ code: 'secret_in_file', what: expect.stringContaining(`"${word}" is a secret`) }])
      expect(JSON.stringify(found)).not.toContain(SECRET)
    },
  )

  it('are not repeated when the variable is misspelt', () => {
    const found = problems('', { LODESTONE__EXCHANGE__SECRETS: SECRET, LODESTONE__EXCHANGE__API_KEY: KEY })
    expect(found).toHaveLength(2)
    expect(JSON.stringify(found)).not.toMatch(/canary/)
  })

  it('name the account without revealing the key', () => {
    const name = accountName('binanceusdm', 'demo', KEY)
    expect(name).toMatch(/^binanceusdm-demo-[0-9a-f]{8}$/)
    expect(accountName('binanceusdm', 'demo', `${KEY}x`)).not.toBe(name)
    expect(accountName('embedded', 'testnet', null)).toBe('embedded-testnet')
  })
})

describe('an exchange', () => {
  it.each([
    ['mexc', /^exchange.name: mexc is not traded: a stop-loss .* executed as a market order at once$/],
    ['phemex', /post-only/],
    ['deribit', /attached stop/],
    ['gate', /cancel every order/],
    ['bitget', /have not been proven/],
  ])('named %s is refused with the reason', (name, what) => {
    expect(problems(`exchange: {name: ${name}}`)).toMatchObject([
      {
        code: 'unsupported_exchange',
        what: expect.stringMatching(what),
        hint: expect.stringContaining('binanceusdm, bybit, okx'),
      },
    ])
  })

  it('that is meant is named', () => {
    expect(problems('exchange: {name: binance}')).toMatchObject([{ hint: 'Did you mean binanceusdm?' }])
    expect(problems('exchange: {name: bybitt}')).toMatchObject([{ hint: 'Did you mean bybit?' }])
  })
})

describe('values that contradict each other', () => {
  it.each([
    [
      'live on the embedded exchange',
      'mode: live',
      'mode: live contradicts exchange.name: embedded, which has no real money',
    ],
    [
      'live in a play-money system',
      'mode: live\nexchange: {name: bybit, environment: demo}',
      'exchange.environment: demo contradicts mode: live',
    ],
    ['a contract twice', 'exchange: {pairs: [BTCUSDT, ETHUSDT, BTC/USDT:USDT]}', 'exchange.pairs names BTCUSDT twice'],
    ['a tape on a testnet', 'mode: testnet\nmarket: tape', 'market: tape contradicts mode: testnet'],
    ['public data of no exchange', 'market: ccxt', 'market: ccxt needs an exchange whose public data is read'],
    [
      'a play-money system for real prices',
      'mode: paper\nmarket: ccxt\nexchange: {name: bybit, environment: demo}',
      'exchange.environment: demo contradicts market: ccxt',
    ],
    [
      'paper on an exchange it does not listen to',
      'mode: paper\nexchange: {name: okx}',
      'exchange.name: okx contradicts mode: paper',
    ],
    [
      'a testnet that okx does not have',
      'mode: testnet\nexchange: {name: okx, environment: testnet}',
      'okx has no testnet',
    ],
    [
      'a testnet that Binance gave up',
      'mode: testnet\nexchange: {name: binanceusdm, environment: testnet}',
      'binanceusdm has no testnet',
    ],
    ['a demo of the embedded exchange', 'mode: testnet\nexchange: {environment: demo}', 'embedded has no demo'],
    [
      'an address for a real exchange',
      'mode: testnet\nexchange: {name: okx, url: "http://127.0.0.1:1"}',
      'the addresses of okx are fixed',
    ],
    ['bars of no length', 'timeframe: potato', 'timeframe: "potato" is no length of bars'],
    [
      'maps at no time',
      'estimator: {publish_interval: 90s}',
      'estimator.publish_interval: "90s" is no time between two',
    ],
    ['a leverage without a half-life', 'estimator: {leverage_mix: {7: 1}}', 'estimator.half_life_hours does not'],
    ['an address elsewhere', 'mode: testnet\nexchange: {url: "http://10.0.0.1:80"}', 'not an address on this machine'],
    [
      'an address with a user',
      'mode: testnet\nexchange: {url: "http://u:p@127.0.0.1:80"}',
      'not an address on this machine',
    ],
  ])('%s', (_, yaml, sentence) => {
    expect(problems(yaml)).toMatchObject([{ code: 'contradiction', what: expect.stringContaining(sentence) }])
  })

  it.each([
    'mode: testnet',
    'mode: testnet\nexchange: {url: "http://127.0.0.1:8010"}',
    'mode: testnet\nexchange: {name: bybit, environment: testnet}',
    'mode: live\nexchange: {name: okx}',
    'mode: paper\nmarket: ccxt\nexchange: {name: bybit}',
    'mode: paper\nmarket: ccxt\nexchange: {url: "http://127.0.0.1:8010"}',
    'mode: backtest\nexchange: {name: bybit}',
    'exchange: {leverage: 10}',
    'exchange: {leverage: 20}\nrisk: {max_leverage: 20}',
    'exchange: {leverage: 20}\nrisk: {max_leverage: null}',
  ])('and these do not: %j', (yaml) => expect(problems(yaml)).toEqual([]))

  it.each([
    ['exchange:\n  leverage: 20', ':2:13', 20, '10', 'Set exchange.leverage to at most 10, or raise risk.max_leverage'],
    ['risk:\n  max_leverage: 4.5', ':2:17', 5, '4.5', 'Set exchange.leverage to at most 4, or raise risk.max_leverage'],
    ['risk:\n  max_leverage: 0.5', ':2:17', 5, '0.5', 'Raise risk.max_leverage: the least leverage is 1'],
    [
      'risk:\n  max_leverage: 2\nexchange:\n  leverage: 3',
      ':4:13',
      3,
      '2',
      'Set exchange.leverage to at most 2, or raise risk.max_leverage',
    ],
  ])('a leverage over its limit, told where it was set: %j', (yaml, place, leverage, most, hint) => {
    const what = `exchange.leverage: ${leverage} contradicts risk.max_leverage: ${most}, which no order may be over`
    expect(problems(yaml)).toMatchObject([
      { code: 'contradiction', where: expect.stringMatching(`${place}$`), what, hint },
    ])
  })
})

it.each([
  ['binance', 'binanceusdm', 'demo'],
  ['bybit', 'bybit', 'testnet'],
  ['okx', 'okx', 'demo'],
])('the preset testnet-%s is valid', (file, name, environment) => {
  const loaded = loadConfig({ files: [resolve(`config/testnet-${file}.yaml`)], environment: {} })
  expect(loaded).toMatchObject({ kind: 'ok', config: { mode: 'testnet', exchange: { name, environment } } })
})

it('the preset paper-binance is valid, and so with the other exchanges', () => {
  for (const name of ['binanceusdm', 'bybit', 'okx']) {
    const loaded = loadConfig({
      files: [resolve('config/paper-binance.yaml')],
      environment: { LODESTONE__EXCHANGE__NAME: name },
    })
    expect(loaded).toMatchObject({ kind: 'ok', config: { mode: 'paper', market: 'ccxt', exchange: { name } } })
  }
})
