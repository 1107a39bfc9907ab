import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearPanicLatch, leavePanicLatch } from '../../../../src/adapter/lock/panic-latch.ts'
import { JOURNAL_FILE } from '../../../../src/app/compose/account-store.ts'
import { readJournal } from '../../../../src/app/compose/read-journal.ts'
import type { StatusReport } from '../../../../src/domain/account-report.ts'
import { opened, scratch } from '../../../fixture/journal-scene.ts'

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
  opened(`${place.path}/${JOURNAL_FILE}`).close()
})
afterEach(() => place.remove())

function status(): StatusReport {
  const read = readJournal(place.path)
  if (read.kind !== 'ok') throw new Error(read.kind)
  try {
    return read.reader.status()
  } finally {
    read.close()
  }
}

test('a panic while no bot ran is in the status, until it is cleared', async () => {
  expect(status()).toMatchObject({ trading_state: 'ACTIVE', latches: [] })
  await leavePanicLatch(place.path, 'a drill').durable
  expect(status()).toMatchObject({
    trading_state: 'HALTED',
    latches: [{ code: 'KILL', symbol: null, reason: expect.stringContaining('panic: a drill') }],
  })
  clearPanicLatch(place.path)
  expect(status()).toMatchObject({ trading_state: 'ACTIVE', latches: [] })
})
