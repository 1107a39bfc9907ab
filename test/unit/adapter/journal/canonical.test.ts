import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { canonicalJson } from '../../../../src/adapter/journal/sqlite/canonical.ts'
import { Dec } from '../../../../src/domain/decimal.ts'
import { BTC } from '../../../fixture/engine-scene.ts'

test('has one spelling for Decimals, instruments, missing figures and fields', () => {
  const value = {
    z: new Dec('1e-12'),
    a: { instrument: BTC, nan: Number.NaN, infinite: Number.NEGATIVE_INFINITY, absent: undefined, none: null },
    list: [new Dec('12300'), -0, 'ü"\n', undefined],
  }
  expect(canonicalJson(value)).toBe(
    '{"a":{"infinite":null,"instrument":"BTCUSDT","nan":null,"none":null},"list":["12300",0,"ü\\"\\n",null],"z":"0.000000000001"}',
  )
})

test.prop([fc.jsonValue()])('is JSON of the same value, whatever order its keys were set in', (value) => {
  const text = canonicalJson(value)
  const parsed: unknown = JSON.parse(text)
  expect(canonicalJson(parsed)).toBe(text)
  expect(canonicalJson(turned(value))).toBe(text)
  expect(JSON.stringify(parsed)).toHaveLength(JSON.stringify(value).length)
})

/** The same with every object's keys in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, turned(field)]),
  )
}
