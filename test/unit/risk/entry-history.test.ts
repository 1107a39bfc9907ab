import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { createEntryHistory } from '../../../src/risk/entry-history.ts'

describe('entry history', () => {
  it('counts the entries after a time, by instrument', () => {
    const history = createEntryHistory([
      { instrumentIndex: 0, time: epochMs(10) },
      { instrumentIndex: 1, time: epochMs(20) },
    ])
    history.record(0, epochMs(30))
    expect(history.countSince(0, epochMs(9))).toBe(2)
    expect(history.countSince(0, epochMs(10))).toBe(1)
    expect(history.countSince(0, epochMs(30))).toBe(0)
    expect(history.countSince(1, epochMs(0))).toBe(1)
    expect(history.countSince(7, epochMs(0))).toBe(0)
  })

  it('remembers the last 64', () => {
    const history = createEntryHistory()
    for (let i = 1; i <= 100; i++) history.record(0, epochMs(i))
    expect(history.countSince(0, epochMs(0))).toBe(64)
    expect(history.countSince(0, epochMs(97))).toBe(3)
  })
})
