import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteJournal, type JournalOptions } from '../../../../src/adapter/journal/sqlite/open.ts'
import { makeDurable } from '../../../../src/adapter/journal/sqlite/settings.ts'
import { MIGRATIONS } from '../../../../src/adapter/journal/sqlite/schema.ts'
import type { TimerEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { NOON } from '../../../fixture/engine-scene.ts'
import { journalOptions, opened, save, scratch, told } from '../../../fixture/journal-scene.ts'

const timer: TimerEvent = { kind: 'timer', time: epochMs(NOON), id: 't' }

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

/** Code and sentence of the refusal; the file must be as it was. */
function refusal(patch: Partial<JournalOptions> = {}, path = place.file): readonly [string, string] {
  const before = readdirSync(place.path).includes('journal.db') ? readFileSync(place.file) : null
  const opening = openSqliteJournal(journalOptions(path, patch))
  if (opening.kind === 'ok') {
    opening.journal.close()
    throw new Error('it was opened')
  }
  if (before) expect(readFileSync(place.file).equals(before)).toBe(true)
  return [opening.code, opening.message]
}

function edit(sql: string): void {
  const database = new DatabaseSync(place.file)
  database.exec(sql)
  database.close()
}

describe('opening', () => {
  test('makes file and directory for this user alone, and raises the epoch each time', () => {
    const path = join(place.path, 'account', 'journal.db')
    const journal = opened(path)
    journal.commit(timer, [save('a', '1')])
    for (const name of ['', '-wal', '-shm']) expect(statSync(path + name).mode & 0o777).toBe(0o600)
    expect(statSync(join(place.path, 'account')).mode & 0o777).toBe(0o700)
    journal.close()
    const epochs = [opened(path), opened(path)].map((again) => {
      again.close()
      return again.epoch
    })
    expect([journal.epoch, ...epochs]).toEqual([1, 2, 3])
  })

  test('sets what durability needs, and refuses where it cannot be had', () => {
    const database = new DatabaseSync(place.file)
    database.exec('PRAGMA synchronous = OFF')
    expect(makeDurable(database)).toBeUndefined()
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    database.close()
    // A database in memory has no write-ahead log.
    const nowhere = new DatabaseSync(':memory:')
    expect(makeDurable(nowhere)).toMatchObject({ code: 'JOURNAL_NOT_DURABLE' })
    nowhere.close()
  })

  test('does not begin at a used epoch where the log of the first process is lost', () => {
    const journal = opened(place.file)
    const alone = join(place.path, 'alone.db')
    copyFileSync(place.file, alone)
    journal.close()
    const again = opened(alone)
    again.close()
    expect([journal.epoch, again.epoch]).toEqual([1, 2])
  })

  test('stops when order ids can hold no further epoch', () => {
    opened(place.file).close()
    edit(`INSERT INTO epochs VALUES (${36 ** 3 - 3}, 0, '', '')`)
    const last = opened(place.file)
    last.close()
    expect(last.epoch).toBe(46_654)
    expect(refusal()[0]).toBe('JOURNAL_EPOCHS_EXHAUSTED')
  })
})

describe('a refusal has a code and a sentence, and destroys nothing', () => {
  test('newer version', () => {
    opened(place.file).close()
    edit('PRAGMA user_version = 99')
    const [code, message] = refusal()
    expect(code).toBe('JOURNAL_NEWER')
    expect(message).toMatch(/written by a newer Lodestone \(version 99, this one knows 1\)/)
  })

  test.each([
    [{ account: 'acct-2' }, 'belongs to account acct-1, not acct-2'],
    [{ mode: 'live' }, 'belongs to mode testnet, not live'],
    [{ venue: 'okx' }, 'belongs to venue binanceusdm, not okx'],
  ])('other account: %j', (patch, sentence) => {
    opened(place.file).close()
    const [code, message] = refusal(patch)
    expect(code).toBe('JOURNAL_OTHER_ACCOUNT')
    expect(message).toContain(sentence)
  })

  test('somebody else’s database, and no database', () => {
    edit('CREATE TABLE theirs (x)')
    expect(refusal()[0]).toBe('JOURNAL_NOT_A_JOURNAL')
    writeFileSync(place.file, 'a text of more than a hundred bytes'.repeat(50))
    expect(refusal()[0]).toBe('JOURNAL_NOT_A_JOURNAL')
  })

  test('missing directory, and a file in its place', () => {
    expect(refusal({}, join(place.path, 'no', 'where', 'journal.db'))[0]).toBe('JOURNAL_DIRECTORY_MISSING')
    writeFileSync(join(place.path, 'plain'), '')
    expect(refusal({}, join(place.path, 'plain', 'journal.db'))[0]).toBe('JOURNAL_DIRECTORY_MISSING')
    mkdirSync(join(place.path, 'folder'))
    expect(refusal({}, join(place.path, 'folder'))[0]).toBe('JOURNAL_NOT_A_JOURNAL')
  })

  test('a write lock that another process holds', () => {
    opened(place.file).close()
    const other = new DatabaseSync(place.file)
    other.exec('BEGIN IMMEDIATE')
    const opening = openSqliteJournal(journalOptions(place.file, { busyMs: 100 }))
    expect(opening).toMatchObject({ kind: 'refused', code: 'JOURNAL_BUSY' })
    other.close()
  })
})

describe('what this user may not write', () => {
  /** The refusal as a process without privileges gets it: nothing holds the superuser back. */
  function refusalOfNobody(): { readonly code: string; readonly message: string } {
    const module = new URL('../../../../src/adapter/journal/sqlite/open.ts', import.meta.url).href
    const script = `
      const { openSqliteJournal } = await import(${JSON.stringify(module)})
      const opening = openSqliteJournal({ ...${JSON.stringify(journalOptions(place.file))}, now: () => 1 })
      console.log(JSON.stringify(opening))`
    const privileged = process.getuid?.() === 0
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      ...(privileged && { uid: 65_534, gid: 65_534 }),
      cwd: '/',
    })
    return JSON.parse(said.toString()) as { code: string; message: string }
  }

  test('a directory without write permission', () => {
    chmodSync(place.path, 0o555)
    expect(refusalOfNobody()).toMatchObject({
      code: 'JOURNAL_READ_ONLY',
      message: `${place.file} cannot be used as the journal: this user may not write there`,
    })
    expect(readdirSync(place.path)).toEqual([])
    chmodSync(place.path, 0o700)
  })

  test('a journal without write permission', () => {
    opened(place.file).close()
    chmodSync(place.path, 0o777)
    chmodSync(place.file, 0o444)
    expect(refusalOfNobody().code).toBe('JOURNAL_READ_ONLY')
    expect(statSync(place.file).mode & 0o777).toBe(0o444)
  })
})

