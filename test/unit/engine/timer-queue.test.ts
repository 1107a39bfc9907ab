import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { createTimerQueue, type TimerQueue } from '../../../src/engine/timer-queue.ts'

function queueOf(...entries: readonly (readonly [string, number])[]): TimerQueue {
  const queue = createTimerQueue()
  for (const [id, at] of entries) queue.set(id, epochMs(at))
  return queue
}

function drain(queue: TimerQueue): string[] {
  const out: string[] = []
  for (let due = queue.pop(); due; due = queue.pop()) out.push(`${due.id}@${due.at}`)
  return out
}

describe('timer queue', () => {
  test('by time, at one time by the order of setting', () => {
    expect(drain(queueOf(['c', 3], ['a', 1], ['b1', 2], ['b2', 2]))).toEqual(['a@1', 'b1@2', 'b2@2', 'c@3'])
  })

  test('an id that is set again moves, and goes behind its new equals', () => {
    expect(drain(queueOf(['a', 1], ['b', 5], ['a', 5]))).toEqual(['b@5', 'a@5'])
    expect(drain(queueOf(['a', 9], ['b', 5], ['a', 1]))).toEqual(['a@1', 'b@5'])
  })

  test('knows the earliest, Infinity when there is none', () => {
    const queue = queueOf(['a', 4], ['b', 2])
    expect(queue.nextAt()).toBe(2)
    queue.cancel('b')
    expect(queue.nextAt()).toBe(4)
    queue.cancel('unknown')
    queue.cancel('a')
    expect(queue.nextAt()).toBe(Number.POSITIVE_INFINITY)
    expect(queue.pop()).toBeUndefined()
  })

  test('ten thousand are a workload, one more is a leak', () => {
    const queue = createTimerQueue()
    // Later ones first to be looked at would make this quadratic in time for nothing: set them in order.
    for (let i = 0; i < 10_000; i++) queue.set(`t${i}`, epochMs(i))
    queue.set('t0', epochMs(7))
    expect(() => queue.set('one more', epochMs(1))).toThrow('10000 timers')
  })
})
