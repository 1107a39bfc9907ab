import { describe, expect, it } from 'vitest'
import { createSignalMemory } from '../../../src/risk/signal-memory.ts'

describe('signal memory', () => {
  it('knows what was added, before or now', () => {
    const memory = createSignalMemory(['a'])
    memory.add('b')
    expect([memory.has('a'), memory.has('b'), memory.has('c')]).toEqual([true, true, false])
  })

  it('hands on the latest 512, oldest first', () => {
    const memory = createSignalMemory()
    for (let i = 0; i < 1_700; i++) memory.add(String(i))
    expect(memory.recent()).toEqual(Array.from({ length: 512 }, (_, i) => String(1_700 - 512 + i)))
  })

  it('forgets the oldest first, and a repeat counts as new', () => {
    const memory = createSignalMemory(['first', 'second'])
    memory.add('first')
    for (let i = 0; i < 4_095; i++) memory.add(String(i))
    expect(memory.has('second')).toBe(false)
    expect(memory.has('first')).toBe(true)
    memory.add('one more')
    expect(memory.has('first')).toBe(false)
  })
})
