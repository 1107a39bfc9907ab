import { expect, it, vi } from 'vitest'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { createInterrupt } from '../../../src/cli/interrupt.ts'

const handlers = (): readonly NodeJS.SignalsListener[] => process.listeners('SIGINT')

it('leaves the signals alone until someone wants to stop in an orderly way', () => {
  const before = handlers().length
  const interrupt = createInterrupt()
  expect(handlers()).toHaveLength(before)
  expect(interrupt.stop()).toBe(false)
})

it('aborts at the first Ctrl-C and ends the process at the second', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  const before = [process.listeners('SIGINT'), process.listeners('SIGTERM')]
  const signal = createInterrupt().signal()
  const handler = handlers().at(-1)!
  try {
    expect(signal.aborted).toBe(false)
    handler('SIGINT')
    expect(signal.aborted).toBe(true)
    expect(exit).not.toHaveBeenCalled()
    handler('SIGINT')
    expect(exit).toHaveBeenCalledExactlyOnceWith(EXIT.interrupted)
  } finally {
    exit.mockRestore()
    process.removeListener('SIGINT', handler)
    process.removeListener('SIGTERM', handler)
    expect([process.listeners('SIGINT'), process.listeners('SIGTERM')]).toEqual(before)
  }
})

it('can be stopped from inside, once someone asked for the signal', () => {
  const interrupt = createInterrupt()
  const signal = interrupt.signal()
  const handler = handlers().at(-1)!
  process.removeListener('SIGINT', handler)
  process.removeListener('SIGTERM', handler)
  expect(interrupt.stop()).toBe(true)
  expect(signal.aborted).toBe(true)
})
