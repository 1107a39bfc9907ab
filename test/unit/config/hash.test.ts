import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson, configHash } from '../../../src/config/hash.ts'

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves lists in order', () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: 'x"y' }], a: true })).toBe(
      '{"a":true,"b":[2,1,{"c":"x\\"y","d":null}]}',
    )
  })
})

describe('configHash', () => {
  it('is the beginning of the SHA-256 of the canonical JSON', () => {
    const whole = createHash('sha256').update('{"a":1,"b":2}').digest('hex')
    expect(configHash({ b: 2, a: 1 })).toBe(whole.slice(0, 16))
    expect(configHash({ b: 2, a: 1.5 })).not.toBe(whole.slice(0, 16))
  })
})
