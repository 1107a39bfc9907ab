import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { signed, standing } from './crowded-account.ts'
import { lodestone } from './run-cli.ts'

const root = resolve(import.meta.dirname, '../..')
const launcher = resolve(root, 'scripts/lodestone.mjs')
const directory = mkdtempSync(join(tmpdir(), 'lodestone-exchange-'))
afterAll(() => rmSync(directory, { recursive: true }))

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

interface Address {
  readonly origin: string
  readonly stream: string
  readonly control: string
  readonly key: string
  readonly secret: string
  readonly instance: string
  readonly accounts: readonly { readonly account: number; readonly key: string; readonly secret: string }[]
}

interface Started {
  readonly child: ChildProcess
  readonly address: Address
  readonly err: () => string
}

/** The first line of stdout, as JSON. */
async function firstLine(child: ChildProcess): Promise<{ address: Address; err: () => string }> {
  children.push(child)
  let err = ''
  let out = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text))
  child.stdout!.setEncoding('utf8')
  const line = await new Promise<string>((done, failed) => {
    child.stdout!.on('data', (text: string) => {
      out += text
      if (out.includes('\n')) done(out.trim())
    })
    child.on('close', (code) => failed(new Error(`ended with ${code}: ${err}`)))
  })
  return { address: JSON.parse(line) as Address, err: () => err }
}

async function start(...args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [launcher, 'exchange', 'serve', '--port', '0', '--json', ...args], {
    cwd: root,
  })
  return { child, ...(await firstLine(child)) }
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

const get = async (origin: string, path: string): Promise<unknown> =>
  (await fetch(`${origin}/fapi.binance.com${path}`)).json()
const answers = (origin: string): Promise<boolean> =>
  get(origin, '/fapi/v1/ping').then(
    () => true,
    () => false,
  )

/** Runs the lines that were printed, then `body`, in a process of its own; what `said` is at the end. */
async function runClient(printed: string, body: string): Promise<unknown> {
  const lines = printed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(const exchange|exchange\.)/.test(line))
  expect(lines).toHaveLength(3)
  const script = `
    import ccxt from 'ccxt'
    import http from 'node:http'
    let said
    ${lines.join('\n')}
    ${body}
    console.log(JSON.stringify(said))
    await exchange.close()`
  const client = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: root })
  children.push(client)
  let out = ''
  let err = ''
  client.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  client.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  expect([await ended(client), err]).toEqual([0, ''])
  return JSON.parse(out)
}

