import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { signed, type Account } from './crowded-account.ts'
import { lodestone, shell, type Ended } from './run-cli.ts'

const launcher = resolve(import.meta.dirname, '../../scripts/lodestone.mjs')
const directory = mkdtempSync(join(tmpdir(), 'lodestone-bad-use-'))
const literal = resolve(import.meta.dirname, '../../config/literal.yaml')
const CAN_MOUNT = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
/** A user without a name and a home, as in a container. */
const NOBODY = ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups', 'env', '-u', 'HOME']
const CAN_BE_NOBODY = spawnSync(NOBODY[0]!, [...NOBODY.slice(1), 'true']).status === 0
const exchanges: ChildProcess[] = []
let account: Account

async function serve(...more: readonly string[]): Promise<Account> {
  const args = ['exchange', 'serve', 'BTCUSDT', '--port', '0', '--speed', 'lock-step', '--json', ...more]
  const exchange = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  exchanges.push(exchange)
  let out = ''
  exchange.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  while (!out.includes('\n')) await once(exchange.stdout, 'data')
  return JSON.parse(out) as Account
}

beforeAll(async () => {
  account = await serve()
})
afterAll(() => {
  for (const exchange of exchanges) exchange.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

const TRADE = ['trade', '--mode', 'testnet', '--duration', '1m', '--speed', 'max', '--headless', '--json']
const environmentOf = ({ origin, key, secret }: Account, dataDir: string): Readonly<Record<string, string>> => ({
  XDG_STATE_HOME: join(directory, 'state'),
  LODESTONE__DATA_DIR: dataDir,
  LODESTONE__EXCHANGE__URL: origin,
  LODESTONE__EXCHANGE__KEY: key,
  LODESTONE__EXCHANGE__SECRET: secret,
})

/** Trades for a moment at the served exchange, in a data directory of this name. */
const trade = (name: string, patch: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  lodestone(TRADE, { ...environmentOf(account, join(directory, name)), ...patch })

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
  it('wrong keys, as those of another environment are', async () => {
    expectRefusal(
      await trade('keys', { LODESTONE__EXCHANGE__KEY: 'nobody' }),
      6,
      /does not accept this API key in its embedded environment; keys of another environment do not work here/,
    )
    expectRefusal(await trade('keys', { LODESTONE__EXCHANGE__SECRET: 'guessed' }), 6, /secret does not belong to/)
  })

  it.each([
    ['testnet-binance.yaml', {}, /no keys for binanceusdm: set LODESTONE__EXCHANGE__KEY and _SECRET, or use --secrets/],
    [
      'testnet-okx.yaml',
      { LODESTONE__EXCHANGE__KEY: 'k', LODESTONE__EXCHANGE__SECRET: 's' },
      /okx signs with a passphrase as well: set LODESTONE__EXCHANGE__PASSWORD/,
    ],
  ])('%s without all its keys leaves no account behind', async (file, keys, sentence) => {
    const data = join(directory, file)
    const environment = { LODESTONE__DATA_DIR: data, ...keys }
    expectRefusal(await lodestone(['trade', '-c', resolve('config', file), '--headless'], environment), 4, sentence)
    expect(existsSync(data)).toBe(false)
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
    const refused = await trade('poor', environmentOf(await serve('--balance', '5'), join(directory, 'poor')))
    expectRefusal(refused, 6, /holds 5 USDT, and at least 10 are needed/)
  })

  it('a balance whose orders would be below the minimum: decided against, with the figures', async () => {
    const small = await serve('--balance', '20')
    const args = ['trade', '-c', literal, '--duration', '8m', '--speed', 'max', '--headless', '--json']
    const { code, out } = await lodestone(args, environmentOf(small, join(directory, 'small')))
    const summary = JSON.parse(out) as TradingSummary
    expect([code, summary.orders, summary.rejected['BELOW_MINIMUM']]).toEqual([0, 0, 1])
    const database = new DatabaseSync(journalOf('small'), { readOnly: true })
    const rows = database.prepare("SELECT body FROM decisions WHERE body LIKE '%BELOW_MINIMUM%'").all()
    database.close()
    const [refusal] = (JSON.parse(String(rows[0]!['body'])) as { refusals: unknown[] }).refusals
    expect(refusal).toMatchObject({ code: 'BELOW_MINIMUM', figures: { riskAmount: 0.2, quantity: 0 } })
    expect(refusal).toHaveProperty(
      'message',
      expect.stringMatching(/^risk 0\.20 gives 0\.0001\d+, .* the minimum is 0\.001/),
    )
  })

  it('an exchange that is not there', async () => {
    expectRefusal(await trade('nobody', { LODESTONE__EXCHANGE__URL: 'http://127.0.0.1:9' }), 6, /out of reach/)
  })

  it('a data directory that cannot be one', async () => {
    writeFileSync(join(directory, 'file'), '')
    expectRefusal(await trade('file'), 1, /data directory cannot be used/)
  })

  describe.runIf(CAN_BE_NOBODY)('a user without a name and a home', () => {
    const data = join(directory, 'nameless')
    const asNobody = (args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> => {
      const given = Object.entries(environment).map(([name, value]) => `'${name}=${value}'`)
      return shell(`exec ${NOBODY.join(' ')} ${given.join(' ')} "$0" "$@"`, args)
    }
    beforeAll(() => {
      chmodSync(directory, 0o755)
      mkdirSync(data)
      chmodSync(data, 0o777)
    })

    it('trades on the embedded exchange', async () => {
      const environment = { LODESTONE__DATA_DIR: join(data, 'own') }
      const { code, out, err } = await asNobody(TRADE, environment)
      expect([code, err]).toEqual([0, expect.not.stringContaining('unexpected')])
      expect(JSON.parse(out)).toMatchObject({ ended: 'finished', ledger_agrees: true })
      const clear = ['clear-latch', 'KILL', '--reason', 'looked at it']
      expectRefusal(await asNobody(clear, environment), 3, /there is nobody to tell/)
    })

    it('is told where an account of an exchange needs a home', async () => {
      const { XDG_STATE_HOME: _, ...environment } = environmentOf(account, join(data, 'served'))
      expectRefusal(await asNobody(TRADE, environment), 1, /no home directory.* Set HOME or XDG_STATE_HOME/)
    })
  })

  it.runIf(CAN_MOUNT).each([
    ['the data directory', 'LODESTONE__DATA_DIR', /data directory cannot be used: EROFS: read-only file system/],
    [
      'the state directory',
      'XDG_STATE_HOME',
      /lock of account \S+ in \S+ cannot be taken: the disk is mounted read-only/,
    ],
  ])('a disk that is read-only under %s', async (_what, name, sentence) => {
    const place = mkdtempSync(join(directory, 'mounted-'))
    const environment = { ...environmentOf(account, join(directory, 'disk')), [name]: join(place, 'below') }
    const given = Object.entries(environment).map(([key, value]) => `${key}='${value}'`)
    // As root permissions do not bite; a disk of its own in a namespace of its own does.
    const script = `exec unshare -rm sh -c 'mount -t tmpfs -o ro none ${place} && exec "$0" "$@"' "$0" "$@"`
    expectRefusal(await shell(`export ${given.join(' ')}; ${script}`, TRADE), 1, sentence)
  })

  it.runIf(CAN_MOUNT)('a journal on a disk that has become read-only', async () => {
    const data = join(directory, 'worn')
    expect((await trade('worn')).code).toBe(0)
    const given = Object.entries(environmentOf(account, data)).map(([key, value]) => `${key}='${value}'`)
    const mount = `mount --bind ${data} ${data} && mount -o remount,ro,bind ${data}`
    const script = `exec unshare -rm sh -c '${mount} && exec "$0" "$@"' "$0" "$@"`
    const refused = await shell(`export ${given.join(' ')}; ${script}`, TRADE)
    expectRefusal(refused, 1, /journal\.sqlite cannot be used as the journal: the disk is mounted read-only/)
  })
})
