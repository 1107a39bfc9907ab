import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { panicCommand } from '../../../src/cli/panic.ts'
import { botCommands } from '../../../src/cli/account/commands-to-bot.ts'
import type { OpenJournal } from '../../../src/cli/account/open-journal.ts'
import { readCommands } from '../../../src/cli/account/reads.ts'
import { createInterrupt } from '../../../src/cli/interrupt.ts'
import { createOutput } from '../../../src/cli/output.ts'
import type { Invocation, OptionValue } from '../../../src/cli/command.ts'
import { startControlServer, type ControlServer } from '../../../src/server/control/server.ts'
import { socketPath } from '../../../src/server/control/socket-path.ts'
import { reader, recordingTarget, type RecordingTarget } from './scene.ts'

let data = ''
const open: ControlServer[] = []
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'lodestone-account-'))
  vi.stubEnv('LODESTONE__DATA_DIR', data)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(open.splice(0).map((server) => server.close()))
  rmSync(data, { recursive: true })
})

function directory(account: string): string {
  const path = join(data, account)
  mkdirSync(path, { mode: 0o700 })
  return path
}

async function bot(account: string, target: RecordingTarget = recordingTarget()): Promise<RecordingTarget> {
  const result = await startControlServer(socketPath(directory(account)), target)
  if (result.kind === 'refused') throw new Error(result.message)
  open.push(result.server)
  return target
}

const none: OpenJournal = () => ({ kind: 'none' })
const journal: OpenJournal = () => ({
  kind: 'ok',
  reader: { ...reader, status: () => ({ ...reader.status(), source: 'journal' }) },
  close: () => undefined,
})

async function call(
  name: string,
  {
    args = [],
    options = {},
    json = false,
    opened = none,
  }: { args?: readonly string[]; options?: Record<string, OptionValue>; json?: boolean; opened?: OpenJournal } = {},
) {
  const command = [...readCommands(opened), ...botCommands].find(
    (each) => each.name === name || each.aliases?.includes(name),
  )
  if (!command) throw new Error(`no command ${name}`)
  let out = ''
  let err = ''
  const invocation: Invocation = {
    arguments: args,
    options,
    configFiles: [],
    overrides: [],
    json,
    output: createOutput(
      { quiet: false, verbose: false, color: false },
      { write: (text: string) => (out += text) },
      { write: (text: string) => (err += text) },
    ),
    interrupted: createInterrupt().signal,
  }
  const code = await command.run(invocation)
  return { code, out, err }
}

describe('looking', () => {
  it('asks the running bot', async () => {
    await bot('embedded-testnet')
    const status = await call('status')
    expect(status.code).toBe(0)
    expect(status.out).toMatch(/^account +embedded-testnet {2}\[TESTNET\]$/m)
    expect(status.out).toMatch(/^latch DRAWDOWN +drawdown 10.1 %, limit 10 %/m)
    expect(status.out).toMatch(/^latch FOREIGN ETHUSDT +a foreign order is open/m)
    expect(status.out).toMatch(/^warm-up ETHUSDT +12.5 of 30 days of open interest; no map before that$/m)
    expect(status.err).toContain('clear-latch CODE [SYMBOL]')
    expect(JSON.parse((await call('status', { json: true })).out)).toMatchObject({ source: 'bot', equity: '10012.5' })
    expect((await call('orders')).out).toMatch(/l0100100000001s000 +BTCUSDT +SELL +stop_market +stop +accepted/)
    expect((await call('positions')).out).toMatch(/t1 +BTCUSDT +LONG +0.01 +94000 +93000 +96000 +75000.1 +12.5/)
    expect(
      JSON.parse((await call('show-trades', { json: true, options: { symbol: 'btc/usdt', limit: '1' } })).out),
    ).toMatchObject([{ id: 't3' }])
  })

  it('reads the journal where no bot runs, and says so', async () => {
    directory('bybit-demo-12345678')
    const status = await call('status', { opened: journal, json: true })
    expect([status.code, JSON.parse(status.out)]).toMatchObject([0, { source: 'journal' }])
    expect(status.err).toContain('From the journal of bybit-demo-12345678')
  })

  it('ends with 3 and a sentence where there is neither', async () => {
    expect(await call('status')).toMatchObject({ code: 3, out: '', err: expect.stringContaining('No bot is running') })
    directory('embedded-testnet')
    expect(await call('orders')).toMatchObject({
      code: 3,
      err: expect.stringContaining('No bot of embedded-testnet is running, and it has no journal.'),
    })
  })

  it('says why a journal cannot be read', async () => {
    directory('embedded-testnet')
    const opened: OpenJournal = () => ({ kind: 'refused', message: 'the journal is of a newer version' })
    expect(await call('positions', { opened })).toMatchObject({ code: 1, err: 'the journal is of a newer version\n' })
  })

  it('takes the one that runs among several accounts, and asks when that does not tell', async () => {
    directory('bybit-demo-12345678')
    await bot('embedded-testnet')
    expect(await call('status')).toMatchObject({ code: 0 })
    await bot('okx-demo-12345678')
    const unclear = await call('status')
    expect(unclear).toMatchObject({ code: 4, err: expect.stringContaining('Which account?') })
    expect(unclear.err).toContain('running: embedded-testnet, okx-demo-12345678')
    expect(await call('status', { options: { account: 'okx-demo-12345678' } })).toMatchObject({ code: 0 })
    expect(await call('status', { options: { account: '../x' } })).toMatchObject({ code: 2 })
  })

  it.each([
    [{ symbol: '%' }, '--symbol %'],
    [{ since: 'yesterday' }, '--since yesterday'],
    [{ limit: '0' }, '--limit 0'],
  ])('refuses %j', async (options, sentence) => {
    expect(await call('show-trades', { options })).toMatchObject({ code: 4, err: expect.stringContaining(sentence) })
  })
})

