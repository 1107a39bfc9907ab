import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { createInterrupt } from '../../../src/cli/interrupt.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Handlers = Record<(typeof SIGNALS)[number], readonly NodeJS.SignalsListener[]>

const handlers = (): Handlers => ({
  SIGINT: process.listeners('SIGINT'),
  SIGTERM: process.listeners('SIGTERM'),
  SIGHUP: process.listeners('SIGHUP'),
})
/** What a signal does, without one. */
const raise = (name: (typeof SIGNALS)[number]): void => handlers()[name].at(-1)!(name)

let before: Handlers
const exit = vi.spyOn(process, 'exit')
const terminal = process.stderr.isTTY
const onTerminal = (isOn: boolean): void => void (process.stderr.isTTY = isOn)

beforeEach(() => {
  before = handlers()
  exit.mockReset().mockImplementation(() => undefined as never)
})
afterEach(() => {
  onTerminal(terminal)
  for (const name of SIGNALS)
    for (const added of handlers()[name].slice(before[name].length)) process.removeListener(name, added)
  expect(handlers()).toEqual(before)
})

it('leaves the signals alone until someone wants to stop in an orderly way', () => {
  const interrupt = createInterrupt()
  expect(handlers()).toEqual(before)
  expect(interrupt.stop()).toBe(false)
})

it('aborts at the first Ctrl-C and ends the process at the second', () => {
  let nowMs = 5_000
  const signal = createInterrupt(() => nowMs).signal()
  expect(signal.aborted).toBe(false)
  raise('SIGINT')
  expect(signal.aborted).toBe(true)
  nowMs += 1_000
  expect(exit).not.toHaveBeenCalled()
  raise('SIGINT')
  expect(exit).toHaveBeenCalledExactlyOnceWith(EXIT.interrupted)
})

describe('one request that arrives twice, directly and through the launcher, stays one', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s', (name) => {
    const signal = createInterrupt(() => 5_000).signal()
    raise(name)
    raise(name)
    expect(signal.aborted).toBe(true)
    expect(exit).not.toHaveBeenCalled()
  })
})

it('ends in its own time however often it is sent SIGTERM, and at once at a Ctrl-C after it', () => {
  let nowMs = 5_000
  createInterrupt(() => nowMs).signal()
  raise('SIGTERM')
  nowMs += 10_000
  raise('SIGTERM')
  expect(exit).not.toHaveBeenCalled()
  raise('SIGINT')
  expect(exit).toHaveBeenCalledExactlyOnceWith(EXIT.interrupted)
})

describe('a hangup', () => {
  it.each([
    ['stops what has lost its terminal', true, 'stops', true],
    ['leaves alone what never had one', false, 'stops', false],
    ['leaves alone what wants to live through it', true, 'ignored', false],
  ] as const)('%s', (_, isOn, hangup, aborted) => {
    onTerminal(isOn)
    const signal = createInterrupt().signal(hangup)
    raise('SIGHUP')
    expect(signal.aborted).toBe(aborted)
  })
})

it('can be stopped from inside, once someone asked for the signal', () => {
  const interrupt = createInterrupt()
  const signal = interrupt.signal()
  expect(interrupt.stop()).toBe(true)
  expect(signal.aborted).toBe(true)
})
