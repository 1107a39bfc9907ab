import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { crowd, standing, SYMBOLS, writeTape, type Account } from './crowded-account.ts'
import { limited, lodestone } from './run-cli.ts'

const launcher = resolve(import.meta.dirname, '../../scripts/lodestone.mjs')
const directory = mkdtempSync(join(tmpdir(), 'lodestone-panic-'))
const children: ChildProcess[] = []
let tape: readonly string[] = []
beforeAll(() => {
  tape = writeTape(join(directory, 'tape'))
})
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})
afterAll(() => rmSync(directory, { recursive: true }))

interface Report {
  readonly verified: boolean
  readonly latched: boolean
  readonly elapsed_ms: number
  readonly first_cancel_ms: number
  readonly remaining: { readonly orders: number; readonly positions: number }
}

const EMPTY = { regular: 0, conditional: 0, positions: 0 }
const FULL = { regular: 25, conditional: 25, positions: 5 }

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  return child
}

async function serve(): Promise<Account> {
  const child = start(['exchange', 'serve', '--port', '0', '--json', '--tape', ...tape])
  let out = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text))
  while (!out.includes('\n')) await once(child.stdout!, 'data')
  return JSON.parse(out) as Account
}

const variables = (account: Account, name: string): Record<string, string> => ({
  LODESTONE__MODE: 'testnet',
  LODESTONE__DATA_DIR: join(directory, name),
  LODESTONE__EXCHANGE__URL: account.origin,
  LODESTONE__EXCHANGE__KEY: account.key,
  LODESTONE__EXCHANGE__SECRET: account.secret,
})

function expectInTime(out: string): void {
  const report = JSON.parse(out) as Report
  expect(report).toMatchObject({ verified: true, latched: true, remaining: { orders: 0, positions: 0 } })
  expect(report.first_cancel_ms).toBeLessThanOrEqual(1_000)
  expect(report.elapsed_ms).toBeLessThanOrEqual(10_000)
}

describe('panic', () => {
  it('cancels fifty orders in both lists and closes five positions, and says when', async () => {
    const account = await serve()
    await crowd(account)
    expect(await standing(account)).toEqual(FULL)
    const { code, out } = await lodestone(['panic', '--json'], variables(account, 'alone'))
    expect(code).toBe(0)
    expectInTime(out)
    expect(await standing(account)).toEqual(EMPTY)
  })

  it('does so while the bot is stopped, which then enters no more until the latch is cleared', async () => {
    const data = join(directory, 'stopped')
    const config = join(directory, 'stopped.yaml')
    const pairs = SYMBOLS.join(', ')
    writeFileSync(config, `mode: testnet\ndata_dir: ${data}\nexchange: { name: embedded, pairs: [${pairs}] }\n`)
    const bot = start(['trade', '-c', config, '--headless', '--speed', '1', '--tape', ...tape])
    const file = join(data, 'embedded-testnet/exchange.json')
    await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const account = JSON.parse(readFileSync(file, 'utf8')) as Account
    const status = async (): Promise<unknown> => {
      const { code, out } = await lodestone(['status', '-c', config, '--json'])
      return code === 0 ? JSON.parse(out) : code
    }
    await expect.poll(status, { timeout: 60_000 }).toMatchObject({ source: 'bot', latches: [] })
    // Stopped before: what it looked at in between would be foreign to it, and stay latched until a person looks.
    bot.kill('SIGSTOP')
    await crowd(account)
    expect(await standing(account)).toEqual(FULL)

    const { code, out } = await lodestone(['panic', '-c', config, '--json', '--reason', 'a drill'])
    expect(code).toBe(0)
    expectInTime(out)
    expect(await standing(account)).toEqual(EMPTY)

    bot.kill('SIGCONT')
    await expect
      .poll(status, { timeout: 60_000, interval: 500 })
      .toMatchObject({ source: 'bot', trading_state: 'HALTED', latches: [{ code: 'KILL', reason: 'panic: a drill' }] })
    const cleared = await lodestone(['clear-latch', 'PANIC', '-c', config, '--reason', 'the drill is over'])
    expect([cleared.code, cleared.err]).toEqual([0, expect.any(String)])
    await expect
      .poll(status, { timeout: 60_000 })
      .toMatchObject({ source: 'bot', trading_state: 'ACTIVE', latches: [] })
    // A disk without room for a byte more takes the latch's name.
    const full = await limited(0, ['panic', '-c', config, '--json'])
    expect([full.code, JSON.parse(full.out)]).toEqual([0, expect.objectContaining({ verified: true, latched: true })])
    await expect
      .poll(status, { timeout: 60_000 })
      .toMatchObject({ latches: [{ code: 'KILL', reason: 'panic: panic.json is not as it was written' }] })
    bot.kill('SIGINT')
    await once(bot, 'close')
    expect(existsSync(file)).toBe(false)
  })

  it('goes on where the terminal is lost', async () => {
    const account = await serve()
    await crowd(account)
    const child = spawn(process.execPath, [launcher, 'panic', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...variables(account, 'hung-up') },
    })
    children.push(child)
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const ended = once(child, 'close')
    const data = join(directory, 'hung-up')
    const isLatched = (): boolean => existsSync(data) && readdirSync(data, { recursive: true }).length > 1
    await expect.poll(isLatched, { timeout: 60_000, interval: 5 }).toBe(true)
    child.kill('SIGHUP')
    expect(await ended).toEqual([0, null])
    expectInTime(out)
    expect(await standing(account)).toEqual(EMPTY)
  })

  it('says in a sentence what keeps it from the account, and stops the bot all the same', async () => {
    const account = await serve()
    const wrong = await lodestone(['panic'], variables({ ...account, key: 'nobody' }, 'wrong'))
    expect([wrong.code, wrong.out]).toEqual([6, ''])
    expect(wrong.err).toContain('does not accept this API key')
    expect(wrong.err).toContain('NOTHING WAS CANCELED OR CLOSED.\nThe latch is left')

    const forged = await lodestone(['panic'], variables({ ...account, secret: 'guessed' }, 'wrong'))
    expect([forged.code, forged.out]).toEqual([6, ''])
    expect(forged.err).toContain('the API secret does not belong to the API key')

    for (const child of children.splice(0)) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    const gone = await lodestone(['panic'], variables(account, 'gone'))
    expect([gone.code, gone.out]).toEqual([6, ''])
    expect(gone.err).toContain('the exchange could not be asked')

    const {
      LODESTONE__EXCHANGE__KEY: _key,
      LODESTONE__EXCHANGE__SECRET: _secret,
      ...keyless
    } = variables(account, 'none')
    const none = await lodestone(['panic'], keyless)
    expect([none.code, none.out]).toEqual([4, ''])
    expect(none.err).toContain('No keys of the account')
    for (const { err } of [wrong, forged, gone, none]) expect(err).not.toMatch(/\n\s+at /)
  })
})
