import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearPanicLatch, readPanicLatch, writePanicLatch } from '../../../../src/adapter/lock/panic-latch.ts'
import { scratch } from '../../../fixture/journal-scene.ts'

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

test('stays until it is cleared, for this user alone', () => {
  const directory = join(place.path, 'account')
  expect(readPanicLatch(directory)).toBeNull()
  writePanicLatch(directory, 'panic by hand')
  writePanicLatch(directory, 'panic again')
  expect(readPanicLatch(directory)).toEqual({
    reason: 'panic again',
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  })
  expect(readdirSync(directory)).toEqual(['panic.json'])
  expect(statSync(join(directory, 'panic.json')).mode & 0o777).toBe(0o600)
  clearPanicLatch(directory)
  expect(readPanicLatch(directory)).toBeNull()
  clearPanicLatch(directory)
})

test.each(['', '{"reason":', '[]', 'null', '{"reason":7}'])('counts as set when it says %j', (text) => {
  writeFileSync(join(place.path, 'panic.json'), text)
  expect(readPanicLatch(place.path)).toEqual({ reason: 'panic.json is not as it was written', since: null })
})
