// What a durable intent costs beside a bare fdatasync of as many bytes on the same disk, in turn. By hand:
//   node scripts/bench/journal.ts [directory] [commits]
// The directory must be on the disk in question: the working directory is, where /tmp may be memory.
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { SqliteJournal } from '../../src/adapter/journal/sqlite/journal.ts'
import type { Effect } from '../../src/domain/effect.ts'
import type { TimerEvent } from '../../src/domain/event.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { opened, orderId, save, submit } from '../../test/fixture/journal-scene.ts'
import { NOON } from '../../test/fixture/engine-scene.ts'
import { table, type Cell } from './table.ts'

const [PARENT = '.', COUNT = '5000'] = process.argv.slice(2)
const BLOCK = 100
const BLOCKS = Math.ceil(Number(COUNT) / BLOCK)
/** The compiler and the files get this many blocks to warm up. */
const WARM_BLOCKS = 5
/** SQLite goes round its log after about this many bytes, and the bare file likewise. */
const ROUND = 4_000_000
const MB = 1_048_576

/** Times in µs, of one way to write. */
interface Subject {
  readonly name: string
  readonly times: number[]
  bytes: number
  write(): void
}

const event: TimerEvent = { kind: 'timer', time: epochMs(NOON), id: 't' }

/** `state`: bytes that the engine saves along with the intent. */
function journalSubject(name: string, path: string, state: number): Subject & { readonly journal: SqliteJournal } {
  const journal = opened(path)
  const log = `${path}-wal`
  let intent = 0
  const effects = (): readonly Effect[] => {
    intent++
    const submitted = submit(orderId(intent, journal.epoch))
    return state === 0 ? [submitted] : [submitted, save('symbol:BTCUSDT', `${intent}`.padEnd(state, '.'))]
  }
  // How much a commit writes, from the growth of a log that is still short.
  for (let i = 0; i < 5; i++) journal.commit(event, effects())
  const before = existsSync(log) ? statSync(log).size : 0
  for (let i = 0; i < 20; i++) journal.commit(event, effects())
  const bytes = Math.round((statSync(log).size - before) / 20)
  const times: number[] = []
  return {
    name,
    journal,
    times,
    bytes,
    write() {
      // The risk gate's work is not the journal's.
      const prepared = effects()
      const begun = performance.now()
      const answer = journal.commit(event, prepared)
      times.push((performance.now() - begun) * 1e3)
      if (answer.kind !== 'durable') throw new Error(answer.message)
    },
  }
}

/** Writes over a file that has its size already, as a log does that goes round. */
function bareSubject(path: string, bytes: number, call: 'fdatasync' | 'fsync'): Subject {
  const file = openSync(path, 'w+')
  const block = Buffer.alloc(bytes, 'x')
  for (let at = 0; at < ROUND; at += MB) writeSync(file, Buffer.alloc(MB, ' '), 0, MB, at)
  fsyncSync(file)
  process.once('exit', () => closeSync(file))
  let at = 0
  const times: number[] = []
  const sync = call === 'fsync' ? fsyncSync : fdatasyncSync
  return {
    name: `bare write + ${call}`,
    times,
    bytes,
    write() {
      const begun = performance.now()
      writeSync(file, block, 0, bytes, at)
      sync(file)
      times.push((performance.now() - begun) * 1e3)
      at = (at + bytes) % (ROUND - bytes)
    },
  }
}

const quantile = (times: readonly number[], q: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(q * (times.length - 1))]!

const directory = mkdtempSync(join(PARENT, '.journal-bench-'))
try {
  const intent = journalSubject('durable intent', join(directory, 'intent.db'), 0)
  const full = journalSubject('intent + 4 kB of state', join(directory, 'full.db'), 4_000)
  const subjects = [intent, full].flatMap((journal, i) => [
    journal,
    bareSubject(join(directory, `raw-${i}`), journal.bytes, 'fdatasync'),
    // What the SQLite within Node calls.
    bareSubject(join(directory, `raw-${i}f`), journal.bytes, 'fsync'),
  ])
  for (let block = 0; block < WARM_BLOCKS + BLOCKS; block++)
    for (const subject of subjects) {
      if (block === WARM_BLOCKS) subject.times.length = 0
      for (let i = 0; i < BLOCK; i++) subject.write()
    }
  const rows = subjects.map(({ name, bytes, times }, i): readonly Cell[] => {
    const reference = subjects[i - (i % 3) + 1]!
    const median = quantile(times, 0.5)
    const ratio = median / quantile(reference.times, 0.5)
    return [name, bytes, median.toFixed(0), quantile(times, 0.99).toFixed(0), ratio.toFixed(2)]
  })
  console.log(`${BLOCKS * BLOCK} of each, in turn by ${BLOCK}`)
  console.log(table(['', 'bytes', 'p50 µs', 'p99 µs', '× fdatasync'], rows))
  intent.journal.close()
  full.journal.close()
} finally {
  rmSync(directory, { recursive: true })
}
