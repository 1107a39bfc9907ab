import { describe, expect, it } from 'vitest'
import { createOutput, type OutputOptions } from '../../../src/cli/output.ts'

function speaking(options: Partial<OutputOptions>, isTTY = false) {
  const written = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({ isTTY, write: (text: string) => (written[name] += text) })
  const output = createOutput({ quiet: false, verbose: false, color: true, ...options }, stream('out'), stream('err'))
  return { output, written }
}

function everything(options: Partial<OutputOptions>): { out: string; err: string } {
  const { output, written } = speaking(options)
  output.data('data')
  output.json({ a: [1, null] })
  output.message('message')
  output.detail('detail')
  output.error('error')
  return written
}

describe('createOutput', () => {
  it('sends data to stdout and messages to stderr', () => {
    expect(everything({})).toEqual({ out: 'data\n{"a":[1,null]}\n', err: 'message\nerror\n' })
  })

  it('is silent but for data and errors when quiet, and says more when verbose', () => {
    expect(everything({ quiet: true }).err).toBe('error\n')
    expect(everything({ verbose: true }).err).toBe('message\ndetail\nerror\n')
  })

  it('does not double the newline of a document', () => {
    const { output, written } = speaking({})
    output.data('a\nb\n')
    expect(written.out).toBe('a\nb\n')
  })

  it('colours only for a terminal that wants it', () => {
    expect(speaking({}, true).output.paintData('bold', 'x')).toBe('\u001B[1mx\u001B[22m')
    expect(speaking({}, false).output.paintData('bold', 'x')).toBe('x')
    expect(speaking({ color: false }, true).output.paintMessage('bold', 'x')).toBe('x')
  })
})
