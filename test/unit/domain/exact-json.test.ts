import { fc, it } from '@fast-check/vitest'
import { describe, expect, it as test } from 'vitest'
import { Dec } from '../../../src/domain/decimal.ts'
import { exactJson, parseExactJson } from '../../../src/domain/exact-json.ts'
import { sum } from '../../../src/domain/exact.ts'
import { BTC, ETH } from '../exchange/fixture.ts'

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }), fc.integer({ min: -24, max: 12 }))
  .map(([digits, exponent]) => new Dec(`${digits}e${exponent}`))
const number = fc.double().map((x) => (Object.is(x, -0) ? 0 : x))
const leaf = fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null), decimal, fc.constantFrom(BTC, ETH))
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    leaf,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('node'), { maxKeys: 4 }),
  ),
})).node

describe('exact JSON', () => {
  it.prop([value])('reads back what was written, to the last digit', (before) => {
    const after = parseExactJson(exactJson(before, [BTC, ETH]), [BTC, ETH])
    expect(after).toEqual(before)
  })

  test('keeps decimals of our own making, and instruments by their identity', () => {
    const text = exactJson({ total: sum(new Dec('0.1'), new Dec('0.2')), instrument: BTC, level: -Infinity }, [BTC])
    expect(text).toBe(
      '{"total":{"$decimal":"0.3"},"instrument":{"$instrument":"BTCUSDT"},"level":{"$number":"-Infinity"}}',
    )
    const read = parseExactJson(text, [BTC]) as { readonly total: unknown; readonly instrument: unknown }
    expect(read.instrument).toBe(BTC)
    expect(Dec.isDecimal(read.total)).toBe(true)
  })

  test('has null for an instrument that is not listed any more', () => {
    expect(parseExactJson(exactJson([ETH], [ETH]), [BTC])).toEqual([null])
  })

  test.each(['{', '{"$decimal":"ten"}'])('throws on %s', (text) => {
    expect(() => parseExactJson(text, [])).toThrow()
  })
})
