import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signed, type Account } from './crowded-account.ts'
import { lodestone, type Ended } from './run-cli.ts'

const launcher = resolve(import.meta.dirname, '../../scripts/lodestone.mjs')
const directory = mkdtempSync(join(tmpdir(), 'lodestone-bad-use-'))
let exchange: ChildProcess
let account: Account
beforeAll(async () => {
  const args = ['exchange', 'serve', 'BTCUSDT', '--port', '0', '--speed', 'lock-step', '--json']
  exchange = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let out = ''
  exchange.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text))
  while (!out.includes('\n')) await once(exchange.stdout!, 'data')
  account = JSON.parse(out) as Account
})
afterAll(() => {
  exchange.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** Trades for a moment at the served exchange, in a data directory of this name. */
const trade = (name: string, patch: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  lodestone(['trade', '--mode', 'testnet', '--duration', '1m', '--speed', 'max', '--headless', '--json'], {
    LODESTONE__DATA_DIR: join(directory, name),
    LODESTONE__EXCHANGE__URL: account.origin,
    LODESTONE__EXCHANGE__KEY: account.key,
    LODESTONE__EXCHANGE__SECRET: account.secret,
    ...patch,
  })

function expectRefusal({ code, out, err }: Ended, exit: number, sentence: RegExp): void {
  expect([code, out, err]).toEqual([exit, '', expect.stringMatching(sentence)])
  expect(err).not.toMatch(/\n\s+at |unexpected error/)
}

const journalOf = (name: string): string => {
  const data = join(directory, name)
  const own = readdirSync(data).find((each) => existsSync(join(data, each, 'journal.sqlite')))
  return join(data, own!, 'journal.sqlite')
}

describe('bad use of trade', () => {
  it('wrong keys', async () => {
    expectRefusal(await trade('keys', { LODESTONE__EXCHANGE__KEY: 'nobody' }), 6, /does not accept this API key/)
    expectRefusal(await trade('keys', { LODESTONE__EXCHANGE__SECRET: 'guessed' }), 6, /secret does not belong to/)
  })

  it('okx without its passphrase', async () => {
    const refused = await lodestone(['trade', '-c', resolve('config/testnet-okx.yaml'), '--headless'], {
      LODESTONE__DATA_DIR: join(directory, 'okx'),
      LODESTONE__EXCHANGE__KEY: 'k',
      LODESTONE__EXCHANGE__SECRET: 's',
    })
    expectRefusal(refused, 4, /okx signs with a passphrase as well: set LODESTONE__EXCHANGE__PASSWORD/)
  })

  it('a symbol that is not listed, and one that is spot', async () => {
    const unknown = await trade('symbol', { LODESTONE__EXCHANGE__PAIRS: '["BTCUSDC"]' })
    expectRefusal(unknown, 6, /lists no BTCUSDC; did you mean BTCUSDT\?/)
    const spot = await trade('symbol', { LODESTONE__EXCHANGE__PAIRS: '["BTC/USDT"]' })
    expectRefusal(spot, 6, /BTC\/USDT is a spot symbol; the perpetual is BTC\/USDT:USDT or BTCUSDT/)
  })

  it('an account in hedge mode', async () => {
    await signed(account, 'POST', '/fapi/v1/positionSide/dual', { dualSidePosition: 'true' })
    expectRefusal(await trade('hedge'), 6, /hedge mode/)
    await signed(account, 'POST', '/fapi/v1/positionSide/dual', { dualSidePosition: 'false' })
  })

  it('a journal from a newer version, and one of another account', async () => {
    expect((await trade('journal')).code).toBe(0)
    const path = journalOf('journal')
    const database = new DatabaseSync(path)
    database.exec("UPDATE meta SET value = 'somebody-else' WHERE key = 'account'")
    database.close()
    expectRefusal(await trade('journal'), 1, /somebody-else/)
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 999')
    newer.close()
    expectRefusal(await trade('journal'), 1, /newer/)
  })

  it('too little balance', async () => {
    const args = ['exchange', 'serve', 'BTCUSDT', '--port', '0', '--speed', 'lock-step', '--json', '--balance', '5']
    const poor = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      let out = ''
      poor.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
      while (!out.includes('\n')) await once(poor.stdout, 'data')
      const { origin, key, secret } = JSON.parse(out) as Account
      const refused = await trade('poor', {
        LODESTONE__EXCHANGE__URL: origin,
        LODESTONE__EXCHANGE__KEY: key,
        LODESTONE__EXCHANGE__SECRET: secret,
      })
      expectRefusal(refused, 6, /holds 5 USDT, and at least 10 are needed/)
    } finally {
      poor.kill('SIGKILL')
    }
  })

  it('an exchange that is not there', async () => {
    expectRefusal(await trade('nobody', { LODESTONE__EXCHANGE__URL: 'http://127.0.0.1:9' }), 6, /out of reach/)
  })

  it('a data directory that cannot be one', async () => {
    writeFileSync(join(directory, 'file'), '')
    expectRefusal(await trade('file'), 1, /data directory cannot be used/)
  })
})
