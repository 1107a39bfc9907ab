import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../../../src/adapter/journal/sqlite/verify.ts'
import { hashOf } from '../../../../src/adapter/journal/sqlite/chain.ts'
import type { TimerEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { NOON } from '../../../fixture/engine-scene.ts'
import { opened, save, scratch, told } from '../../../fixture/journal-scene.ts'

const timer: TimerEvent = { kind: 'timer', time: epochMs(NOON), id: 't' }
const UNLOCK = 'DROP TRIGGER events_unchanged; DROP TRIGGER events_kept;'

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
  const journal = opened(place.file)
  for (let i = 0; i < 20; i++) journal.commit(timer, [told, save('k', `saved-${i}`)])
  journal.close()
})
afterEach(() => place.remove())

function tamper(sql: string): void {
  const database = new DatabaseSync(place.file)
  database.exec(sql)
  database.close()
}

describe('the audit', () => {
  test('is whole as it was written, also while it is being written', () => {
    const journal = opened(place.file)
    journal.commit(timer, [told, save('k', 'more')])
    expect(verifyAudit(place.file)).toMatchObject({ kind: 'whole', rows: 23 })
    journal.close()
    expect(verifyAudit(place.file)).toMatchObject({ kind: 'whole', rows: 23 })
  })

  test('lets no row be changed or removed through SQL', () => {
    expect(() => tamper('DELETE FROM events WHERE sequence = 5')).toThrow('append-only')
    expect(() => tamper("UPDATE events SET body = '' WHERE sequence = 5")).toThrow('append-only')
  })

  test.each([
    ['a changed body', "UPDATE events SET body = '{}' WHERE sequence = 5", 5, 'not as it was written'],
    ['a changed time', 'UPDATE events SET time = time + 1 WHERE sequence = 5', 5, 'not as it was written'],
    ['a removed row', 'DELETE FROM events WHERE sequence = 5', 5, 'is missing'],
    ['rows removed from the end', 'DELETE FROM events WHERE sequence > 18', 19, 'is missing'],
    ['everything removed', 'DELETE FROM events', 1, 'is missing'],
    ['an end moved back', 'UPDATE head SET sequence = 18', 19, 'beyond the recorded end'],
  ])('names the first wrong row: %s', (_, sql, sequence, message) => {
    tamper(`${UNLOCK} ${sql}`)
    expect(verifyAudit(place.file)).toEqual({
      kind: 'broken',
      sequence,
      message: expect.stringContaining(message) as string,
    })
  })

  test('names the row after one that was replaced together with its hash', () => {
    const database = new DatabaseSync(place.file)
    database.exec(UNLOCK)
    const row = database.prepare('SELECT previous FROM events WHERE sequence = 5').get()
    const forged = { sequence: 5, time: NOON, kind: 'timer', body: '{}', previous: String(row?.['previous']) }
    database.prepare('UPDATE events SET body = ?, hash = ? WHERE sequence = 5').run('{}', hashOf(forged))
    database.close()
    expect(verifyAudit(place.file)).toMatchObject({ kind: 'broken', sequence: 6 })
  })

  test('tells of a saved state that is another', () => {
    tamper("UPDATE state SET value = 'other'")
    expect(verifyAudit(place.file)).toEqual({
      kind: 'broken',
      sequence: null,
      message: 'the state k is not as it was written',
    })
  })

  test('says nothing against the rows of a journal that it cannot read', () => {
    const database = new DatabaseSync(place.file)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(verifyAudit(place.file)).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('newer') })
  })

  test('tells of what is no journal, and of none', () => {
    writeFileSync(place.file, readFileSync(place.file).subarray(100))
    expect(verifyAudit(place.file)).toMatchObject({ kind: 'broken', sequence: null })
    expect(verifyAudit(`${place.file}.no`)).toEqual({ kind: 'none' })
  })
})
