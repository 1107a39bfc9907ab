import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock, lockHolder, type LockResult } from '../../../../src/adapter/lock/instance-lock.ts'
import { scratch } from '../../../fixture/journal-scene.ts'

let place: ReturnType<typeof scratch>
const held: LockResult[] = []
beforeEach(() => {
  place = scratch()
})
afterEach(() => {
  for (const lock of held.splice(0)) if (lock.kind === 'held') lock.release()
  place.remove()
})

function take(accountId: string, directory = place.path): LockResult {
  const lock = acquireLock({ directory, accountId })
  held.push(lock)
  return lock
}

test('one holder of an account at a time, and the refusal names it', () => {
  const first = take('acct-1')
  expect(first.kind).toBe('held')
  const second = take('acct-1')
  expect(second).toMatchObject({ kind: 'taken' })
  expect(second.kind === 'taken' && second.message).toMatch(
    new RegExp(`^account acct-1 is traded by process ${process.pid} since \\d{4}-\\d\\d-\\d\\dT`),
  )
  if (first.kind === 'held') first.release()
  expect(take('acct-1').kind).toBe('held')
})

test('accounts do not get in each other’s way, however alike their names', () => {
  expect(['a/b', 'a_b', 'A_B', 'a b'].map((id) => take(id).kind)).toEqual(['held', 'held', 'held', 'held'])
  for (const name of readdirSync(place.path)) expect(statSync(join(place.path, name)).mode & 0o777).toBe(0o600)
})

test('ends with the process, even by SIGKILL; what the file next to it says does not hold anybody up', async () => {
  const module = new URL('../../../../src/adapter/lock/instance-lock.ts', import.meta.url).href
  const script = `
    const { acquireLock } = await import(${JSON.stringify(module)})
    const lock = acquireLock({ directory: ${JSON.stringify(place.path)}, accountId: 'acct-1' })
    console.log(lock.kind)
    setInterval(() => lock, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(said.toString().trim()).toBe('held')
  const refused = take('acct-1')
  expect(refused.kind === 'taken' && refused.message).toContain(`process ${child.pid} since`)
  const holder = (): number | null => lockHolder({ directory: place.path, accountId: 'acct-1' })
  expect(holder()).toBe(child.pid)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(readdirSync(place.path).some((name) => name.endsWith('.lock.json'))).toBe(true)
  expect(holder()).toBeNull()
  expect(take('acct-1').kind).toBe('held')
})

test('a directory that cannot be made is told as such, not as a holder', () => {
  writeFileSync(join(place.path, 'plain'), '')
  expect(take('acct-1', join(place.path, 'plain', 'locks'))).toEqual({
    kind: 'failed',
    message: `the lock of account acct-1 in ${place.path}/plain/locks cannot be taken: its directory is a file`,
  })
})

test('a file for the holder’s name that cannot be written keeps nobody from the account, nor from giving it back', () => {
  const first = take('acct-1')
  if (first.kind === 'held') first.release()
  const file = readdirSync(place.path).find((name) => name.endsWith('.lock'))!
  mkdirSync(join(place.path, `${file}.json`, 'full'), { recursive: true })
  const second = take('acct-1')
  expect(second.kind).toBe('held')
  expect(take('acct-1')).toMatchObject({ kind: 'taken', message: expect.stringContaining('another process') })
  if (second.kind === 'held') second.release()
  expect(take('acct-1').kind).toBe('held')
})
