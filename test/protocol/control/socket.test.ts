import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askBot, tellBot } from '../../../src/server/control/client.ts'
import { MAX_REQUEST_BYTES } from '../../../src/server/control/message.ts'
import { startControlServer, type ControlServer } from '../../../src/server/control/server.ts'
import { socketPath } from '../../../src/server/control/socket-path.ts'
import type { ControlTarget } from '../../../src/server/control/target.ts'
import { recordingTarget } from './scene.ts'

const open: ControlServer[] = []
let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lodestone-socket-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
  rmSync(directory, { recursive: true })
})

async function started(
  target: ControlTarget,
  now?: () => number,
  path = socketPath(directory),
): Promise<ControlServer> {
  const result = await startControlServer(path, target, now)
  if (result.kind === 'refused') throw new Error(result.message)
  open.push(result.server)
  return result.server
}

/** Sends raw lines and gives what comes back until `answers` lines or the end. */
async function raw(path: string, text: string, answers = 1): Promise<readonly Record<string, unknown>[]> {
  const socket = connect(path)
  let back = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    back += chunk
    if (back.split('\n').length > answers) socket.destroy()
  })
  socket.write(text)
  await once(socket, 'close')
  return back
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const NONCE = 'a'.repeat(32)
const line = (command: object, nonce = NONCE, expires = Date.now() + 5_000): string =>
  `${JSON.stringify({ v: 1, kind: 'command', nonce, expires, command })}\n`

describe('the control socket', () => {
  it('answers questions and carries out commands', async () => {
    const target = recordingTarget()
    const { path } = await started(target)
    expect(await askBot(path, { name: 'status' })).toMatchObject({ kind: 'ok', result: { trading_state: 'ACTIVE' } })
    expect(await askBot(path, { name: 'trades', symbol: 'BTCUSDT', since: null, limit: 1 })).toMatchObject({
      kind: 'ok',
      result: [{ id: 't3' }],
    })
    expect(await tellBot(path, { name: 'force_exit', tradeId: 'all' })).toEqual({
      kind: 'ok',
      result: { kind: 'done', orders: 1, cancels: 2, alerts: ['done'] },
    })
    expect(target.taken).toEqual([{ name: 'force_exit', tradeId: 'all' }])
  })

  it('is there for this user alone, and gone when it is closed', async () => {
    const server = await started(recordingTarget())
    expect(statSync(server.path).mode & 0o777).toBe(0o600)
    await server.close()
    expect(existsSync(server.path)).toBe(false)
    expect(await askBot(server.path, { name: 'status' })).toEqual({ kind: 'not_running' })
  })

  it('refuses a directory that others may enter', async () => {
    chmodSync(directory, 0o755)
    const result = await startControlServer(socketPath(directory), recordingTarget())
    expect(result).toEqual({
      kind: 'refused',
      message: `${directory} is open to other users; run: chmod 700 ${directory}`,
    })
    chmodSync(directory, 0o700)
  })

  it.runIf(process.platform === 'linux')('says why where its directory cannot be made', async () => {
    const result = await startControlServer('/proc/lodestone/control.sock', recordingTarget())
    expect(result).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^\/proc\/lodestone cannot be made: ENOENT/),
    })
  })

  it('replaces what a killed process left, and leaves a living one alone', async () => {
    const path = socketPath(directory)
    const body = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
    const other = spawn(process.execPath, ['--eval', body], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(other.stdout, 'data')
    expect(await startControlServer(path, recordingTarget())).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('another bot of this account is running'),
    })
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(existsSync(path)).toBe(true)
    const server = await started(recordingTarget())
    expect(await askBot(server.path, { name: 'orders' })).toMatchObject({ kind: 'ok' })
  })

  it('does not remove a file that is no socket', async () => {
    const path = join(directory, 'control.sock')
    writeFileSync(path, 'mine')
    expect(await startControlServer(path, recordingTarget())).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('is not a socket'),
    })
    expect(existsSync(path)).toBe(true)
  })

  it('moves to a short place when the path is too long for a socket', async () => {
    const long = join(directory, 'd'.repeat(90))
    const path = socketPath(long)
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103)
    expect(path).not.toBe(socketPath(`${long}2`))
    const server = await started(recordingTarget(), undefined, path)
    expect(await askBot(server.path, { name: 'positions' })).toMatchObject({ kind: 'ok' })
  })

  it('lets no more than its number of clients in', async () => {
    const { path } = await started(recordingTarget())
    const held = Array.from({ length: 16 }, () => connect(path))
    await Promise.all(held.map((socket) => once(socket, 'connect')))
    await askBot(path, { name: 'status' }).then((asked) =>
      expect(asked).toMatchObject({ kind: 'refused', code: 'busy' }),
    )
    held[0]!.destroy()
    await expect.poll(() => askBot(path, { name: 'status' })).toMatchObject({ kind: 'ok' })
    for (const socket of held) socket.destroy()
  })
})

