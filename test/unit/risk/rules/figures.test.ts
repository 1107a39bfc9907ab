import { describe, expect, it } from 'vitest'
import type { RiskContext } from '../../../../src/risk/context.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

const scalars = ['time', 'equity', 'dayStartEquity', 'highWaterEquity', 'freeMargin', 'openTrades'] as const
const columns = ['mark', 'markTime', 'positionNotional', 'workingBuyNotional', 'workingSellNotional'] as const
const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const cases: readonly [string, RiskContext][] = strange.flatMap((value) => [
  ...scalars.map((key): [string, RiskContext] => [`${key} ${value}`, context({ [key]: value })]),
  ...columns.map((key): [string, RiskContext] => {
    const column = Float64Array.from(context()[key])
    column[0] = value
    return [`${key} ${value}`, context({ [key]: column })]
  }),
])

describe('figures', () => {
  it('passes an account of numbers', () => {
    expect(refusedFor(wide(), request())).toEqual([])
  })

  it.each(cases)('refuses %s, and says only that', (_name, account) => {
    expect(refusedFor(wide(), request(), account)).toEqual(['BAD_MARKET_DATA'])
  })

  it('refuses a mark of zero', () => {
    expect(refusedFor(wide(), request(), context({ mark: Float64Array.of(0, 2_000) }))).toEqual(['BAD_MARKET_DATA'])
  })

  it('refuses a reservation below zero, which would make room', () => {
    expect(refusedFor(wide(), request(), context({ workingBuyNotional: Float64Array.of(-1, 0) }))).toEqual([
      'BAD_MARKET_DATA',
    ])
    expect(refusedFor(wide(), request(), context({ workingSellNotional: Float64Array.of(0, -1) }))).toEqual([
      'BAD_MARKET_DATA',
    ])
  })

  it('looks at other symbols too, for they count towards the gross exposure', () => {
    expect(refusedFor(wide(), request(), context({ positionNotional: Float64Array.of(0, Number.NaN) }))).toEqual([
      'BAD_MARKET_DATA',
    ])
  })
})
