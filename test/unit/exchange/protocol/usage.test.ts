import { describe, expect, it } from 'vitest'
import { createOrderUsage, createWeightUsage } from '../../../../src/exchange/protocol/binance-usdm/usage.ts'

/** A whole minute. */
const NOW = 1_767_571_200_000

describe('the orders of an account', () => {
  it('are refused beyond 300 in ten seconds, and taken again in the next ten', () => {
    const usage = createOrderUsage(true)
    const refused = Array.from({ length: 301 }, () => usage.count(NOW + 9_999, 1)?.code ?? 0)
    expect(refused.indexOf(-1015)).toBe(300)
    expect(usage.headers(NOW + 9_999)).toEqual({ 'x-mbx-order-count-10s': '301', 'x-mbx-order-count-1m': '301' })
    expect(usage.count(NOW + 10_000, 1)).toBeNull()
    expect(usage.headers(NOW + 10_000)).toEqual({ 'x-mbx-order-count-10s': '1', 'x-mbx-order-count-1m': '302' })
  })

  it('are refused beyond 1,200 in a minute', () => {
    const usage = createOrderUsage(true)
    for (let ten = 0; ten < 5; ten += 1) expect(usage.count(NOW + ten * 10_000, 240)).toBeNull()
    expect(usage.count(NOW + 50_000, 1)).toMatchObject({ code: -1015, status: 429 })
    expect(usage.count(NOW + 60_000, 1)).toBeNull()
  })

  it('are only counted where limits are not enforced', () => {
    expect(createOrderUsage(false).count(NOW, 5_000)).toBeNull()
  })
})

describe('the weight of an address', () => {
  it('ends with the minute, and with it a ban', () => {
    const usage = createWeightUsage(true)
    expect(usage.count(NOW, 2_400)).toBeNull()
    const after = Array.from({ length: 21 }, () => usage.count(NOW + 59_999, 1)?.status)
    expect([after[0], after[19], after[20]]).toEqual([429, 429, 418])
    expect(usage.count(NOW + 60_000, 1)).toBeNull()
    expect(usage.headers(NOW + 60_000)).toEqual({ 'x-mbx-used-weight-1m': '1' })
  })
})