describe('exchange serve', () => {
  it('serves a moving market, and the three lines that it prints connect real ccxt to it', async () => {
    const { child, address, err } = await start('BTCUSDT', '--seed', '3', '--speed', '100', '--balance', '2500')
    expect(err()).toContain('SIMULATED MARKET')
    expect(err()).toContain('nothing here is real')
    const time = async (): Promise<number> =>
      ((await get(address.origin, '/fapi/v1/time')) as { serverTime: number }).serverTime
    const first = await time()
    expect(first).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5))
    await expect.poll(time, { timeout: 20_000 }).toBeGreaterThan(first + 5_000)
    const said = await runClient(
      err(),
      `const balance = await exchange.fetchBalance()
      const order = await exchange.createOrder('BTC/USDT:USDT', 'market', 'buy', 0.01)
      const [position] = await exchange.fetchPositions()
      const trades = await exchange.watchTrades('BTC/USDT:USDT')
      said = [balance.USDT.total, order.status, position.contracts, trades.length > 0]`,
    )
    expect(said).toEqual([2_500, 'closed', 0.01, true])
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
    expect(await answers(address.origin)).toBe(false)
  })

  it('in lock-step trades without moving the time further than the trade takes', async () => {
    const { child, address, err } = await start('ETHUSDT', '--speed', 'lock-step')
    expect(err()).toContain(`Market time stands still until a control client moves it, at ${address.control}.`)
    const said = await runClient(
      err(),
      `const order = await exchange.createOrder('ETH/USDT:USDT', 'market', 'buy', 1)
      said = [order.status, order.filled, await exchange.fetchTime()]`,
    )
    expect(said).toEqual(['closed', 1, Date.UTC(2026, 0, 5) + 50])
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
  })

  it('lets go wrong what its script says', async () => {
    const file = join(directory, 'faults.json')
    writeFileSync(file, JSON.stringify([{ path: '/fapi/v1/ping', when: 'before', answer: { status: 503, body: {} } }]))
    const { child, address } = await start('--faults', file)
    const status = async (): Promise<number> => (await fetch(`${address.origin}/fapi/v1/ping`)).status
    expect([await status(), await status()]).toEqual([503, 200])
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
  })

  it('writes the key for this user alone', async () => {
    const file = join(directory, 'key.json')
    const { child, address } = await start('--key-file', file)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ key: address.key, secret: address.secret })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
  })

  it('makes as many accounts as are asked for, and tells the key of each as of one', async () => {
    const file = join(directory, 'keys.json')
    const { child, address, err } = await start('--accounts', '2', '--key-file', file, '--speed', 'lock-step')
    const { accounts, key, secret, origin } = address
    expect(accounts.map(({ account }) => account)).toEqual([1, 2])
    expect(accounts[0]).toEqual({ account: 1, key, secret })
    expect(new Set(accounts.flatMap((each) => [each.key, each.secret])).size).toBe(4)
    for (const each of accounts)
      expect(err()).toContain(
        `account  ${each.account}: 10000 USDT, made for this run\n  key      ${each.key}\n  secret   ${each.secret}\n`,
      )
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ accounts })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' }
    await signed({ origin, ...accounts[1]! }, 'POST', '/fapi/v1/order', order)
    const positions = await Promise.all(accounts.map(async (each) => (await standing({ origin, ...each })).positions))
    expect(positions).toEqual([0, 1])
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
  })

  it('ends with the process that started it, however that one ends', async () => {
    const script = `
      import { spawn } from 'node:child_process'
      const child = spawn(process.execPath, [${JSON.stringify(launcher)}, 'exchange', 'serve', '--port', '0', '--json', '--parent'],
        { stdio: ['pipe', 'inherit', 'inherit'] })
      setInterval(() => undefined, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: root })
    const { address } = await firstLine(parent)
    expect(await answers(address.origin)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => answers(address.origin), { timeout: 10_000 }).toBe(false)
  })

  it('ends when its stdin does, and runs on without --parent', async () => {
    const bound = await start('--parent')
    const free = await start()
    bound.child.stdin!.end()
    free.child.stdin!.end()
    expect(await ended(bound.child)).toBe(0)
    expect(await answers(free.address.origin)).toBe(true)
    free.child.kill('SIGINT')
    expect(await ended(free.child)).toBe(0)
  })

  it('serves candles, from where a session on them begins', async () => {
    const rows = ['open_time,open,high,low,close,volume,open_interest']
    const first = Date.UTC(2025, 0, 1)
    for (let hour = 0; hour < 20 * 24; hour += 1)
      rows.push([first + hour * 3_600_000, 100, 102, 99, 101, 50, 1_000 + hour].join(','))
    const file = join(directory, 'bybit_SOLUSDT_1h.csv')
    writeFileSync(file, `${rows.join('\n')}\n`)
    const { address } = await start('--tape', file, '--speed', 'lock-step')
    const now = ((await get(address.origin, '/fapi/v1/time')) as { serverTime: number }).serverTime
    expect(now).toBe(first + 9 * 86_400_000)
    const query = 'symbol=SOLUSDT&interval=1h&limit=1500'
    expect(await get(address.origin, `/fapi/v1/klines?${query}`)).toHaveLength(9 * 24)
    const interest = await get(address.origin, '/futures/data/openInterestHist?symbol=SOLUSDT&period=1h&limit=1')
    expect(interest).toMatchObject([{ timestamp: now - 3_600_000, sumOpenInterest: String(1_000 + 9 * 24 - 1) }])
    // Nobody moves the time.
    await new Promise((done) => setTimeout(done, 300))
    expect(await get(address.origin, '/fapi/v1/time')).toEqual({ serverTime: now })
  })

  it('says so when its port is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as AddressInfo
    const { code, out, err } = await lodestone(['exchange', 'serve', '--port', `${port}`])
    other.close()
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`port ${port} on 127.0.0.1 is taken`)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it.each([
    [['--speed', 'fast'], '--speed fast: a number above 0, at most 10000, or lock-step.'],
    [['--port', '70000'], '--port 70000: a whole number from 0 to 65535.'],
    [['--seed', '1.5'], '--seed 1.5: a whole number'],
    [['--accounts', '0'], '--accounts 0: a whole number from 1 to 16.'],
    [['--accounts', '17'], '--accounts 17: a whole number from 1 to 16.'],
    [['--balance', '0'], '--balance 0: an amount above 0.'],
    [['--faults', '/nowhere.json'], '/nowhere.json'],
  ])('answers %j with a sentence and exit code 4', async (args, sentence) => {
    const { code, out, err } = await lodestone(['exchange', 'serve', ...args])
    expect([code, out]).toEqual([4, ''])
    expect(err).toContain(sentence)
  })

  it('ends where it cannot begin, although its parent lives', async () => {
    const child = spawn(process.execPath, [launcher, 'exchange', 'serve', 'XRPUSDT', '--port', '0', '--parent'])
    expect(await ended(child)).toBe(2)
  })

  it('does not know every symbol', async () => {
    const { code, err } = await lodestone(['exchange', 'serve', 'DOGEUSDT'])
    expect(code).toBe(2)
    expect(err).toContain('BTCUSDT, ETHUSDT, SOLUSDT')
  })
})
