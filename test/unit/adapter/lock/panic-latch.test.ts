import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  clearPanicLatch,
  hasPanicLatch,
  leavePanicLatch,
  readPanicLatch,
} from '../../../../src/adapter/lock/panic-latch.ts'
import { scratch } from '../../../fixture/journal-scene.ts'

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

test('stays until it is cleared, for this user alone', async () => {
  const directory = join(place.path, 'account')
  expect([readPanicLatch(directory), hasPanicLatch(directory)]).toEqual([null, false])
  await leavePanicLatch(directory, 'panic by hand').durable
  expect(hasPanicLatch(directory)).toBe(true)
  await leavePanicLatch(directory, 'panic again').durable
  expect(readPanicLatch(directory)).toEqual({
    reason: 'panic again',
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  })
  expect(readdirSync(directory)).toEqual(['panic.json'])
  expect(statSync(join(directory, 'panic.json')).mode & 0o777).toBe(0o600)
  clearPanicLatch(directory)
  expect([readPanicLatch(directory), hasPanicLatch(directory)]).toEqual([null, false])
  clearPanicLatch(directory)
})

test('can be seen before it is on disk, and is counted where a power cut keeps nothing but its name', async () => {
  const { visible, durable } = leavePanicLatch(place.path, 'panic')
  expect(readPanicLatch(place.path)).toBeNull()
  await visible
  expect(readPanicLatch(place.path)?.reason).toBe('panic')
  await durable
  truncateSync(join(place.path, 'panic.json'))
  expect(readPanicLatch(place.path)).not.toBeNull()
})

test('rejects with what the system says where it cannot be left', async () => {
  writeFileSync(join(place.path, 'account'), 'no directory')
  const { visible, durable } = leavePanicLatch(join(place.path, 'account'), 'panic')
  await expect(durable).rejects.toThrow('ENOTDIR')
  await expect(visible).rejects.toThrow('ENOTDIR')
})

test.each(['', '{"reason":', '[]', 'null', '{"reason":7}'])('counts as set when it says %j', (text) => {
  writeFileSync(join(place.path, 'panic.json'), text)
  expect(readPanicLatch(place.path)).toEqual({ reason: 'panic.json is not as it was written', since: null })
})
