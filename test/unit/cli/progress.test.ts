import { expect, it, vi } from 'vitest'
import { createProgress } from '../../../src/cli/progress.ts'

it('shows how far it is, and leaves the terminal as it is at every moment', () => {
  const told: string[] = []
  const isTTY = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0)
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true })
  try {
    const progress = createProgress('backtesting', false)
    progress.at(0.5)
    progress.done()
  } finally {
    write.mockRestore()
    if (isTTY) Object.defineProperty(process.stderr, 'isTTY', isTTY)
    else Reflect.deleteProperty(process.stderr, 'isTTY')
  }
  expect(told.join('')).toContain('backtesting')
  expect(told.join('')).toContain('50 %')
  // Neither a hidden cursor nor lines that do not wrap.
  expect(told.join('')).not.toContain('\u001B[?25l')
  expect(told.join('')).not.toContain('\u001B[?7l')
})
