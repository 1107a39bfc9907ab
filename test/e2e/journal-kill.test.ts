import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteJournal } from '../../src/adapter/journal/sqlite/open.ts'
import { verifyAudit } from '../../src/adapter/journal/sqlite/verify.ts'
import { journalOptions, scratch } from '../fixture/journal-scene.ts'

const CHILD = fileURLToPath(new URL('../fixture/journal-child.ts', import.meta.url))
const KILLS = 12

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

/** Lets the child commit for a while, kills it, and returns the complete lines that it said. */
async function acknowledgedUntilKilled(afterMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, place.file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child.stdout, 'data')
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  await once(child, 'close')
  expect(child.signalCode).toBe('SIGKILL')
  return said.split('\n').slice(0, -1)
}

test(`nothing acknowledged is lost in ${KILLS} kills at random moments`, async () => {
  let state = 7
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const acknowledged = new Set<string>()
  for (let kill = 1; kill <= KILLS; kill++) {
    const lines = await acknowledgedUntilKilled(random() * 120)
    const [epoch, sequence, id] = lines.at(-1)!.split(' ')
    for (const line of lines) acknowledged.add(line.split(' ')[2]!)
    expect(epoch).toBe(String(kill))

    const verdict = verifyAudit(place.file)
    expect(verdict.kind).toBe('whole')
    // One more may be on disk whose acknowledgement was not heard, and no second one: they are one after the other.
    const rows = verdict.kind === 'whole' ? verdict.rows : 0
    expect(rows - Number(sequence)).toBeOneOf([0, 1])

    const database = new DatabaseSync(place.file, { readOnly: true })
    const ids = database
      .prepare('SELECT client_order_id FROM orders')
      .all()
      .map((row) => row['client_order_id'])
    const intents = database.prepare('SELECT client_order_id FROM intents').all()
    const saved = String(database.prepare("SELECT value FROM state WHERE key = 'last'").get()?.['value'])
    database.close()
    expect(intents).toHaveLength(ids.length)
    const kept = new Set(ids)
    expect([...acknowledged].filter((each) => !kept.has(each))).toEqual([])
    // What is saved is of the same commit as the last intent.
    const intent = Number.parseInt(id!.slice(6, 14), 36) + rows - Number(sequence)
    expect(saved).toBe(`${kill} ${intent} ${'x'.repeat(intent % 5_000)}`)
  }
  expect(acknowledged.size).toBeGreaterThan(KILLS * 10)
  const again = openSqliteJournal(journalOptions(place.file))
  expect(again.kind === 'ok' && again.journal.epoch).toBe(KILLS + 1)
  if (again.kind === 'ok') again.journal.close()
})