describe('a command', () => {
  it('is carried out once, however often its nonce arrives, and answered each time', async () => {
    const target = recordingTarget()
    const { path } = await started(target)
    const text = line({ name: 'force_exit', tradeId: 'all' })
    const answers = [...(await raw(path, text + text, 2)), ...(await raw(path, text))]
    expect(answers).toHaveLength(3)
    expect(answers.every((answer) => answer['kind'] === 'ok')).toBe(true)
    expect(target.taken).toHaveLength(1)
  })

  it('is refused under a nonce of another', async () => {
    const target = recordingTarget()
    const { path } = await started(target)
    await raw(path, line({ name: 'force_exit', tradeId: 't1' }))
    expect(await raw(path, line({ name: 'force_exit', tradeId: 't2' }))).toMatchObject([{ code: 'nonce_used' }])
    expect(target.taken).toHaveLength(1)
  })

  it('is refused after its time, also when its nonce was known, and when it would live too long', async () => {
    const target = recordingTarget()
    let now = 1_000_000
    const { path } = await started(target, () => now)
    const text = line({ name: 'kill', reason: 'test' }, NONCE, now + 10_000)
    expect(await raw(path, text)).toMatchObject([{ kind: 'ok' }])
    now += 20_000
    expect(await raw(path, text)).toMatchObject([{ code: 'expired' }])
    expect(await raw(path, line({ name: 'kill', reason: 'x' }, NONCE, now + 3_600_000))).toMatchObject([
      { code: 'expires_too_late' },
    ])
    expect(target.taken).toHaveLength(1)
  })

  it('is refused when it is not one of the typed ones', async () => {
    const target = recordingTarget()
    const { path } = await started(target)
    for (const bad of [
      'nonsense\n',
      '{}\n',
      '[]\n',
      line({ name: 'finish' }),
      line({ name: 'force_exit', tradeId: '../x' }),
      line({ name: 'kill' }),
      line({ name: 'kill', reason: 'r', more: 1 }),
    ])
      expect(await raw(path, bad)).toMatchObject([{ kind: 'refused', code: 'bad_request' }])
    expect(await raw(path, 'x'.repeat(MAX_REQUEST_BYTES + 1))).toMatchObject([{ code: 'too_long' }])
    expect(target.taken).toEqual([])
    expect(await askBot(path, { name: 'status' })).toMatchObject({ kind: 'ok' })
  })

  it('that the bot refuses is refused with its reason', async () => {
    const { path } = await started(
      recordingTarget(() => ({ kind: 'refused', code: 'stopping', message: 'the bot is stopping' })),
    )
    expect(await tellBot(path, { name: 'kill', reason: 'x' })).toEqual({
      kind: 'refused',
      code: 'stopping',
      message: 'the bot is stopping',
    })
  })

  it('to a bot that hangs ends in a sentence', async () => {
    const path = join(directory, 'hangs.sock')
    const mute = createServer(() => undefined).listen(path)
    await once(mute, 'listening')
    expect(await tellBot(path, { name: 'kill', reason: 'x' }, 50)).toMatchObject({
      kind: 'silent',
      message: 'the bot accepts, but has said nothing for 0.05 s',
    })
    mute.close()
  })
})
