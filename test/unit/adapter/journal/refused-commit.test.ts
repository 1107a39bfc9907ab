import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkChain } from '../../../../src/adapter/journal/sqlite/check.ts'
import { createJournal, type SqliteJournal } from '../../../../src/adapter/journal/sqlite/journal.ts'
import type { TimerEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { NOON } from '../../../fixture/engine-scene.ts'
import { opened, orderId, save, scratch, submit, told } from '../../../fixture/journal-scene.ts'

const timer: TimerEvent = { kind: 'timer', time: epochMs(NOON), id: 't' }
const bulky = 'x'.repeat(200_000)

let place: ReturnType<typeof scratch>
/** The journal's own connection, so that the disk can be made to seem full. */
let database: DatabaseSync
let journal: SqliteJournal

beforeEach(() => {
  place = scratch()
  opened(place.file).close()
  database = new DatabaseSync(place.file, { timeout: 100 })
  journal = createJournal({ database, epoch: 1, saved: new Map(), spoolLimit: 3 })
})
afterEach(() => {
  journal.close()
  place.remove()
})

const pages = (): number => Number(database.prepare('PRAGMA page_count').get()?.['page_count'])
const fillDisk = (): void => database.exec(`PRAGMA max_page_count = ${pages()}`)
const freeDisk = (): void => database.exec('PRAGMA max_page_count = 1000000')
const bodies = (): readonly { event: { id?: string }; late?: string }[] =>
  database
    .prepare("SELECT body FROM events WHERE kind = 'timer' ORDER BY sequence")
    .all()
    .map((row) => JSON.parse(String(row['body'])) as { event: { id?: string }; late?: string })

describe('a full disk', () => {
  test('refuses with a sentence, keeps nothing half, and is caught up on in order', () => {
    fillDisk()
    expect(journal.commit({ ...timer, id: 'a' }, [submit(orderId(1)), save('k', bulky)])).toEqual({
      kind: 'refused',
      message: 'the disk is full',
    })
    expect(journal.commit({ ...timer, id: 'b' }, [told, save('k', `${bulky}b`)]).kind).toBe('refused')
    expect(journal.spooled).toBe(2)
    expect(journal.saved.size).toBe(0)
    expect(database.prepare('SELECT count(*) AS n FROM intents').get()).toEqual({ n: 0 })
    expect(journal.sequence).toBe(1)

    freeDisk()
    expect(journal.commit({ ...timer, id: 'c' }, [told, save('l', '1')])).toEqual({ kind: 'durable' })
    expect(bodies().map(({ event, late }) => [event.id, late])).toEqual([
      ['a', 'JOURNAL_FULL'],
      ['b', 'JOURNAL_FULL'],
      ['c', undefined],
    ])
    expect(Object.fromEntries(journal.saved)).toEqual({ k: `${bulky}b`, l: '1' })
    expect(database.prepare('SELECT count(*) AS n FROM intents').get()).toEqual({ n: 1 })
    expect([journal.spooled, journal.dropped]).toEqual([0, 0])
    expect(checkChain(database)).toMatchObject({ kind: 'whole', rows: 4 })
  })

  test('drops the oldest beyond the limit and says so in the audit', () => {
    fillDisk()
    for (const id of ['a', 'b', 'c', 'd', 'e']) journal.commit({ ...timer, id }, [told, save(id, bulky)])
    expect([journal.spooled, journal.dropped]).toEqual([3, 2])
    freeDisk()
    journal.commit({ ...timer, id: 'f' }, [told, save('f', '1')])
    expect(bodies().map(({ event }) => event.id)).toEqual(['c', 'd', 'e', 'f'])
    const drops = database.prepare("SELECT sequence, body FROM events WHERE kind = 'records_dropped'").all()
    expect(drops.map((row) => ({ ...row }))).toEqual([{ sequence: 2, body: '{"count":2}' }])
    expect(checkChain(database)).toMatchObject({ kind: 'whole', rows: 6 })
    // The latest save of each key survives the record that brought it.
    expect([...journal.saved.keys()].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    journal.commit({ ...timer, id: 'g' }, [told, save('f', '2')])
    expect(journal.sequence).toBe(7)
  })

  test('an order id that is used twice throws at once, and bars no later commit', () => {
    journal.commit(timer, [submit(orderId(1))])
    fillDisk()
    journal.commit(timer, [submit(orderId(2)), save('k', bulky)])
    expect(() => journal.commit(timer, [submit(orderId(1)), save('k', bulky)])).toThrow(orderId(1))
    expect(() => journal.commit(timer, [submit(orderId(2)), save('k', bulky)])).toThrow(orderId(2))
    expect(journal.spooled).toBe(1)
    freeDisk()
    expect(journal.commit(timer, [submit(orderId(3))])).toEqual({ kind: 'durable' })
    expect(database.prepare('SELECT count(*) AS n FROM intents').get()).toEqual({ n: 3 })
  })
})

test('what waits is written at the end, if the disk takes it by then', () => {
  fillDisk()
  journal.commit({ ...timer, id: 'a' }, [told, save('k', bulky)])
  freeDisk()
  journal.close()
  const later = opened(place.file)
  expect(later.saved.get('k')).toBe(bulky)
  later.close()
  database = new DatabaseSync(place.file)
  journal = createJournal({ database, epoch: 2, saved: new Map() })
  expect(bodies()).toMatchObject([{ event: { id: 'a' }, late: 'JOURNAL_FULL' }])
})

test('a write lock of another process refuses, shortly from the second time on, and is caught up on', () => {
  const other = new DatabaseSync(place.file)
  other.exec('BEGIN IMMEDIATE')
  expect(journal.commit(timer, [told, save('a', '1')])).toEqual({
    kind: 'refused',
    message: 'another process holds the journal',
  })
  const begun = performance.now()
  for (let i = 0; i < 2; i++) journal.commit(timer, [told, save('a', '2')])
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(journal.spooled).toBe(3)
  other.exec('ROLLBACK')
  expect(journal.commit(timer, [told, save('a', '3')]).kind).toBe('durable')
  expect(Object.fromEntries(journal.saved)).toEqual({ a: '3' })
  expect(checkChain(other)).toMatchObject({ kind: 'whole', rows: 5 })
  expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5_000 })
  other.close()
})