describe('telling', () => {
  it('reaches the bot by either spelling', async () => {
    const target = await bot('embedded-testnet')
    const stopped = await call('stopentry', { options: { reason: 'lunch' } })
    expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('embedded-testnet: no more entries') })
    // The scene's latches stay: entries are not allowed again.
    expect(await call('resume-entry')).toMatchObject({
      code: 0,
      out: expect.stringContaining('no stop-entry held entries; entries are still held by DRAWDOWN, FOREIGN ETHUSDT'),
    })
    await call('forceexit', { args: ['t1'] })
    expect(await call('stop-entry', { options: { reason: 'two\nlines \u001B[31m' } })).toMatchObject({ code: 0 })
    await call('force-exit', { args: ['all'], json: true }).then(({ out }) =>
      expect(JSON.parse(out)).toEqual({
        account: 'embedded-testnet',
        command: 'force_exit',
        orders: 1,
        cancels: 2,
        alerts: ['done'],
      }),
    )
    await call('clear-latch', { args: ['drawdown'], options: { reason: 'looked at it' } })
    expect(target.taken).toMatchObject([
      { name: 'stop_entry', reason: 'lunch' },
      { name: 'resume_entry', reason: 'by hand' },
      { name: 'force_exit', tradeId: 't1' },
      { name: 'stop_entry', reason: 'two lines  [31m' },
      { name: 'force_exit', tradeId: 'all' },
      {
        name: 'clear_latch',
        code: 'DRAWDOWN',
        symbol: null,
        reason: 'looked at it',
        by: expect.stringMatching(/./),
      },
    ])
  })

  it.each([
    [['FOREIGN'], null, 'latch FOREIGN is cleared'],
    [['FOREIGN', 'eth/usdt'], 'ETHUSDT', 'latch FOREIGN ETHUSDT is cleared'],
    [['FOREIGN ETHUSDT'], 'ETHUSDT', 'latch FOREIGN ETHUSDT is cleared'],
  ])('clears the latch of a symbol, named as %j', async (args, symbol, sentence) => {
    const target = await bot('embedded-testnet')
    expect(await call('clear-latch', { args, options: { reason: 'cancelled it' } })).toMatchObject({
      code: 0,
      out: expect.stringContaining(sentence),
    })
    expect(target.taken).toMatchObject([{ name: 'clear_latch', code: 'FOREIGN', symbol }])
  })

  it('about what does not exist ends with 2 and sends nothing', async () => {
    const target = await bot('embedded-testnet')
    expect(await call('force-exit', { args: ['t9'] })).toMatchObject({
      code: 2,
      err: 'There is no open trade t9. Open: t1.\n',
    })
    expect(await call('clear-latch', { args: ['X'], options: { reason: 'r' } })).toMatchObject({
      code: 2,
      err: 'There is no latch X. Latches: DRAWDOWN, FOREIGN ETHUSDT.\n',
    })
    expect(await call('clear-latch', { args: ['FOREIGN', 'BTCUSDT'], options: { reason: 'r' } })).toMatchObject({
      code: 2,
      err: 'There is no latch FOREIGN BTCUSDT. Latches: DRAWDOWN, FOREIGN ETHUSDT.\n',
    })
    expect(await call('clear-latch', { args: ['FOREIGN', '%'], options: { reason: 'r' } })).toMatchObject({ code: 2 })
    expect(target.taken).toEqual([])
  })

  it('needs a reason to clear a latch', async () => {
    await bot('embedded-testnet')
    expect(await call('clear-latch', { args: ['DRAWDOWN'] })).toMatchObject({ code: 4 })
  })

  it('ends with 3 where no bot runs', async () => {
    directory('embedded-testnet')
    expect(await call('stop-entry')).toMatchObject({
      code: 3,
      err: expect.stringContaining('No bot of embedded-testnet is running'),
    })
  })

  it('ends with 5 and points to panic where the bot hangs', { timeout: 20_000 }, async () => {
    const mute = createServer(() => undefined).listen(socketPath(directory('embedded-testnet')))
    await once(mute, 'listening')
    expect(await call('stop-entry')).toMatchObject({ code: 5, err: expect.stringContaining('npx lodestone panic') })
    mute.close()
  })
})

