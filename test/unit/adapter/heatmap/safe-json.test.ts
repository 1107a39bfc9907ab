import { describe, expect, it } from 'vitest'
import { parseUntrusted } from '../../../../src/adapter/heatmap/safe-json.ts'

const parse = (text: string): unknown => {
  const result = parseUntrusted(Buffer.from(text))
  return result.kind === 'ok' ? result.value : result.failure.code
}
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('untrusted JSON', () => {
  it('may be eight levels deep and no deeper', () => {
    expect(Array.isArray(parse(nested(8)))).toBe(true)
    expect(parse(nested(9))).toBe('TOO_DEEP')
    expect(parse(`{"a":${nested(8)}}`)).toBe('TOO_DEEP')
    expect(parse('['.repeat(1_000_000))).toBe('TOO_DEEP')
  })

  it('does not count brackets in strings', () => {
    expect(parse(`["${'['.repeat(20)}\\"${'{'.repeat(20)}"]`)).toHaveLength(1)
  })

  it('counts depth, not breadth', () => {
    expect(parse(`[${Array(50).fill('[[]]').join(',')}]`)).toHaveLength(50)
  })

  it('reaches for no prototype', () => {
    const value = parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":{"__proto__":{"polluted":true},"b":1}}',
    )
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(JSON.stringify(value)).toBe('{"a":{"b":1}}')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it.each(['', 'NaN', '{"a":NaN}', '{"a":Infinity}', '{"a":1', '<html></html>', '{"a":1}}', "{'a':1}"])(
    '%j is none',
    (text) => expect(parse(text)).toBe('BAD_JSON'),
  )

  it('is UTF-8', () => {
    const result = parseUntrusted(Buffer.from([0x22, 0xff, 0x22]))
    expect(result.kind === 'failed' && result.failure.message).toBe('the answer is not UTF-8')
  })
})
