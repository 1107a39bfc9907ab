import { describe, expect, it } from 'vitest'
import { createIdMemory } from '../../../src/domain/id-memory.ts'

describe('id memory', () => {
  it('knows what was added, before or now', () => {
    const memory = createIdMemory({ ids: ['a'], count: 1 })
    memory.add('b')
    expect([memory.has('a'), memory.has('b'), memory.has('c')]).toEqual([true, true, false])
  })

  it('hands on the latest 512, oldest first', () => {
    const memory = createIdMemory()
    for (let i = 0; i < 1_700; i++) memory.add(String(i))
    expect(memory.recent()).toEqual(Array.from({ length: 512 }, (_, i) => String(1_700 - 512 + i)))
  })

  it('counts on from what went before', () => {
    const memory = createIdMemory({ ids: ['a', 'b'], count: 700 })
    expect(memory.count).toBe(700)
    memory.add('c')
    expect([memory.count, memory.recent()]).toEqual([701, ['a', 'b', 'c']])
  })

  it('knows the latest 2,048, forgets what is twice as old, and a repeat counts as new', () => {
    const memory = createIdMemory({ ids: ['first', 'second'], count: 2 })
    for (let i = 0; i < 2_047; i++) memory.add(String(i))
    memory.add('first')
    expect(memory.has('second')).toBe(true)
    for (let i = 0; i < 2_047; i++) memory.add(`later ${i}`)
    expect([memory.has('first'), memory.has('later 0')]).toEqual([true, true])
    memory.add('one more')
    expect(memory.has('second')).toBe(false)
    expect([memory.has('first'), memory.has('later 0'), memory.has('one more')]).toEqual([true, true, true])
    for (let i = 0; i < 2_047; i++) memory.add(`last ${i}`)
    memory.add('the very last')
    expect(memory.has('first')).toBe(false)
  })
})
