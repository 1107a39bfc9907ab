import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSessionLogger } from '../../../src/app/session-logger.ts'
import type { Effect } from '../../../src/domain/effect.ts'
import { epochMs } from '../../../src/domain/unit.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lodestone-session-log-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const AT = epochMs(Date.UTC(2026, 0, 5))
const DOWN = { kind: 'connection', time: AT, channel: 'account', state: 'down', message: 'cut' } as const
const CORRECTION: Effect = {
  kind: 'note',
  time: AT,
  note: {
    kind: 'correction',
    correction: 'wallet_adjusted',
    symbol: null,
    message: 'the wallet differs',
    figures: { books: '10', venue: '11' },
  },
}
const lines = (): Record<string, unknown>[] =>
  readFileSync(join(directory, 'lodestone.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the log of a session', () => {
  it('holds what happened, with the time of the market beside that of the wall', () => {
    const log = openSessionLogger({ level: 'info', file: true }, directory, () => undefined)
    log.observe(DOWN, [CORRECTION])
    log.alert({ kind: 'alert', level: 'critical', code: 'NO_STOP', message: 'no stop' }, AT)
    log.close()
    const at = '2026-01-05T00:00:00.000Z'
    expect(lines()).toMatchObject([
      { level: 30, code: 'connection', at, channel: 'account', state: 'down', msg: 'cut' },
      { level: 40, code: 'wallet_adjusted', at, books: '10', venue: '11', msg: 'the wallet differs' },
      { level: 50, code: 'NO_STOP', alert: 'critical', at, msg: 'no stop' },
    ])
  })

  it('keeps to its level', () => {
    const log = openSessionLogger({ level: 'warn', file: true }, directory, () => undefined)
    log.observe(DOWN, [CORRECTION])
    log.close()
    expect(lines().map((line) => line['code'])).toEqual(['wallet_adjusted'])
  })

  it('that cannot be opened is told and holds nobody up', () => {
    mkdirSync(join(directory, 'lodestone.log'))
    const told: string[] = []
    const log = openSessionLogger({ level: 'info', file: true }, directory, (message) => told.push(message))
    log.observe(DOWN, [CORRECTION])
    log.close()
    expect(told).toEqual([expect.stringMatching(/lodestone\.log cannot be written: EISDIR/)])
  })
})
