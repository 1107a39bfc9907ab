import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { createLatchBoard, latchFor, type HumanAct, type Latch } from '../../../src/risk/latch.ts'
import { NOON } from './scene.ts'

const later = (ms: number) => epochMs(NOON + ms)
const kill: Latch = { code: 'KILL', symbol: null, since: NOON, reason: 'by command', until: null }
const daily: Latch = { code: 'DAILY_LOSS', symbol: null, since: NOON, reason: '3 %', until: later(1_000) }
const rate: Latch = { code: 'ENTRY_RATE', symbol: 'BTCUSDT', since: NOON, reason: '7 in an hour', until: null }
const act: HumanAct = { by: 'ops', reason: 'looked into it', time: later(500) }

describe('latch board', () => {
  it('is ACTIVE without, REDUCING with any, HALTED with the kill latch', () => {
    const board = createLatchBoard()
    expect(board.state).toBe('ACTIVE')
    board.trip(daily)
    expect(board.state).toBe('REDUCING')
    board.trip(kill)
    expect(board.state).toBe('HALTED')
    board.clear('KILL', null, act)
    expect(board.state).toBe('REDUCING')
  })

  it('keeps the first reason when a latch is set twice', () => {
    const board = createLatchBoard()
    expect(board.trip(kill)).toBe(true)
    expect(board.trip({ ...kill, since: later(1), reason: 'again' })).toBe(false)
    expect(board.latches).toEqual([kill])
  })

  it('collects what was found on the account, each once, and no more than a person can read', () => {
    const found = (reason: string): Latch => ({ code: 'FOREIGN', symbol: 'BTCUSDT', since: NOON, reason, until: null })
    const board = createLatchBoard([found('an order')])
    expect(board.trip({ ...found('a position'), since: later(1) })).toBe(false)
    board.trip(found('an order'))
    expect(board.latches).toEqual([found('an order; a position')])
    for (let i = 0; i < 100; i++) board.trip(found(`order ${i}`))
    expect(board.latches[0]!.reason.length).toBeLessThan(410)
  })

  it('lets the longer term win', () => {
    const board = createLatchBoard([daily])
    board.trip({ ...daily, until: later(2_000) })
    expect(board.latches[0]?.until).toBe(later(2_000))
    board.trip({ ...daily, until: later(1_500) })
    expect(board.latches[0]?.until).toBe(later(2_000))
    board.trip({ ...daily, until: null })
    expect(board.latches[0]?.until).toBeNull()
    board.trip(daily)
    expect(board.latches[0]?.until).toBeNull()
  })

  it('is lifted by a person who says who and why, and remembers it', () => {
    const board = createLatchBoard([kill])
    expect(board.clear('KILL', null, { ...act, by: ' ' })).toBe('unsigned')
    expect(board.clear('KILL', null, { ...act, reason: '' })).toBe('unsigned')
    expect(board.latches).toEqual([kill])
    expect(board.clear('KILL', null, act)).toBe('cleared')
    expect(board.latches).toEqual([])
    expect(board.releases).toEqual([{ latch: kill, time: act.time, act }])
    expect(board.clear('KILL', null, act)).toBe('not_set')
  })

  it('lifts the latch of one symbol and leaves those of others', () => {
    const other: Latch = { ...rate, symbol: 'ETHUSDT' }
    const board = createLatchBoard([rate, other])
    expect(board.clear('ENTRY_RATE', null, act)).toBe('not_set')
    expect(board.clear('ENTRY_RATE', 'BTCUSDT', act)).toBe('cleared')
    expect(board.latches).toEqual([other])
  })

  it('lets a latch go at the end of its term, not before, and others never', () => {
    const board = createLatchBoard([kill, daily, rate])
    expect(board.expire(later(999))).toEqual([])
    expect(board.latches).toEqual([kill, daily, rate])
    expect(board.expire(later(1_000))).toEqual([daily])
    expect(board.releases).toEqual([{ latch: daily, time: later(1_000), act: null }])
    expect(board.expire(epochMs(NOON + 1e12))).toEqual([])
    expect(board.latches).toEqual([kill, rate])
  })

  it('starts with what was set before a restart', () => {
    expect(createLatchBoard([kill]).state).toBe('HALTED')
  })

  it('remembers a bounded number of releases', () => {
    const board = createLatchBoard()
    for (let i = 0; i < 300; i++) {
      board.trip({ ...kill, reason: String(i) })
      board.clear('KILL', null, act)
    }
    expect(board.releases.length).toBe(256)
    expect(board.releases.at(-1)?.latch.reason).toBe('299')
  })
})

describe('latchFor', () => {
  it('finds those of the account and of the symbol', () => {
    expect(latchFor([kill, rate], 'ENTRY_RATE', 'BTCUSDT')).toBe(rate)
    expect(latchFor([kill, rate], 'ENTRY_RATE', 'ETHUSDT')).toBeUndefined()
    expect(latchFor([kill, rate], 'KILL', 'ETHUSDT')).toBe(kill)
    expect(latchFor([], 'KILL', 'ETHUSDT')).toBeUndefined()
  })
})
