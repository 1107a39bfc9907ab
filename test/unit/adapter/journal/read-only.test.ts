import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TimerEvent } from '../../../../src/domain/event.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { NOON } from '../../../fixture/engine-scene.ts'
import { opened, save, scratch, told } from '../../../fixture/journal-scene.ts'

const timer: TimerEvent = { kind: 'timer', time: epochMs(NOON), id: 't' }

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

/** What a process without privileges reads or is told: nothing holds the superuser back. */
function readByNobody(file: string): unknown {
  const module = new URL('../../../../src/adapter/journal/sqlite/read-only.ts', import.meta.url).href
  const script = `
    const { openReadOnly } = await import(${JSON.stringify(module)})
    const opening = openReadOnly(${JSON.stringify(file)})
    const told = opening.kind === 'ok' ? opening.database.prepare('SELECT key, value FROM state').all() : opening
    console.log(JSON.stringify(told))`
  const privileged = process.getuid?.() === 0
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    ...(privileged && { uid: 65_534, gid: 65_534 }),
    cwd: '/',
  })
  return JSON.parse(said.toString())
}

describe('a directory in which this user may not write', () => {
  test('a journal that was closed in order is read, and nothing is left beside it', () => {
    const journal = opened(place.file)
    journal.commit(timer, [told, save('account', 'a')])
    journal.close()
    chmodSync(place.file, 0o444)
    chmodSync(place.path, 0o555)
    expect(readByNobody(place.file)).toEqual([{ key: 'account', value: 'a' }])
    expect(readdirSync(place.path)).toEqual(['journal.db'])
    chmodSync(place.path, 0o700)
  })

  test('of a journal whose last commits are in its log alone, it is said what to do', () => {
    const journal = opened(place.file)
    journal.commit(timer, [told, save('account', 'a')])
    const copies = join(place.path, 'copies')
    mkdirSync(copies)
    const file = join(copies, 'journal.db')
    // As a crash leaves them, and a copy that forgot the index.
    for (const end of ['', '-wal']) {
      copyFileSync(`${place.file}${end}`, `${file}${end}`)
      chmodSync(`${file}${end}`, 0o444)
    }
    journal.close()
    chmodSync(place.path, 0o755)
    chmodSync(copies, 0o555)
    expect(readByNobody(file)).toEqual({
      kind: 'refused',
      code: 'JOURNAL_IO',
      message: `${file} cannot be read: its last commits are in ${file}-wal, and this user may not write beside it, which reading them needs; copy both files to a directory of your own, or ask as the user who runs the bot`,
    })
    chmodSync(copies, 0o700)
  })
})
