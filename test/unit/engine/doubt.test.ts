import { expect, test } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import type { EngineCore } from '../../../src/engine/core.ts'
import { confirmed, type Suspicion } from '../../../src/engine/doubt.ts'

/** Whether each look, asked for at so many ms, confirms the difference that it shows. */
function looks(...shown: readonly (readonly [askedAt: number, difference: string])[]): readonly boolean[] {
  const venue = { suspected: new Map<string, Suspicion>() }
  return shown.map(([askedAt, difference]) => {
    const before = venue.suspected
    venue.suspected = new Map()
    return confirmed({ venue } as EngineCore, before, 'BTCUSDT', difference, epochMs(askedAt))
  })
}

test('a difference is confirmed by a look a second after the first that showed it', () => {
  expect(looks([0, '1'], [1_000, '1'])).toEqual([false, true])
})

test('looks in quick succession confirm nothing, and do not put off the one that does', () => {
  expect(looks([0, '1'], [40, '1'], [80, '1'], [999, '1'], [1_039, '1'])).toEqual([false, false, false, false, true])
})

test('a difference that changes is a new one', () => {
  expect(looks([0, '1'], [1_000, '2'], [2_000, '1'], [3_000, '1'])).toEqual([false, false, false, true])
})