describe('panic', () => {
  const emptied = {
    openOrders: async () => [],
    positions: async () => [],
    cancel: async () => undefined,
    closeReduceOnly: async () => undefined,
  }
  const opened = {
    kind: 'ok',
    account: 'bybit-demo-1',
    venue: emptied,
    latch: { visible: Promise.resolve(), durable: Promise.resolve() },
    close: () => undefined,
  } as const
  async function panicked(
    venue: Parameters<typeof panicCommand>[0],
    json = false,
    interrupted = createInterrupt().signal,
  ) {
    let out = ''
    let err = ''
    const sink = createOutput(
      { quiet: false, verbose: false, color: false },
      { write: (text: string) => (out += text) },
      { write: (text: string) => (err += text) },
    )
    const code = await panicCommand(venue).run({
      arguments: [],
      options: {},
      configFiles: [],
      overrides: [],
      json,
      output: sink,
      interrupted,
    })
    return { code, out, err }
  }

  it('ends with 130 and its table when it is interrupted before all was seen empty', async () => {
    const asked = new AbortController()
    const cancel = async (): Promise<void> => asked.abort()
    const order = { symbol: 'XUSDT', id: '1', clientOrderId: '', list: 'regular', reduceOnly: false } as const
    const venue = { ...emptied, openOrders: async () => [order], cancel }
    expect(
      await panicked(
        async () => ({ ...opened, venue }),
        false,
        () => asked.signal,
      ),
    ).toMatchObject({
      code: 130,
      out: expect.stringMatching(/NOT verified empty after .* 1 looks; 1 orders, 0 positions left/),
      err: expect.stringContaining('NOT VERIFIED EMPTY'),
    })
  })

  it('ends with 0 only when everything was seen empty and the latch is left', async () => {
    const good = await panicked(async () => opened)
    expect(good).toMatchObject({
      code: 0,
      out: expect.stringMatching(/bybit-demo-1: verified empty after .* 2 looks; 0 orders, 0 positions left/),
    })
    const unwritten = Promise.reject(new Error('disk full'))
    const latchless = await panicked(
      async () => ({ ...opened, latch: { visible: unwritten, durable: unwritten } }),
      true,
    )
    expect(latchless).toMatchObject({ code: 1, err: expect.stringContaining('No latch could be left') })
    expect(JSON.parse(latchless.out)).toMatchObject({
      verified: true,
      latched: false,
      actions: [{ failure: 'disk full' }],
    })
    expect(
      await panicked(async () => ({ kind: 'refused', reason: 'configuration', message: 'no keys', latch: null })),
    ).toMatchObject({
      code: 4,
      err: 'no keys\n',
    })
  })

  it('says after 5 s that a disk which hangs has not confirmed the latch', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const never = new Promise<void>(() => undefined)
      const latch = { visible: never, durable: never }
      const refused = panicked(async () => ({ kind: 'refused', reason: 'exchange', message: 'no way there', latch }))
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
      await vi.advanceTimersByTimeAsync(5_000)
      expect(await refused).toMatchObject({
        code: 6,
        err: expect.stringContaining('No latch is known to be on disk (no answer within 5 s): stop the bot yourself'),
      })
    } finally {
      vi.useRealTimers()
    }
  })
})