describe('damage', () => {
  /** Flips one bit wherever `needle` stands in the file; unused pages hold older copies. */
  function flip(needle: string): void {
    const bytes = readFileSync(place.file)
    expect(bytes.includes(needle)).toBe(true)
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle)) bytes[at]! ^= 1
    writeFileSync(place.file, bytes)
  }
  beforeEach(() => {
    const journal = opened(place.file)
    journal.commit({ ...timer, id: 'marked-in-the-audit' }, [told, save('account', 'marked-in-the-state')])
    for (let i = 0; i < 50; i++) journal.commit(timer, [told, save('k', 'v'.repeat(i))])
    journal.close()
  })

  test.each(['marked-in-the-audit', 'marked-in-the-state'])('one bit in the text %s', (needle) => {
    flip(needle)
    const [code, message] = refusal()
    expect(code).toBe('JOURNAL_CORRUPT')
    expect(message).toMatch(needle.includes('audit') ? /audit row 2/ : /the state account/)
  })

  test('one byte in the structure of any page', () => {
    const good = readFileSync(place.file)
    const pages = good.length / 4_096
    expect(pages).toBeGreaterThan(10)
    for (let page = 1; page < pages; page++) {
      const bytes = Buffer.from(good)
      bytes[page * 4_096]! ^= 0xff
      writeFileSync(place.file, bytes)
      expect(refusal()[0]).toBe('JOURNAL_CORRUPT')
    }
  })
})

describe('a new version of the journal', () => {
  const next = [...MIGRATIONS, 'ALTER TABLE trades ADD COLUMN note TEXT']

  test('keeps a copy of the old one and everything in it', () => {
    const journal = opened(place.file)
    journal.commit(timer, [save('a', '1')])
    journal.close()
    const later = opened(place.file, { migrations: next })
    expect(Object.fromEntries(later.saved)).toEqual({ a: '1' })
    later.close()
    const backup = join(place.path, `journal.db.v1-${NOON}`)
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    const old = opened(backup)
    expect(Object.fromEntries(old.saved)).toEqual({ a: '1' })
    old.close()
    expect(refusal()[0]).toBe('JOURNAL_NEWER')
  })

  test('that fails leaves the old one', () => {
    opened(place.file).close()
    expect(() => openSqliteJournal(journalOptions(place.file, { migrations: [...next, 'nonsense'] }))).toThrow()
    opened(place.file, { migrations: next }).close()
  })
})
