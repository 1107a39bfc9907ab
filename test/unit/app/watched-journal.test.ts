import { expect, it } from 'vitest'
import { watchJournal } from '../../../src/app/watched-journal.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import type { CommitResult } from '../../../src/port/journal.ts'

it('says why the journal did not take the last of what it was given', () => {
  const results: CommitResult[] = [
    { kind: 'durable' },
    { kind: 'refused', message: 'the disk is full' },
    { kind: 'durable' },
  ]
  const journal = watchJournal({ commit: () => results.shift()! })
  const commit = (): string | null => {
    journal.commit({ kind: 'timer', time: epochMs(0), id: '' }, [])
    return journal.refusal
  }
  expect(journal.refusal).toBeNull()
  expect([commit(), commit(), commit()]).toEqual([null, 'the disk is full', null])
})
